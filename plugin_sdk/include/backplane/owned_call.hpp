#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <backplane/abi.h>
#include <backplane/detail/completion.hpp>
#include <backplane/detail/text.hpp>
#include <backplane/error.hpp>
#include <backplane/request.hpp>
#include <backplane/response.hpp>
#include <backplane/stream.hpp>

namespace backplane {

// What a handler that throws gives back of the calls that it was given: the host shall hear what
// was thrown, and not that the call was forgotten. On the stack of execute().
struct Delivery {
  bp_call* call = nullptr;
  bool returned = false;
};
inline constinit thread_local Delivery* running_delivery = nullptr;

// A request that is owed exactly one answer, to be given now or later, on any thread. Move-only;
// one thread at a time. One that is destroyed without an answer fails as a broken contract (500).
//
//   void operator()(backplane::OwnedCall call) {
//     pool.submit([call = std::move(call)]() mutable { call.reply("done"); });
//   }
class OwnedCall {
 public:
  OwnedCall(const bp_host& host, bp_call* call) : host_(&host), call_(call) {}
  OwnedCall(OwnedCall&& other) noexcept
      : host_(other.host_),
        call_(std::exchange(other.call_, nullptr)),
        cancelled_(std::move(other.cancelled_)) {}
  OwnedCall& operator=(OwnedCall&& other) noexcept {
    if (this != &other) {
      drop();
      host_ = other.host_;
      call_ = std::exchange(other.call_, nullptr);
      cancelled_ = std::move(other.cancelled_);
    }
    return *this;
  }
  ~OwnedCall() { drop(); }

  // False once it has been answered, or moved from: then nothing else may be asked of it.
  bool open() const noexcept { return call_ != nullptr; }

  // The request; it and what was taken from it end with the answer. Throws std::logic_error if the
  // call is not open, as all that follow.
  Request request() const { return {*host_, checked()}; }

  // Answers it. An action of on_cancel() that runs meanwhile is waited for: hold no lock that it
  // takes.
  void reply(const Response& response) {
    complete_with(*host_, checked(), response);
    call_ = nullptr;
  }
  void reply(Response&& response) {
    complete_with(*host_, checked(), std::move(response));
    call_ = nullptr;
  }
  // Answers it piece by piece, for a handler with `.streams = true`; then finish(), or fail(),
  // which cuts the answer off. The stream ends with the call, and is not asked for twice.
  Stream stream() const { return {*host_, checked()}; }
  // As reply(), when the last piece of its stream has been written, or none.
  void finish(Stream& stream) {
    bp_call* const call = checked();
    stream.send_head_once();
    call_ = nullptr;
    host_->call_complete(call, BP_OK, bp_str{});
  }
  // Fails it, as reply().
  void fail(bp_status status, std::string_view message) {
    bp_call* const call = checked();
    call_ = nullptr;
    host_->call_complete(call, status == BP_OK ? BP_INTERNAL : status, to_bp_str(message));
  }
  void fail(const Error& error) { fail(error.status(), error.what()); }

  // True once nobody waits for the answer, or this code is to go (see Request::cancelled()). It is
  // still owed.
  bool cancelled() const { return host_->call_cancelled(checked()) != 0; }

  // Once for a call: `action` is run when cancelled() begins to be true, at once when that is so
  // already; never after the answer. It runs on a thread of the host, which must not be held up; it
  // may answer the call, but not destroy it. What it throws is lost. False: this host cannot tell,
  // and cancelled() has to be asked. Throws std::logic_error if the call has one.
  bool on_cancel(std::function<void()> action) {
    bp_call* const call = checked();
    const auto* cancel =
        static_cast<const bp_cancel*>(host_->get_extension(host_->ctx, BP_CANCEL_EXTENSION));
    if (!BP_HAS(cancel, bp_cancel, on_cancel)) return false;
    if (cancelled_ != nullptr) throw std::logic_error("the call has an action for its end already");
    cancelled_ = std::make_unique<std::function<void()>>(std::move(action));
    if (cancel->on_cancel(call, &OwnedCall::run, cancelled_.get()) != BP_OK) {
      throw std::logic_error("the call has an action for its end already");
    }
    return true;
  }

 private:
  static void run(void* action) noexcept {
    try {
      (*static_cast<std::function<void()>*>(action))();
    } catch (...) {  // NOLINT(bugprone-empty-catch): nobody is there who could do anything about it
    }
  }

  bp_call* checked() const {
    if (call_ == nullptr) throw std::logic_error("the call has been answered, or moved from");
    return call_;
  }

  void drop() noexcept {
    bp_call* const call = std::exchange(call_, nullptr);
    if (call == nullptr) return;
    Delivery* const delivery = running_delivery;
    if (delivery != nullptr && delivery->call == call && std::uncaught_exceptions() > 0) {
      delivery->returned = true;
      return;
    }
    host_->call_complete(call, BP_CONTRACT, to_bp_str("the handler forgot the call"));
  }

  const bp_host* host_;
  bp_call* call_;
  std::unique_ptr<std::function<void()>> cancelled_;  // where the host finds it
};

}  // namespace backplane
