#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace backplane::host {

// One server-sent event. A plain value.
struct ServerEvent {
  std::string name = "message";
  std::string id{};
  std::string data{};
};

// Takes a stream of server-sent events apart (WHATWG HTML, 9.2.6), wherever its pieces end. Owned
// by whoever reads the stream; its thread.
class EventStream {
 public:
  // The events that `piece` completes, in order.
  std::vector<ServerEvent> feed(std::string_view piece);

 private:
  void take_line(std::string_view line, std::vector<ServerEvent>& events);

  std::string line_;  // the one that has not ended yet
  ServerEvent next_;
  bool has_data_ = false;
};

}  // namespace backplane::host
