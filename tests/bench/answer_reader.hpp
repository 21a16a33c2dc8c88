#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace backplane::bench {

// Finds the end of one HTTP answer in what a connection brings. Knows Content-Length only: no
// server that is measured sends anything else.
class AnswerReader {
 public:
  // The status when `bytes` complete an answer; 0 for one that cannot be read. Ready for the next
  // answer afterwards.
  std::optional<int> read(std::string_view bytes) {
    text_.append(bytes);
    const std::size_t head = text_.find("\r\n\r\n");
    if (head == std::string::npos) return std::nullopt;
    const std::optional<std::size_t> length = content_length(head);
    if (!length) return finish(0);
    if (text_.size() < head + 4 + *length) return std::nullopt;
    return finish(text_.size() > head + 4 + *length ? 0 : status());
  }

 private:
  int finish(int status) {
    text_.clear();
    return status;
  }

  [[nodiscard]] int status() const {
    constexpr std::size_t kBegin = sizeof("HTTP/1.1 ") - 1;
    int found = 0;
    if (text_.size() < kBegin + 3) return 0;
    std::from_chars(text_.data() + kBegin, text_.data() + kBegin + 3, found);
    return found;
  }

  [[nodiscard]] std::optional<std::size_t> content_length(std::size_t head) const {
    constexpr std::string_view kName = "\r\ncontent-length:";
    for (std::size_t at = text_.find("\r\n"); at < head; at = text_.find("\r\n", at + 2)) {
      if (!same_letters(std::string_view(text_).substr(at, kName.size()), kName)) continue;
      const char* begin = text_.data() + at + kName.size();
      while (*begin == ' ') ++begin;
      std::size_t length = 0;
      const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), length);
      if (error != std::errc() || *end != '\r') return std::nullopt;
      return length;
    }
    return std::nullopt;
  }

  static bool same_letters(std::string_view found, std::string_view lower) {
    if (found.size() != lower.size()) return false;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const bool upper = found[i] >= 'A' && found[i] <= 'Z';
      if ((upper ? static_cast<char>(found[i] - 'A' + 'a') : found[i]) != lower[i]) return false;
    }
    return true;
  }

  std::string text_;
};

}  // namespace backplane::bench
