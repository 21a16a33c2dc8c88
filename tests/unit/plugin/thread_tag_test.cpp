#include "host/plugin/thread_tag.hpp"

#include <array>
#include <csignal>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include "host/plugin/call_handle.hpp"
#include "tests/unit/plugin/fake_handler.hpp"

namespace backplane::host {
namespace {

#ifdef NDEBUG
constexpr bool kLooks = false;
#else
constexpr bool kLooks = true;
#endif

// How a process ends that does something, and what it says to standard error.
struct End {
  int signal = 0;
  std::string said;
};

template <typename Action>
End end_of(Action action) {
  std::array<int, 2> pipe{-1, -1};
  REQUIRE(::pipe(pipe.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    ::dup2(pipe[1], STDERR_FILENO);
    action();
    ::_exit(0);
  }
  ::close(pipe[1]);
  End end;
  std::array<char, 512> bytes{};
  for (ssize_t n = 0; (n = ::read(pipe[0], bytes.data(), bytes.size())) > 0;) {
    end.said.append(bytes.data(), static_cast<std::size_t>(n));
  }
  ::close(pipe[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return end;
}

// What was said of `what` where somebody looks.
void check_ended(const End& end, const std::string& what) {
  CHECK(end.signal == (kLooks ? SIGABRT : 0));
  const std::string line = "backplane: a plugin broke the thread tags of abi.h: " + what +
                           " on a thread that must not be there now\n";
  CHECK(end.said == (kLooks ? line : ""));
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("thread tags: two services of one call at a time end a host that looks") {
    FakeHandler fake;
    fake.script.execute = [](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      {
        const auto inside = held(calls[0]).enter("call_write");
        std::thread([&] { host.call_head(calls[0], 200, nullptr, 0); }).join();
      }
      reply(host, calls[0], "done");
      return bp_status{BP_OK};
    };
    auto instance = fake.instance();
    check_ended(end_of([&] {
                  Exchange exchange;
                  run(*instance.value(), exchange);
                }),
                "call_head");
  }

  TEST_CASE("thread tags: one service inside another, or one after the other, is nothing") {
    FakeHandler fake;
    fake.script.execute = [](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      {
        const auto inside = held(calls[0]).enter("call_write");
        host.call_request(calls[0]);
      }
      std::thread([&] { host.call_head(calls[0], 200, nullptr, 0); }).join();
      reply(host, calls[0], "done");
      return bp_status{BP_OK};
    };
    auto instance = fake.instance();
    const End end = end_of([&] {
      Exchange exchange;
      run(*instance.value(), exchange);
    });
    CHECK(end.signal == 0);
    CHECK(end.said.empty());
  }

  TEST_CASE("thread tags: a state that is written on another thread ends a host that looks") {
    FakeHandler fake;
    fake.script.save = [](bp_write_fn write, void* ctx, bp_error&) {
      bp_status written = BP_OK;
      std::thread([&] { written = write(ctx, to_bp_str("state")); }).join();
      return written;
    };
    auto instance = fake.instance();
    check_ended(end_of([&] { static_cast<void>(instance.value()->save_state()); }),
                "the write of save()");
  }

  TEST_CASE("thread_check: the thread of a replica is the one that the host runs it on") {
    FakeHandler fake;
    std::vector<std::uint32_t> said;
    bp_replica* other = nullptr;
    const auto ask = [&said](const bp_host& host, const bp_replica* replica) {
      const auto* check = static_cast<const bp_thread_check*>(
          host.get_extension(host.ctx, BP_THREAD_CHECK_EXTENSION));
      REQUIRE(BP_HAS(check, bp_thread_check, is_replica_thread));
      said.push_back(check->is_replica_thread(host.ctx, replica));
    };
    fake.script.execute = [&](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      ask(host, fake.latest());
      ask(host, nullptr);
      ask(host, other);
      std::thread([&] { ask(host, fake.latest()); }).join();
      std::thread([&] { ask(host, nullptr); }).join();
      reply(host, calls[0], "asked");
      return bp_status{BP_OK};
    };
    auto first = fake.instance();
    REQUIRE(first.ok());
    other = fake.latest();
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    Exchange exchange;
    run(*instance.value(), exchange);
    CHECK(said == std::vector<std::uint32_t>{1, 1, 0, 0, 0});
  }
}

}  // namespace backplane::host
