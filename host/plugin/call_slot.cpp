#include "host/plugin/call_slot.hpp"

#include <cassert>
#include <chrono>
#include <cstring>
#include <utility>

#include "host/base/clock.hpp"
#include "host/base/thread.hpp"
#include "host/plugin/abi_bridge.hpp"
#include "host/plugin/plugin_text.hpp"

namespace backplane::host {
namespace {

// One huge answer must not cost its memory for ever, nor one with many fields.
constexpr std::size_t kKeptFields = 4096;
// A smaller answer is copied behind its head all the same, and the plugin has its bytes back at
// once.
constexpr std::size_t kMinAdopted = std::size_t{16} << 10U;
constexpr std::size_t kKeptMemory = std::size_t{1} << 20U;

// The fields that say how an answer travels, and whose it is: the host's alone (faults.md row 34).
bool is_host_owned(std::string_view name) {
  const auto is = [name](std::string_view owned) { return equals_ignoring_case(name, owned); };
  switch (name.size()) {
    case 4:
      return is("Date");
    case 7:
      return is("Upgrade");
    case 10:
      return is("Connection") || is("Keep-Alive");
    case 12:
      return is("X-Request-Id");
    case 14:
      return is("Content-Length");
    case 17:
      return is("Transfer-Encoding");
    default:
      return false;
  }
}

bp_status status_of(AnswerStream::Written written) {
  switch (written) {
    case AnswerStream::Written::kFull:
      return BP_EXHAUSTED;
    case AnswerStream::Written::kAbandoned:
      return BP_CANCELLED;
    case AnswerStream::Written::kLate:
      return BP_DEADLINE;
    case AnswerStream::Written::kTaken:
      break;
  }
  return BP_OK;
}

std::uint64_t nanoseconds(TimePoint time) {
  if (time == kNever) return 0;
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch());
  return static_cast<std::uint64_t>(since.count());
}

}  // namespace

void CallSlot::begin(Exchange& exchange, std::uint64_t max_body, std::size_t room) {
  assert(exchange.response.headers.empty() && exchange.response.content().empty());
  exchange_ = &exchange;
  room_ = room;
  stream_.reset();
  dropping_ = false;
  max_body_ = max_body;
  request_built_ = head_set_ = written_ = too_large_ = false;
  head_refused_.clear();
  for (std::size_t i = 0; i < lent_count_; ++i) {
    if (lent_[i].capacity() > kKeptMemory) std::string().swap(lent_[i]);
  }
  lent_count_ = 0;
  lent_bytes_ = 0;
  lent_body_ = nullptr;
}

const bp_request& CallSlot::request() {
  if (request_built_) return request_;
  const HttpRequest& request = exchange_->request;
  request_headers_.clear();
  for (const HeaderField& field : request.headers) {
    request_headers_.push_back({to_bp_str(field.name), to_bp_str(field.value)});
  }
  request_ = {.struct_size = sizeof(bp_request),
              .header_count = static_cast<std::uint32_t>(request_headers_.size()),
              .method = to_bp_str(request.method),
              .path = to_bp_str(request.path),
              .query = to_bp_str(request.query),
              .body = to_bp_str(request.body),
              .content_type = to_bp_str(request.content_type),
              .headers = request_headers_.data(),
              .deadline_ns = nanoseconds(request.deadline),
              .trace_id = to_bp_str(request.request_id.view())};
  request_built_ = true;
  return request_;
}

void* CallSlot::allocate(std::uint64_t length) {
  if (length > max_body_ - lent_bytes_) return nullptr;
  if (lent_count_ == lent_.size()) lent_.emplace_back();
  std::string& memory = lent_[lent_count_++];
  memory.resize(length);
  lent_bytes_ += length;
  return memory.data();
}

bp_status CallSlot::refuse_head(std::string why) {
  exchange_->response.status = 200;
  exchange_->response.headers.clear();
  head_set_ = false;
  head_refused_ = std::move(why);
  return BP_INVALID;
}

bp_status CallSlot::set_head(std::uint32_t status, const bp_kv* headers, std::uint32_t count) {
  if (head_set_ || written_ || stream_ != nullptr || (headers == nullptr && count > 0))
    return BP_CONTRACT;
  if (status < 200 || status > 599) {
    return refuse_head("status " + std::to_string(status) + " is not between 200 and 599");
  }
  HttpResponse& response = exchange_->response;
  response.status = status;
  head_set_ = true;
  head_refused_.clear();
  if (count == 0) return BP_OK;
  if (judged_before(headers, count)) {
    response.headers.append(judged_);
    return BP_OK;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string_view name = view_of(headers[i].key);
    if (is_host_owned(name)) {
      return refuse_head("the header '" + printable(name) + "' is the host's to set");
    }
    if (!response.headers.add(name, view_of(headers[i].value))) {
      return refuse_head("the header '" + printable(name) +
                         "' has a name or value that HTTP forbids");
    }
  }
  if (response.headers.wire().size() <= kKeptFields) judged_ = response.headers;
  return BP_OK;
}

bool CallSlot::judged_before(const bp_kv* headers, std::uint32_t count) const {
  if (judged_.size() != count) return false;
  // Moves `at` behind `text` where it stands there; memcmp may not be given a null pointer.
  const auto take = [](const char*& at, std::string_view text) {
    if (!text.empty() && std::memcmp(at, text.data(), text.size()) != 0) return false;
    at += text.size();
    return true;
  };
  std::string_view rest = judged_.wire();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string_view name = view_of(headers[i].key);
    const std::string_view value = view_of(headers[i].value);
    const std::size_t size = name.size() + value.size() + 4;  // ": " and CRLF
    if (rest.size() < size) return false;
    const char* at = rest.data();
    if (!take(at, name) || !take(at, ": ") || !take(at, value) || !take(at, "\r\n")) return false;
    rest.remove_prefix(size);
  }
  return rest.empty();
}

