#include "host/plugin/probe_confinement.hpp"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace backplane::host {
namespace {

constexpr rlim_t kDescriptors = 256;

void limit(int resource, rlim_t soft, rlim_t hard) {
  const rlimit bounds{soft, hard};
  setrlimit(static_cast<__rlimit_resource>(resource), &bounds);
}

// The program of a system call filter, instruction by instruction.
class Filter {
 public:
  Filter() {
    load(offsetof(seccomp_data, arch));
    // The calls of other instruction sets have other numbers.
    skip_if(BPF_JEQ, AUDIT_ARCH_X86_64);
    answer(EPERM);
    load(offsetof(seccomp_data, nr));
    skip_unless(BPF_JGE, kX32);
    answer(EPERM);
  }

  void deny(long call) {
    skip_unless(BPF_JEQ, static_cast<std::uint32_t>(call));
    answer(EPERM);
  }
  // Unless its first argument is `allowed`.
  void deny_unless(long call, std::uint32_t allowed) {
    code_.push_back(jump(BPF_JEQ, static_cast<std::uint32_t>(call), 0, 4));
    load(offsetof(seccomp_data, args));  // its lower half: both are ints
    skip_if(BPF_JEQ, allowed);
    answer(EACCES);
    code_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  void install() {
    code_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    // Without SPEC_ALLOW some kernels would slow the process down for the sake of secrets that it
    // does not have.
    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
  }

 private:
  static constexpr std::uint32_t kX32 = 0x40000000;

  static sock_filter jump(unsigned short test, std::uint32_t value, unsigned char if_true,
                          unsigned char if_false) {
    return BPF_JUMP(static_cast<unsigned short>(BPF_JMP | test | BPF_K), value, if_true, if_false);
  }
  void load(std::size_t offset) {
    code_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
  }
  void skip_if(unsigned short test, std::uint32_t value) {
    code_.push_back(jump(test, value, 1, 0));
  }
  void skip_unless(unsigned short test, std::uint32_t value) {
    code_.push_back(jump(test, value, 0, 1));
  }
  void answer(int error) {
    code_.push_back(
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error)));
  }

  std::vector<sock_filter> code_;
};

void filter_system_calls() {
  Filter filter;
  filter.deny_unless(SYS_socket, AF_UNIX);
  const auto self = static_cast<std::uint32_t>(getpid());
  for (const long call : {SYS_kill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo}) {
    filter.deny_unless(call, self);
  }
  for (const long call :
       {SYS_tkill, SYS_pidfd_send_signal, SYS_execve, SYS_execveat, SYS_ptrace,
        SYS_process_vm_readv, SYS_process_vm_writev, SYS_mount, SYS_bpf, SYS_io_uring_setup}) {
    filter.deny(call);
  }
  filter.install();
}

}  // namespace

void confine_probe(int parent, std::chrono::seconds cpu_time) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may have ended before that.
  if (getppid() != parent) _exit(1);
  // The first ends it with a signal that says why.
  const auto seconds = static_cast<rlim_t>(cpu_time.count());
  limit(RLIMIT_CPU, seconds, seconds + 1);
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_NOFILE, kDescriptors, kDescriptors);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  limit(RLIMIT_AS, rlim_t{1} << 30U, rlim_t{1} << 30U);
#endif
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  filter_system_calls();
}

}  // namespace backplane::host
