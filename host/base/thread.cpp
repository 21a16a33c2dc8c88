#include "host/base/thread.hpp"

#include <pthread.h>
#include <system_error>
#include <utility>

#include "host/base/clock.hpp"
#include "host/base/yield_pace.hpp"

namespace backplane::host {
namespace {

thread_local ThreadRole current_role = ThreadRole::kNone;
thread_local YieldPace yield_pace;

}  // namespace

ThreadRole current_thread_role() {
  return current_role;
}

void give_way() {
  const TimePoint left = Clock::now();
  if (!yield_pace.is_due(left)) return;
  std::this_thread::yield();
  yield_pace.note(left, Clock::now());
}

Result<Thread> Thread::start(const std::string& name, ThreadRole role, std::function<void()> body) {
  try {
    return Thread(std::thread([short_name = name.substr(0, 15), role, body = std::move(body)] {
      current_role = role;
      pthread_setname_np(pthread_self(), short_name.c_str());
      body();
    }));
  } catch (const std::system_error& error) {
    return Error(ErrorCode::kUnavailable, "thread_unavailable",
                 "cannot start thread '" + name + "': " + error.code().message());
  }
}

Thread::~Thread() {
  join();
}

Thread& Thread::operator=(Thread&& other) noexcept {
  join();
  thread_ = std::move(other.thread_);
  return *this;
}

void Thread::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace backplane::host
