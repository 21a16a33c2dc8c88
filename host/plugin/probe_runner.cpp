#include "host/plugin/probe_runner.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <filesystem>
#include <future>
#include <memory>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace backplane::host {
namespace {

// Of probes: a third of the weight of a thread that serves, so that they end in time even where
// those are always busy.
constexpr int kNiceness = 5;

Error shutting_down() {
  return {ErrorCode::kUnavailable, "shutting_down", "the host is shutting down"};
}

Error with_plugin(Error error, const std::string& plugin) {
  if (plugin.empty()) return error;
  return std::move(error).with_context("plugin '" + plugin + "'");
}

// Milliseconds for poll(), rounded up: to wake before it is time would be a turn for nothing.
int until(TimePoint deadline) {
  if (deadline == kNever) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, INT_MAX));
}

}  // namespace

std::string ProbeRunner::program_beside_this() {
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return (self.parent_path() / "backplane-probe").string();
}

Result<std::unique_ptr<ProbeRunner>> ProbeRunner::start(const std::string& program,
                                                        std::chrono::milliseconds time_limit) {
  auto opened = ProbeProcess::open_program(program);
  if (!opened.ok()) return std::move(opened).error();
  FileDescriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.valid()) {
    return Error(ErrorCode::kUnavailable, "probe_unavailable",
                 "no descriptor for probes: " + std::generic_category().message(errno));
  }
  std::unique_ptr<ProbeRunner> runner(
      new ProbeRunner(std::move(opened).value(), std::move(wake), time_limit));
  auto thread =
      Thread::start("bp-probe", ThreadRole::kControl, [self = runner.get()] { self->run(); });
  if (!thread.ok()) return std::move(thread).error();
  runner->thread_ = std::move(thread).value();
  return runner;
}

ProbeRunner::ProbeRunner(FileDescriptor program, FileDescriptor wake,
                         std::chrono::milliseconds time_limit)
    : program_(std::move(program)), wake_(std::move(wake)), time_limit_(time_limit) {}

ProbeRunner::~ProbeRunner() {
  stop();
}

void ProbeRunner::probe(ProbeRequest request, Done done) {
  {
    MutexLock lock(mutex_);
    if (!stopping_) {
      waiting_.push_back({std::move(request), std::exchange(done, nullptr)});
    }
  }
  if (done) return done(shutting_down());
  wake_up();
}

Result<ProbeReport> ProbeRunner::probe(ProbeRequest request) {
  // Shared: the waiter may be gone before set_value() has returned on the runner's thread.
  const auto promise = std::make_shared<std::promise<Result<ProbeReport>>>();
  auto report = promise->get_future();
  probe(std::move(request),
        [promise](Result<ProbeReport> known) { promise->set_value(std::move(known)); });
  return report.get();
}

void ProbeRunner::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_up();
  thread_.join();
}

void ProbeRunner::wake_up() const {
  static_cast<void>(eventfd_write(wake_.get(), 1));
}

void ProbeRunner::run() {
  // Inherited by every child: a request must not wait for a probe, and a probe can wait. Of this
  // thread alone (setpriority(2), "C library/kernel differences"); where it is refused, both wait.
  setpriority(PRIO_PROCESS, 0, kNiceness);
  while (start_waiting()) {
    wait();
    give_way();
    look_after(Clock::now());
  }
  give_up();
}

bool ProbeRunner::start_waiting() {
  std::vector<Waiting> waiting;
  {
    MutexLock lock(mutex_);
    if (stopping_) return false;
    waiting.swap(waiting_);
  }
  for (Waiting& one : waiting) begin(std::move(one));
  return true;
}

void ProbeRunner::begin(Waiting waiting) {
  const TimePoint now = Clock::now();
  auto process = ProbeProcess::start(program_.get(), waiting.request);
  if (!process.ok()) {
    return waiting.done(with_plugin(std::move(process).error(), waiting.request.plugin));
  }
  running_.push_back({.process = std::move(process).value(),
                      .plugin = std::move(waiting.request.plugin),
                      .began = now,
                      .deadline = now + time_limit_,
                      .done = std::move(waiting.done)});
}

void ProbeRunner::wait() const {
  std::vector<pollfd> watched{{.fd = wake_.get(), .events = POLLIN, .revents = 0}};
  TimePoint deadline = kNever;
  for (const Running& running : running_) {
    watched.push_back({.fd = running.process.process_fd(), .events = POLLIN, .revents = 0});
    if (!running.timed_out) deadline = std::min(deadline, running.deadline);
  }
  // Each is asked anyway; after a signal, too, there is nothing to lose.
  poll(watched.data(), watched.size(), until(deadline));
  eventfd_t ignored = 0;
  eventfd_read(wake_.get(), &ignored);
}

void ProbeRunner::look_after(TimePoint now) {
  for (auto it = running_.begin(); it != running_.end();) {
    Running& running = *it;
    pollfd ended{.fd = running.process.process_fd(), .events = POLLIN, .revents = 0};
    if (poll(&ended, 1, 0) == 1) {
      auto outcome = outcome_of(running);
      const Done done = std::move(running.done);
      // Before it is told: whoever hears of the end finds nothing of the process any more.
      it = running_.erase(it);
      done(std::move(outcome));
      continue;
    }
    running.timed_out = running.timed_out || now >= running.deadline;
    if (running.timed_out) running.process.kill();
    ++it;
  }
}

Result<ProbeReport> ProbeRunner::outcome_of(Running& running) const {
  running.process.kill();  // what it may have started
  ProbeEnding ending = running.process.reap();
  ending.timed_out = running.timed_out;
  auto report = judge_probe(running.process.said(), ending, time_limit_);
  if (!report.ok()) return with_plugin(std::move(report).error(), running.plugin);
  report.value().took =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - running.began);
  return report;
}

void ProbeRunner::give_up() {
  std::vector<Waiting> waiting;
  {
    MutexLock lock(mutex_);
    waiting.swap(waiting_);
  }
  std::vector<Done> untold;
  untold.reserve(waiting.size() + running_.size());
  for (Waiting& one : waiting) untold.push_back(std::move(one.done));
  for (Running& running : running_) {
    running.process.kill();
    untold.push_back(std::move(running.done));
  }
  running_.clear();
  for (const Done& done : untold) done(shutting_down());
}

}  // namespace backplane::host
