#include "host/plugin/child_call.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include "host/plugin/abi_bridge.hpp"
#include "host/plugin/callback_fence.hpp"
#include "host/plugin/handler_calls.hpp"
#include "host/plugin/open_call.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kKeptBytes = std::size_t{64} * 1024;
// Of who waits for the parent, to end it and with it its calls.
constexpr std::chrono::seconds kGrace{1};
constexpr std::string_view kTraceparent = "traceparent";

// As abi.h pairs them.
bp_status status_of(unsigned http_status) {
  if (http_status < 400) return BP_OK;
  switch (http_status) {
    case 404:
      return BP_NOT_FOUND;
    case 429:
      return BP_EXHAUSTED;
    case 499:
      return BP_CANCELLED;
    case 501:
      return BP_UNSUPPORTED;
    case 503:
      return BP_UNAVAILABLE;
    case 504:
      return BP_DEADLINE;
    default:
      return http_status < 500 ? BP_INVALID : BP_INTERNAL;
  }
}

std::span<const bp_kv> fields_of(const bp_request& asked) {
  return {asked.headers, asked.headers == nullptr ? 0 : asked.header_count};
}

bool names(const bp_kv& field, std::string_view name) {
  return equals_ignoring_case(view_of(field.key), name);
}

TimePoint deadline_of(const bp_request& asked) {
  if (asked.deadline_ns == 0) return kNever;
  const auto most = static_cast<std::uint64_t>(kNever.time_since_epoch().count());
  return TimePoint(std::chrono::nanoseconds(std::min(asked.deadline_ns, most)));
}

}  // namespace

void ChildCall::begin(OpenCall& parent, std::string_view target, const bp_request& asked,
                      const CallListener& listener) {
  const Exchange& from = parent.slot.exchange();
  reset();
  home = this;
  response.plain_errors = true;
  parent_ = &parent;
  owner_ = &parent.owner;
  listener_ = listener;
  max_body_ = parent.slot.max_body();
  too_large_ = false;
  told_.store(false, std::memory_order_relaxed);
  holders_.store(2, std::memory_order_relaxed);
  chain_ = extended(from.callers, from.executor);
  callers = &chain_;
  copy(from.request, target, asked);
  request.request_id = from.request.request_id;
  request.received_at = Clock::now();
  inherited_ = from.request.deadline;
  deadline_ = request.deadline = std::min(inherited_, deadline_of(asked));
  owner_->hold();
}

void ChildCall::copy(const HttpRequest& parent, std::string_view target, const bp_request& asked) {
  const std::string_view* trace = parent.find_header(kTraceparent);
  std::size_t size = target.size() + asked.method.len + asked.path.len + asked.query.len +
                     asked.body.len + asked.content_type.len +
                     (trace == nullptr ? 0 : trace->size());
  for (const bp_kv& field : fields_of(asked)) {
    size += field.key.len + field.value.len;
    if (names(field, kTraceparent)) trace = nullptr;
  }
  bytes_.clear();
  // Reserved in one piece: the views below must not move.
  bytes_.reserve(size);
  const auto keep = [this](std::string_view text) {
    const std::size_t start = bytes_.size();
    bytes_.append(text);
    return std::string_view(bytes_).substr(start);
  };
  request.authority = keep(target);
  request.method = asked.method.len == 0 ? "POST" : keep(view_of(asked.method));
  request.path = asked.path.len == 0 ? "/" : keep(view_of(asked.path));
  request.route_path = request.path;
  request.query = keep(view_of(asked.query));
  request.body = keep(view_of(asked.body));
  request.content_type = keep(view_of(asked.content_type));
  bool typed = request.content_type.empty();
  for (const bp_kv& field : fields_of(asked)) {
    const std::string_view name = keep(view_of(field.key));
    request.headers.push_back({name, keep(view_of(field.value))});
    if (!names(field, "Content-Type")) continue;
    request.content_type = request.headers.back().value;
    typed = true;
  }
  if (!typed) request.headers.push_back({"Content-Type", request.content_type});
  if (trace != nullptr) request.headers.push_back({kTraceparent, keep(*trace)});
}

void ChildCall::push(Exchange& /*exchange*/) noexcept {
  if (response.more) {
    collect();
    return calls_of_host_.router().resume(*this);
  }
  calls_of_host_.router().finish(*this);
  forget_deadline();
  if (claim()) tell_answer();
  drop();
}

void ChildCall::on_addressed(Exchange& /*exchange*/) noexcept {
  forget_deadline();
  if (request.deadline >= kNever - kGrace) return;
  // At the parent's own deadline its client hears of it first, and this by that.
  expires_at = request.deadline == inherited_ ? request.deadline + kGrace : request.deadline;
  holders_.fetch_add(1, std::memory_order_relaxed);
  calls_of_host_.deadlines().add(*this);
}

void ChildCall::forget_deadline() {
  if (calls_of_host_.deadlines().remove(*this)) holders_.fetch_sub(1, std::memory_order_relaxed);
}

bool ChildCall::claim() {
  if (told_.exchange(true, std::memory_order_acq_rel)) return false;
  // Until it is told the parent's replica stays; who holds it there need not look for it any more.
  if (parent_->children.remove(*this)) holders_.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

void ChildCall::collect() {
  if (abandoned()) return;
  if (response.body.size() > max_body_ - collected_.size()) {
    too_large_ = true;
    collected_.clear();
    // Whoever writes on hears that nobody reads it.
    return abandon();
  }
  collected_ += response.body;
}

void ChildCall::tell_answer() {
  if (too_large_) {
    return tell(502, "the answer is larger than " + std::to_string(max_body_) + " bytes");
  }
  if (response.broken) return tell(502, "the answer was cut off");
  if (collected_.empty()) return tell(response.status, response.content());
  collected_ += response.body;
  tell(response.status, collected_);
}

void ChildCall::cancel() {
  if (!told_.exchange(true, std::memory_order_acq_rel)) {
    if (Clock::now() >= deadline_) {
      tell(504, "the deadline of the call passed");
    } else {
      tell(499, "nobody waits any more for what the call was made for");
    }
  }
  abandon();
  drop();
}

void ChildCall::expire() {
  if (claim()) tell(504, "the deadline of the call passed");
  abandon();
  drop();
}

void ChildCall::tell(unsigned http_status, std::string_view body) {
  CallOwner& owner = *owner_;
  {
    const LogScope scope(owner.place(), request.request_id, LogScope::Where::kElsewhere);
    run_callback("the end of a call", [&] {
      listener_.done(listener_.user, status_of(http_status), http_status, to_bp_str(body));
    });
  }
  // Nothing of the plugin, nor of its replica, is used for it any more.
  owner.release();
}

void ChildCall::drop() {
  if (holders_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  response.clear();
  // A thousand of them wait for reuse; what they hold must not add up to as many large bodies.
  if (bytes_.capacity() > kKeptBytes) std::string().swap(bytes_);
  if (collected_.capacity() > kKeptBytes) std::string().swap(collected_);
  collected_.clear();
  calls_of_host_.give_back(*this);
}

}  // namespace backplane::host
