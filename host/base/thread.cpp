#include "host/base/thread.hpp"

#include <pthread.h>
#include <utility>

namespace backplane::host {
namespace {

thread_local ThreadRole current_role = ThreadRole::kNone;

}  // namespace

ThreadRole current_thread_role() {
  return current_role;
}

Thread::Thread(std::string name, ThreadRole role, std::function<void()> body)
    : thread_([name = std::move(name), role, body = std::move(body)] {
        current_role = role;
        pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
        body();
      }) {}

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