bp_status CallSlot::check_write(const void* data, std::uint64_t length) const {
  if (data == nullptr && length > 0) return BP_CONTRACT;
  // One that should only come to an end may say its last words.
  if (!exchange_->abandoned()) return BP_OK;
  return exchange_->request.deadline <= Clock::now() ? BP_DEADLINE : BP_CANCELLED;
}

bp_status CallSlot::write(const void* data, std::uint64_t length, std::uint32_t flags) {
  // Before each, for a callback that is told of the end may not wait for the client's connection,
  // which may wait for it.
  const bp_status refused = check_write(data, length);
  if (refused != BP_OK) return refused;
  if (stream_ == nullptr && ((flags & BP_WRITE_MORE) == 0 || !begin_stream())) {
    return dropping_ ? BP_OK : collect(data, length);
  }
  // Held: a callback that is told of the end may complete the call while this waits.
  const std::shared_ptr<AnswerStream> stream = stream_;
  const std::string_view bytes(static_cast<const char*>(data), length);
  // On a thread that makes room it may not be waited for: callbacks of plugins are there.
  if (current_thread_role() == ThreadRole::kIo) return status_of(stream->try_write(bytes));
  return status_of(stream->write(bytes, exchange_->request.deadline));
}

bp_status CallSlot::try_write(const void* data, std::uint64_t length) {
  const bp_status refused = check_write(data, length);
  if (refused != BP_OK) return refused;
  if (stream_ == nullptr && !begin_stream()) return write(data, length, BP_WRITE_MORE);
  const std::shared_ptr<AnswerStream> stream = stream_;
  return status_of(stream->try_write({static_cast<const char*>(data), length}));
}

bool CallSlot::begin_stream() {
  if (room_ == 0 || dropping_ || !head_refused_.empty() || too_large_) return false;
  HttpResponse& response = exchange_->response;
  if (response.status == 204 || response.status == 304) return false;
  if (exchange_->request.method == "HEAD") {
    // RFC 9110 9.3.2: what the answer to GET would say, without a length that nobody knows.
    response.unsized = dropping_ = true;
    response.body.clear();
    lent_body_ = nullptr;
    return false;
  }
  settle_body();
  stream_ = std::make_shared<AnswerStream>(room_);
  stream_->begin(*exchange_);
  return true;
}

void CallSlot::settle_body() {
  HttpResponse& response = exchange_->response;
  if (!response.adopted.empty()) {
    response.body.assign(response.adopted.view());
    response.adopted.reset();
  }
  if (lent_body_ == nullptr) return;
  // Copied, not swapped: the plugin may go on to write from what it was lent.
  response.body.assign(*lent_body_, 0, lent_body_size_);
  lent_body_ = nullptr;
}

std::uint64_t CallSlot::body_size() const {
  return lent_body_ != nullptr ? lent_body_size_ : exchange_->response.content().size();
}

bp_status CallSlot::adopt(AdoptedBytes bytes, std::uint32_t flags) {
  const std::string_view view = bytes.view();
  const bool in_pieces = stream_ != nullptr || dropping_ || (flags & BP_WRITE_MORE) != 0;
  if (in_pieces || view.data() == nullptr || view.size() <= kMinAdopted || body_size() > 0) {
    return write(view.data(), view.size(), flags);
  }
  const bp_status refused = check_write(view.data(), view.size());
  if (refused != BP_OK) return refused;
  if (view.size() > max_body_) {
    too_large_ = true;
    return BP_EXHAUSTED;
  }
  written_ = true;
  exchange_->response.adopted = std::move(bytes);
  return BP_OK;
}

bp_status CallSlot::collect(const void* data, std::uint64_t length) {
  std::string& body = exchange_->response.body;
  const std::uint64_t before = body_size();
  if (length > max_body_ - before) {
    too_large_ = true;
    return BP_EXHAUSTED;
  }
  written_ = true;
  if (length == 0) return BP_OK;
  for (std::size_t i = 0; before == 0 && i < lent_count_; ++i) {
    if (data == lent_[i].data() && length <= lent_[i].size()) {
      lent_body_ = &lent_[i];
      lent_body_size_ = length;
      return BP_OK;
    }
  }
  if (before > 0) settle_body();
  body.append(static_cast<const char*>(data), length);
  return BP_OK;
}

std::optional<Error> CallSlot::finish() {
  if (stream_ != nullptr) return std::nullopt;
  if (lent_body_ != nullptr) {
    // Both strings keep their memory for the requests to come.
    lent_body_->resize(lent_body_size_);
    exchange_->response.body.swap(*lent_body_);
  }
  if (!head_refused_.empty()) {
    return Error(ErrorCode::kBadHandlerResponse, head_refused_);
  }
  if (too_large_) {
    return Error(ErrorCode::kBadHandlerResponse, "response_too_large",
                 "the answer is larger than " + std::to_string(max_body_) + " bytes");
  }
  HttpResponse& response = exchange_->response;
  // RFC 9110 §15.3.5, §15.4.5: these never have a body.
  if (response.status == 204 || response.status == 304) {
    response.body.clear();
    response.adopted.reset();
  }
  return std::nullopt;
}

void CallSlot::pass_on(bool whole) {
  // Not moved: whoever writes may be looking at it.
  const std::shared_ptr<AnswerStream> stream = stream_;
  if (stream == nullptr) return exchange_->complete();
  stream->end(whole);
}

}  // namespace backplane::host
