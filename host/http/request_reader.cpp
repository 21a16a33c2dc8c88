#include "host/http/request_reader.hpp"

#include "host/message/headers.hpp"

namespace backplane::host {
namespace {

// Of the memory of joined values, what is kept: bytes of each, and how many.
constexpr std::size_t kKeptJoined = 1024;
constexpr std::size_t kKeptJoins = 8;
constexpr std::size_t kMaxKnownHost = 255;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Names that are equal (any case) have equal bits; most that differ do not.
std::uint64_t name_bit(std::string_view name) {
  const auto first = static_cast<unsigned char>(lower(name.front()));
  const auto last = static_cast<unsigned char>(lower(name.back()));
  return std::uint64_t{1} << ((first * 7U + last * 3U + name.size()) % 64U);
}

}  // namespace

RequestReader::RequestReader(const ListenerConfig& config)
    : max_body_bytes_(config.max_body_bytes),
      scanner_({config.max_target_bytes, config.max_head_bytes, config.max_header_fields}),
      decoder_(config.max_body_bytes) {}

RequestReader::Progress RequestReader::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  return Progress::kRefused;
}

RequestReader::Progress RequestReader::advance(ReadBuffer& buffer, HttpRequest& request) {
  if (in_body_) return read_body(buffer, request);
  switch (scanner_.scan(buffer.bytes())) {
    case HeadScanner::Outcome::kNeedMore:
      return Progress::kNeedMore;
    case HeadScanner::Outcome::kRefused:
      return refuse(scanner_.refusal());
    case HeadScanner::Outcome::kDone:
      break;
  }
  const Progress progress = end_head(buffer, request);
  if (progress != Progress::kNeedMore) return progress;
  in_body_ = true;
  const Progress body = read_body(buffer, request);
  return body == Progress::kNeedMore ? Progress::kHeadDone : body;
}

RequestReader::Progress RequestReader::end_head(ReadBuffer& buffer, HttpRequest& request) {
  const char* head = buffer.data();
  const auto refusal =
      decide_framing(head, scanner_.fields(), scanner_.minor_version(), known_host_, framing_);
  if (refusal) return refuse(*refusal);
  remember_host(head);
  if (auto bad_target = publish_target(head, request)) return refuse(*bad_target);
  publish_fields(head, request);
  // By number, before a byte of it is read.
  if (framing_.length > max_body_bytes_) {
    return refuse({ErrorCode::kPayloadTooLarge, HttpFault::kTooLarge, "payload_too_large",
                   "the body is over its limit"});
  }
  return Progress::kNeedMore;
}

void RequestReader::remember_host(const char* head) {
  if (!framing_.host_field || framing_.host_known) return;
  const std::string_view host = scanner_.fields()[*framing_.host_field].value.in(head);
  if (host.size() <= kMaxKnownHost) known_host_ = host;
}

RequestReader::Progress RequestReader::read_body(ReadBuffer& buffer, HttpRequest& request) {
  if (framing_.body == Framing::Body::kChunked) return read_chunks(buffer, request);
  const std::size_t after_head = buffer.size() - scanner_.head_size();
  if (after_head < framing_.length) {
    body_size_ = after_head;
    return Progress::kNeedMore;
  }
  body_size_ = static_cast<std::size_t>(framing_.length);
  total_ = scanner_.head_size() + body_size_;
  return complete(buffer, request);
}

RequestReader::Progress RequestReader::read_chunks(ReadBuffer& buffer, HttpRequest& request) {
  const std::size_t at = scanner_.head_size() + body_size_;
  const ChunkDecoder::Step step = decoder_.decode(buffer.bytes().substr(at), buffer.data() + at);
  body_size_ += step.produced;
  switch (step.outcome) {
    case ChunkDecoder::Outcome::kNeedMore:
      // Framing that has been read is not kept: what a body takes here is its payload.
      buffer.truncate(scanner_.head_size() + body_size_);
      return Progress::kNeedMore;
    case ChunkDecoder::Outcome::kRefused:
      return refuse(decoder_.refusal());
    case ChunkDecoder::Outcome::kDone:
      break;
  }
  total_ = at + step.consumed;
  return complete(buffer, request);
}

