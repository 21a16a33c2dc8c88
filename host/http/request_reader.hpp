#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "host/config/listener_config.hpp"
#include "host/http/chunk_decoder.hpp"
#include "host/http/framing.hpp"
#include "host/http/head_scanner.hpp"
#include "host/http/read_buffer.hpp"
#include "host/http/request_target.hpp"
#include "host/message/http_request.hpp"

namespace backplane::host {

// Turns the bytes at the front of a ReadBuffer into one HttpRequest: head, target, framing, body.
// Owned by an ActiveRequest; its io thread. Knows no sockets and no time.
class RequestReader {
 public:
  enum class Progress : std::uint8_t {
    kNeedMore,
    kHeadDone,  // told once, when a body is still to come
    kComplete,
    kRefused,
  };

  explicit RequestReader(const ListenerConfig& config);

  // [io] Looks at what has been added to `buffer` since the last call. From kHeadDone on the head
  // stands in `request`; its views are good until the buffer moves. With kComplete all of it
  // does, and the buffer must not move until the request has been answered.
  Progress advance(ReadBuffer& buffer, HttpRequest& request);

  // [io] After kComplete: takes the request's bytes out of `buffer` and is ready for the next.
  void finish(ReadBuffer& buffer);
  // [io] Forgets everything.
  void reset();

  // [io] Bytes that the request will take in all, as far as its head has said.
  std::size_t wanted_bytes() const;
  // [io] After kComplete: bytes of the buffer that belong to this request.
  std::size_t request_bytes() const { return total_; }
  // [io] Bytes of body so far.
  std::uint64_t body_bytes() const { return body_size_; }
  // [io] From kHeadDone on.
  const Framing& framing() const { return framing_; }
  unsigned minor_version() const { return scanner_.minor_version(); }
  std::uint32_t trailers() const { return decoder_.trailers(); }
  // [io] As far as the head has been read: HEAD answers have no body, refusals neither.
  bool is_head(const ReadBuffer& buffer) const;
  // [io] After kRefused.
  const Refusal& refusal() const { return refusal_; }

 private:
  Progress refuse(const Refusal& refusal);
  Progress end_head(ReadBuffer& buffer, HttpRequest& request);
  Progress read_body(ReadBuffer& buffer, HttpRequest& request);
  Progress read_chunks(ReadBuffer& buffer, HttpRequest& request);
  Progress complete(const ReadBuffer& buffer, HttpRequest& request);
  // Point the views of `request` into `head`.
  std::optional<Refusal> publish_target(const char* head, HttpRequest& request);
  void publish_fields(const char* head, HttpRequest& request);
  void publish_field(HttpRequest& request, HeaderField field, std::uint64_t& seen);
  // The joined value `first`, or memory for one that begins with it.
  std::string& joined_with(std::string_view first);
  void forget_joined();
  void remember_host(const char* head);

  std::uint64_t max_body_bytes_;
  HeadScanner scanner_;
  ChunkDecoder decoder_;
  bool in_body_ = false;
  const char* published_ = nullptr;  // where the head stood when its views were made
  std::size_t body_size_ = 0;        // decoded, right behind the head
  std::size_t total_ = 0;            // after kComplete: bytes of the buffer it took
  Framing framing_;
  std::string known_host_;  // of an earlier request, and valid
  std::string route_path_;  // only where the path had escapes
  // Values of repeated fields; the first joined_count_ are in use, the others kept for their
  // memory.
  std::deque<std::string> joined_;
  std::size_t joined_count_ = 0;
  Refusal refusal_;
};

}  // namespace backplane::host
