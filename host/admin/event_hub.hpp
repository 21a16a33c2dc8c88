#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "host/base/status.hpp"
#include "host/batching/pending_request.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {

// Those who read GET /v1/events, and what each has still to be told: server-sent events (WHATWG
// HTML, 9.2), one JSON object each. A reader is handed what has gathered since its last piece was
// sent, so a slow one costs its own backlog and no more. Owned by AdminContext's owner; control
// thread.
class EventHub {
 public:
  // Events that a reader may be behind, in bytes; one that is further behind is cut off and will
  // come back for the present state.
  static constexpr std::size_t kMaxBacklog = std::size_t{256} * 1024;
  static constexpr std::size_t kMaxReaders = 64;

  // [control] Takes the call's answer over until its client leaves. kResourceExhausted
  // "too_many_readers": the call is given back.
  Status add(PendingRequest& reader);
  // [control] A reader's piece has been sent, or it has left.
  void resume(Exchange& exchange);

  // [control] Tells every reader; `write` writes the members of one object.
  void publish(std::string_view event, const std::function<void(JsonWriter&)>& write);
  // [control] A line that means nothing, so that a connection that is gone is noticed.
  void keep_alive();
  // [control] Ends every answer; later ones end at once.
  void close();

  bool has_readers() const { return !readers_.empty(); }

 private:
  struct Reader {
    std::string backlog;
    bool ready = true;  // its exchange is here, and waits for the next piece
    bool cut_off = false;
  };

  void tell(Exchange& exchange, Reader& reader, std::string_view text);
  static void send(Exchange& exchange, Reader& reader);
  static void end(Exchange& exchange);

  // By the exchange that they are owed; it lives until its last completion.
  std::map<Exchange*, Reader> readers_;
  std::uint64_t last_id_ = 0;
  bool closed_ = false;
};

}  // namespace backplane::host
