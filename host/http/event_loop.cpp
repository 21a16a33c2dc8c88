#include "host/http/event_loop.hpp"

// Before Asio: Boost 1.74 uses std::exchange with g++ 12 without including it.
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

namespace backplane::host {
namespace {

// Memory for the one wait that a direction can have under way, so that arming it allocates
// nothing.
class WaitMemory {
 public:
  void* allocate(std::size_t size) {
    if (!used_ && size <= bytes_.size()) {
      used_ = true;
      return bytes_.data();
    }
    return std::allocator<std::byte>().allocate(size);
  }
  void deallocate(void* memory, std::size_t size) {
    if (memory == bytes_.data()) {
      used_ = false;
    } else {
      std::allocator<std::byte>().deallocate(static_cast<std::byte*>(memory), size);
    }
  }

 private:
  alignas(std::max_align_t) std::array<std::byte, 128> bytes_{};
  bool used_ = false;
};

template <typename T>
class WaitAllocator {
 public:
  using value_type = T;
  explicit WaitAllocator(WaitMemory& memory) : memory_(&memory) {}
  template <typename U>
  WaitAllocator(const WaitAllocator<U>& other)  // NOLINT(google-explicit-constructor): rebinding
      : memory_(other.memory_) {}

  T* allocate(std::size_t n) { return static_cast<T*>(memory_->allocate(n * sizeof(T))); }
  void deallocate(T* memory, std::size_t n) { memory_->deallocate(memory, n * sizeof(T)); }

  friend bool operator==(const WaitAllocator& a, const WaitAllocator& b) {
    return a.memory_ == b.memory_;
  }

 private:
  template <typename U>
  friend class WaitAllocator;
  WaitMemory* memory_;
};

constexpr int kCallsPerTurn = 1024;

using Executor = boost::asio::io_context::executor_type;
using StreamDescriptor = boost::asio::posix::basic_stream_descriptor<Executor>;

}  // namespace

struct EventLoop::Context {
  // 1: only one thread ever runs it.
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<Executor> work{io.get_executor()};
};

struct EventLoop::Watch::State {
  State(boost::asio::io_context& io, ReadyListener& told) : stream(io), listener(told) {}

  StreamDescriptor stream;
  ReadyListener& listener;
  bool closed = false;
  bool reading = false;
  bool writing = false;
  WaitMemory read_memory;
  WaitMemory write_memory;
};

namespace {

// What Asio calls: a function object instead of a lambda, because it brings its allocator.
template <typename State, bool kWrite>
struct OnReady {
  using allocator_type = WaitAllocator<std::byte>;

  State* state;

  allocator_type get_allocator() const {
    return allocator_type(kWrite ? state->write_memory : state->read_memory);
  }
  // An error other than our own close() is left for the listener's next call to find.
  void operator()(const boost::system::error_code&) const {
    (kWrite ? state->writing : state->reading) = false;
    if (state->closed) return;
    if (kWrite) {
      state->listener.on_writable();
    } else {
      state->listener.on_readable();
    }
  }
};

}  // namespace

EventLoop::EventLoop(std::unique_ptr<Context> context) : context_(std::move(context)) {}
EventLoop::~EventLoop() = default;

Result<std::unique_ptr<EventLoop>> EventLoop::create() {
  // A fence: io_context's constructor throws where the kernel gives no descriptor.
  try {
    return std::unique_ptr<EventLoop>(new EventLoop(std::make_unique<Context>()));
  } catch (const boost::system::system_error& error) {
    return Error(ErrorCode::kUnavailable,
                 std::string("an event loop cannot be made: ") + error.what());
  }
}

void EventLoop::run_turn(Duration max_wait) {
  // The first wait may block; the second takes what has become ready beside it, so that one
  // turn is one burst.
  context_->io.run_one_for(max_wait);
  // Bounded: clients that never stop sending would keep answers and timers waiting.
  for (int calls = 0; calls < kCallsPerTurn && context_->io.poll_one() > 0; ++calls) {
  }
}

EventLoop::Watch::Watch(EventLoop& loop, Descriptor descriptor, ReadyListener& listener)
    : state_(std::make_unique<State>(loop.context_->io, listener)) {
  boost::system::error_code error;
  const int fd = descriptor.release();
  state_->stream.assign(fd, error);
  if (error) Descriptor(fd).close();
}

EventLoop::Watch::~Watch() = default;

void EventLoop::Watch::want_read() {
  if (state_->reading || state_->closed) return;
  state_->reading = true;
  state_->stream.async_wait(StreamDescriptor::wait_read, OnReady<State, false>{state_.get()});
}

void EventLoop::Watch::want_write() {
  if (state_->writing || state_->closed) return;
  state_->writing = true;
  state_->stream.async_wait(StreamDescriptor::wait_write, OnReady<State, true>{state_.get()});
}

void EventLoop::Watch::close() {
  if (state_->closed) return;
  state_->closed = true;
  boost::system::error_code ignored;
  state_->stream.close(ignored);
}

bool EventLoop::Watch::busy() const {
  return state_->reading || state_->writing;
}

int EventLoop::Watch::fd() const {
  return state_->stream.is_open() ? state_->stream.native_handle() : -1;
}

}  // namespace backplane::host
