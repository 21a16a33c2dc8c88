#include "host/app/serve.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <initializer_list>
#include <iostream>
#include <memory>
#include <string>

#include "host/app/host.hpp"
#include "host/app/shutdown_policy.hpp"
#include "host/base/log.hpp"
#include "host/config/socket_address.hpp"

namespace backplane::host {
namespace {

// How often a stop that waits for requests looks whether they are done.
constexpr std::chrono::milliseconds kLook{10};

// The signals that steer the process. Blocked in every thread and taken by the main one, so that
// no code of ours ever runs in a signal handler.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    // Ignored, which is inherited, it would hide how probe children end.
    std::signal(SIGCHLD, SIG_DFL);
    // A peer that closes early is an error code of a write, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
  }
  // Blocks until one comes.
  int wait() const {
    int signal = 0;
    while (sigwait(&set_, &signal) != 0) {
    }
    return signal;
  }
  // Whether SIGTERM or SIGINT came within `limit`.
  bool stop_within(std::chrono::milliseconds limit) const {
    const timespec wait_for{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds(limit).count()};
    const int signal = sigtimedwait(&set_, nullptr, &wait_for);
    return signal == SIGTERM || signal == SIGINT;
  }

 private:
  sigset_t set_{};
};

void announce(const Host& host) {
  const SocketAddress data{host.config().data.address, host.data_port()};
  const SocketAddress admin{host.config().admin.address, host.admin_port()};
  std::cout << "ready data=" << text_of(data) << " admin=" << text_of(admin) << std::endl;
}

void reload(Host& host) {
  const Status reloaded = host.reload_app();
  if (!reloaded.ok()) log_error("app", "SIGHUP changed nothing: " + reloaded.error().message());
}

// Waits, step by step, until nothing is in flight or waiting has no more sense.
ShutdownStep drain(Host& host, const Signals& signals) {
  const ShutdownLimits limits{.drain_delay = host.config().drain_delay,
                              .grace = host.config().grace};
  const TimePoint began = Clock::now();
  bool insisted = false;
  bool accepting = true;
  for (;;) {
    const bool drained = !accepting && host.drained();
    const ShutdownStep step = shutdown_step(limits, began, Clock::now(), drained, insisted);
    if (step == ShutdownStep::kDone || step == ShutdownStep::kForce) return step;
    if (step == ShutdownStep::kDrain && accepting) {
      host.stop_accepting();
      accepting = false;
    }
    insisted = signals.stop_within(kLook) || insisted;
  }
}

ExitCode exit_code_of(const Error& error) {
  if (error.reason() == "lock_held") return ExitCode::kTryAgain;
  if (error.reason() == "state_corrupt" || error.reason() == "state_newer") {
    return ExitCode::kBadConfig;
  }
  const bool system = error.code() == ErrorCode::kUnavailable ||
                      error.code() == ErrorCode::kConflict ||
                      error.code() == ErrorCode::kInsufficientStorage;
  return system ? ExitCode::kOsError : ExitCode::kBadConfig;
}

// A thread inside a handler that never returns cannot be ended, only the process can.
[[noreturn]] void end_without(const char* reason) {
  log_error("app", reason);
  stop_log();
  std::_Exit(static_cast<int>(ExitCode::kFailed));
}

ExitCode stop(Host& host, const Signals& signals) {
  log_info("app", "stopping: requests in flight finish first");
  host.begin_drain();
  const TimePoint began = Clock::now();
  const bool forced = drain(host, signals) == ShutdownStep::kForce;
  const bool out_of_time =
      forced && Clock::now() >= began + host.config().drain_delay + host.config().grace;
  if (forced) {
    log_info("app",
             "requests in flight that are answered 503: " + std::to_string(host.in_flight()));
  }
  if (!host.stop()) end_without("a handler did not return; ending without it");
  log_info("app", "stopped");
  return out_of_time ? ExitCode::kFailed : ExitCode::kOk;
}

}  // namespace

ExitCode serve(const HostConfig& config) {
  const Signals signals;
  start_log(config.log_level);
  auto host = Host::start(config);
  if (!host.ok()) {
    stop_log();
    std::cerr << "backplane: " << host.error().message() << std::endl;
    return exit_code_of(host.error());
  }
  announce(*host.value());
  for (;;) {
    if (signals.wait() != SIGHUP) break;
    reload(*host.value());
  }
  const ExitCode code = stop(*host.value(), signals);
  host.value().reset();
  stop_log();
  return code;
}

}  // namespace backplane::host
