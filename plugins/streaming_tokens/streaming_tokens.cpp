#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <backplane/plugin.hpp>

namespace {

// Says the text that it is sent, word by word, as a language model says what it makes up: one
// server-sent event for each, as soon as it is there.
void say(const backplane::Request& request, backplane::Stream& stream) {
  std::string_view rest = request.body();
  if (rest.empty()) throw backplane::Error::invalid("the body is the text to say; it is empty");
  int count = 0;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view token = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (token.empty()) continue;
    // False: the client has left, and nobody reads what would come.
    if (!stream.write_event(token, "token", std::to_string(++count))) return;
  }
  stream.write_event(std::to_string(count), "done");
}

}  // namespace

BACKPLANE_PLUGIN("streaming_tokens", "1.0.0", backplane::function<say>("streaming_tokens"));
