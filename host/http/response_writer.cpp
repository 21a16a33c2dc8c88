#include "host/http/response_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "host/message/error_response.hpp"

namespace backplane::host {
namespace {

// More than the fixed parts of any head take together: status line, Date, Content-Length,
// Connection and the names of what varies.
constexpr std::size_t kMaxFixedParts = 320;

// Writes where there is known to be room: a checked append for each piece of a small answer costs
// more than all of its bytes.
class Pen {
 public:
  explicit Pen(char* to) : to_(to) {}

  template <std::size_t kSize>
  void literal(const char (&text)[kSize]) {
    std::memcpy(to_, text, kSize - 1);
    to_ += kSize - 1;
  }
  void text(std::string_view text) {
    // Two halves that overlap, as dates and our own ids have them, in registers and without a call.
    constexpr std::size_t kHalf = 16;
    if (text.size() >= kHalf && text.size() <= 2 * kHalf) {
      const std::size_t rest = text.size() - kHalf;
      std::memcpy(to_, text.data(), kHalf);
      std::memcpy(to_ + rest, text.data() + rest, kHalf);
      to_ += text.size();
    } else {
      to_ = std::copy(text.begin(), text.end(), to_);
    }
  }
  void number(std::size_t number) { to_ = std::to_chars(to_, to_ + 20, number).ptr; }
  const char* place() const { return to_; }

 private:
  char* to_;
};

void write_status_line(unsigned status, Pen& pen) {
  // By far the most frequent one in one piece.
  if (status == 200) return pen.literal("HTTP/1.1 200 OK\r\n");
  pen.literal("HTTP/1.1 ");
  pen.number(status);
  pen.literal(" ");
  pen.text(reason_phrase(status));
  pen.literal("\r\n");
}

}  // namespace

bool write_response(const HttpResponse& response, const AnswerFrame& frame, TextBuffer& out) {
  const std::string_view content = response.content();
  const bool has_content = response.status != 204 && response.status != 304;
  const bool has_body = has_content && !frame.is_head && !frame.chunked && !content.empty();
  const bool copied = has_body && content.size() <= kMaxCopiedBody;
  Pen pen(out.room(kMaxFixedParts + frame.request_id.size() + response.headers.wire().size() +
                   (copied ? content.size() : 0)));
  write_status_line(response.status, pen);
  pen.literal("Date: ");
  pen.text(frame.date);
  if (has_content && frame.chunked) {
    pen.literal("\r\nTransfer-Encoding: chunked");
  } else if (has_content && frame.sized) {
    pen.literal("\r\nContent-Length: ");
    pen.number(content.size());
  }
  if (!frame.request_id.empty()) {
    pen.literal("\r\nX-Request-Id: ");
    pen.text(frame.request_id);
  }
  if (frame.close) {
    pen.literal("\r\nConnection: close\r\n");
  } else if (frame.say_keep_alive) {
    pen.literal("\r\nConnection: keep-alive\r\n");
  } else {
    pen.literal("\r\n");
  }
  pen.text(response.headers.wire());
  pen.literal("\r\n");
  if (copied) pen.text(content);
  out.commit(pen.place());
  return has_body && !copied;
}

void write_chunk(std::string_view piece, TextBuffer& out) {
  if (piece.empty()) return;
  constexpr std::size_t kMaxSizeLine = 2 * sizeof(std::size_t) + 2;
  char* const room = out.room(kMaxSizeLine + piece.size() + 2);
  char* const size_end = std::to_chars(room, room + kMaxSizeLine, piece.size(), 16).ptr;
  Pen pen(size_end);
  pen.literal("\r\n");
  pen.text(piece);
  pen.literal("\r\n");
  out.commit(pen.place());
}

void write_last_chunk(TextBuffer& out) {
  Pen pen(out.room(5));
  pen.literal("0\r\n\r\n");
  out.commit(pen.place());
}

}  // namespace backplane::host
