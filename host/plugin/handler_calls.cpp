#include "host/plugin/handler_calls.hpp"

#include <utility>

namespace backplane::host {
namespace {

constexpr std::size_t kKept = 1024;

}  // namespace

ChildCall& HandlerCalls::take() {
  {
    const MutexLock lock(mutex_);
    if (!free_.empty()) {
      ChildCall& call = *free_.back().release();
      free_.pop_back();
      return call;
    }
  }
  return *std::make_unique<ChildCall>(*this).release();
}

void HandlerCalls::give_back(ChildCall& call) {
  std::unique_ptr<ChildCall> free(&call);
  const MutexLock lock(mutex_);
  if (free_.size() < kKept) free_.push_back(std::move(free));
}

}  // namespace backplane::host
