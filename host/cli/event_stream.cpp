#include "host/cli/event_stream.hpp"

#include <utility>

namespace backplane::host {

std::vector<ServerEvent> EventStream::feed(std::string_view piece) {
  std::vector<ServerEvent> events;
  for (;;) {
    const std::size_t end = piece.find('\n');
    line_ += piece.substr(0, end);
    if (end == std::string_view::npos) return events;
    piece.remove_prefix(end + 1);
    std::string line = std::exchange(line_, {});
    if (line.ends_with('\r')) line.pop_back();
    take_line(line, events);
  }
}

void EventStream::take_line(std::string_view line, std::vector<ServerEvent>& events) {
  if (line.empty()) {
    ServerEvent event = std::exchange(next_, {});
    next_.id = event.id;
    if (std::exchange(has_data_, false)) events.push_back(std::move(event));
    return;
  }
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") {
    next_.name = value;
  } else if (field == "id") {
    next_.id = value;
  } else if (field == "data") {
    if (has_data_) next_.data += '\n';
    next_.data += value;
    has_data_ = true;
  }
}

}  // namespace backplane::host
