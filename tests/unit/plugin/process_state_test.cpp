#include "host/plugin/process_state.hpp"

#include <cfenv>
#include <csignal>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using Words = std::vector<std::string>;

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("ProcessState: nothing changes by itself") {
    CHECK(changes(ProcessState::now(), ProcessState::now()).empty());
    CHECK(changes(ThreadState::now(), ThreadState::now()).empty());
  }

  TEST_CASE("ProcessState: each thing that changed is named") {
    const ProcessState before;
    const auto after = [&](auto change) {
      ProcessState state = before;
      change(state);
      return changes(before, state);
    };
    CHECK(after([](ProcessState& s) { s.locale = "tr_TR"; }) == Words{"the locale"});
    CHECK(after([](ProcessState& s) {
            s.working_directory = {1, 2};
          }) == Words{"the working directory"});
    CHECK(after([](ProcessState& s) { s.umask = 7; }) == Words{"the umask"});
    CHECK(after([](ProcessState& s) { s.limits[3] = {1, 2}; }) == Words{"the resource limits"});
    CHECK(after([](ProcessState& s) { s.signal_handlers[SIGTERM] = 1; }) ==
          Words{"the handler of signal 15"});
    CHECK(after([](ProcessState& s) {
            s.standard_streams[2] = {9, 9};
          }) == Words{"the standard streams"});
    CHECK(after([](ProcessState& s) { s.terminate_handler = 1; }) ==
          Words{"the terminate handler"});
    CHECK(after([](ProcessState& s) { s.new_handler = 1; }) == Words{"the new handler"});
    CHECK(after([](ProcessState& s) {
            s.locale = "C.UTF-8";
            s.umask = 1;
          }).size() == 2);
  }

  TEST_CASE("ThreadState: each thing that changed is named, once") {
    const ThreadState before;
    const auto after = [&](auto change) {
      ThreadState state = before;
      change(state);
      return changes(before, state);
    };
    CHECK(after([](ThreadState& s) { s.signal_mask = 1; }) == Words{"the signal mask"});
    CHECK(after([](ThreadState& s) { s.locale = 1; }) == Words{"the locale of its thread"});
    CHECK(after([](ThreadState& s) { s.float_mode = 0x8040; }) == Words{"the floating-point mode"});
    CHECK(after([](ThreadState& s) { s.x87_mode = 1; }) == Words{"the floating-point mode"});
    CHECK(after([](ThreadState& s) {
            s.float_mode = 1;
            s.x87_mode = 1;
          }) == Words{"the floating-point mode"});
  }

  TEST_CASE("ProcessState, ThreadState: what is changed shows") {
    const ProcessState process = ProcessState::now();
    const mode_t former_umask = ::umask(077);
    CHECK(changes(process, ProcessState::now()) == Words{"the umask"});
    ::umask(former_umask);

    const ThreadState thread = ThreadState::now();
    const int former_rounding = std::fegetround();
    std::fesetround(FE_TOWARDZERO);
    CHECK(changes(thread, ThreadState::now()) == Words{"the floating-point mode"});
    std::fesetround(former_rounding);
    sigset_t signals;
    sigset_t former;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signals, &former);
    CHECK(changes(thread, ThreadState::now()) == Words{"the signal mask"});
    pthread_sigmask(SIG_SETMASK, &former, nullptr);
    // What a calculation leaves behind is no mode.
    std::feraiseexcept(FE_INEXACT);
    CHECK(changes(thread, ThreadState::now()).empty());
  }
}

}  // namespace backplane::host
