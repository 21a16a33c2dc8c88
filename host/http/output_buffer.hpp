#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "host/http/text_buffer.hpp"
#include "host/http/tls_stream.hpp"
#include "host/message/adopted_bytes.hpp"

namespace backplane::host {

// What is still to be written to one connection: text (heads and small bodies), then at most one
// large body. Owned by an ActiveRequest; its io thread.
class OutputBuffer {
 public:
  enum class Sent : std::uint8_t { kAll, kBlocked, kFailed };

  // [io] Appended to by write_response(). Not while a body is waiting.
  TextBuffer& text() { return text_; }
  // [io] Goes behind text().
  void set_body(std::string&& body) { body_ = std::move(body); }
  // [io] The same without a copy; given back as soon as the kernel has it all, or nobody wants it.
  void set_body(AdoptedBytes&& body) { adopted_ = std::move(body); }
  bool empty() const { return sent_ == text_.size() + body().size(); }

  // [io] Writes what the kernel takes without waiting, text and body in one call. kFailed: the
  // other side is gone.
  Sent send(int fd);
  // [io] The same through TLS, which takes one of them after the other.
  Sent send(TlsStream& tls);
  // [io] Bytes written since clear(); tells progress.
  std::size_t sent() const { return sent_; }
  // [io] Keeps the memory of text(), within reason.
  void clear();

 private:
  std::string_view body() const { return adopted_.empty() ? body_ : adopted_.view(); }
  // sendmsg(2) of what is left of both.
  ssize_t send_both(int fd);
  // What is left of the one that is being sent.
  std::string_view next_part();
  template <typename SendSome>
  Sent send_all(SendSome send_some);

  TextBuffer text_;
  std::string body_;
  AdoptedBytes adopted_;  // in place of body_
  std::size_t sent_ = 0;  // of text_ and body() together
};

}  // namespace backplane::host