RequestReader::Progress RequestReader::complete(const ReadBuffer& buffer, HttpRequest& request) {
  if (published_ != buffer.data()) {
    // Judged before; the second look only finds the same places in a buffer that has moved.
    static_cast<void>(publish_target(buffer.data(), request));
    publish_fields(buffer.data(), request);
  }
  request.body = std::string_view(buffer.data() + scanner_.head_size(), body_size_);
  return Progress::kComplete;
}

std::optional<Refusal> RequestReader::publish_target(const char* head, HttpRequest& request) {
  request.method = scanner_.method().in(head);
  const auto target = parse_target(request.method, scanner_.target().in(head));
  if (const auto* refusal = std::get_if<Refusal>(&target)) return *refusal;
  const auto& parts = *std::get_if<RequestTarget>(&target);
  request.path = parts.path;
  request.query = parts.query;
  // RFC 9112 3.2.2: the authority of an absolute-form target replaces the Host field.
  request.authority = parts.authority;
  if (request.authority.empty() && framing_.host_field) {
    request.authority = scanner_.fields()[*framing_.host_field].value.in(head);
  }
  const auto route_path = route_path_of(parts.path, route_path_);
  if (const auto* refusal = std::get_if<Refusal>(&route_path)) return *refusal;
  request.route_path = *std::get_if<std::string_view>(&route_path);
  return std::nullopt;
}

void RequestReader::publish_fields(const char* head, HttpRequest& request) {
  published_ = head;
  request.headers.clear();
  forget_joined();
  request.content_type = {};
  std::uint64_t seen = 0;
  for (const FieldSpan& span : scanner_.fields()) {
    publish_field(request, {span.name.in(head), span.value.in(head)}, seen);
  }
}

void RequestReader::publish_field(HttpRequest& request, HeaderField field, std::uint64_t& seen) {
  const std::uint64_t bit = name_bit(field.name);
  if ((seen & bit) != 0) {
    for (HeaderField& former : request.headers) {
      if (!equals_ignoring_case(former.name, field.name)) continue;
      std::string& joined = joined_with(former.value);
      joined += equals_ignoring_case(field.name, "cookie") ? "; " : ",";
      joined += field.value;
      former.value = joined;
      return;
    }
  }
  seen |= bit;
  if (field.name.size() == 12) {
    if (equals_ignoring_case(field.name, "content-type")) {
      request.content_type = field.value;
    } else if (equals_ignoring_case(field.name, "x-request-id") && is_request_id(field.value)) {
      request.request_id = field.value;
    }
  }
  request.headers.push_back(field);
}

// In place where it has been joined before: a hundred repetitions cost no more than they say.
std::string& RequestReader::joined_with(std::string_view first) {
  for (std::size_t i = 0; i < joined_count_; ++i) {
    if (joined_[i].data() == first.data()) return joined_[i];
  }
  if (joined_count_ == joined_.size()) joined_.emplace_back();
  std::string& joined = joined_[joined_count_++];
  joined = first;
  return joined;
}

void RequestReader::forget_joined() {
  // Most requests repeat no field.
  if (joined_count_ == 0) return;
  for (; joined_count_ > 0; --joined_count_) {
    // A head of another shape each time must not leave one large string in each place.
    std::string& joined = joined_[joined_count_ - 1];
    if (joined.capacity() > kKeptJoined) std::string().swap(joined);
  }
  if (joined_.size() > kKeptJoins) joined_.resize(kKeptJoins);
}

void RequestReader::finish(ReadBuffer& buffer) {
  const std::size_t total = total_;
  reset();
  buffer.consume(total);
}

void RequestReader::reset() {
  scanner_.reset();
  if (framing_.body == Framing::Body::kChunked) decoder_.reset();
  in_body_ = false;
  published_ = nullptr;
  body_size_ = total_ = 0;
  framing_ = {};
  forget_joined();
}

std::size_t RequestReader::wanted_bytes() const {
  if (!in_body_ || framing_.body != Framing::Body::kLength) return 0;
  return scanner_.head_size() + static_cast<std::size_t>(framing_.length);
}

bool RequestReader::is_head(const ReadBuffer& buffer) const {
  return scanner_.method().size == 4 && scanner_.method().in(buffer.data()) == "HEAD";
}

}  // namespace backplane::host
