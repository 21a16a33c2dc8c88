#include "host/admin/event_hub.hpp"

#include <utility>

namespace backplane::host {

Status EventHub::add(PendingRequest& reader) {
  if (readers_.size() >= kMaxReaders) {
    return Error(ErrorCode::kResourceExhausted, "too_many_readers",
                 std::to_string(kMaxReaders) + " clients read the events already");
  }
  Exchange& exchange = std::move(reader).release();
  exchange.response.status = 200;
  exchange.response.headers.add("Content-Type", "text/event-stream");
  exchange.response.headers.add("Cache-Control", "no-store");
  if (closed_) {
    end(exchange);
    return {};
  }
  tell(exchange, readers_[&exchange], ": events\n\n");
  return {};
}

void EventHub::resume(Exchange& exchange) {
  const auto found = readers_.find(&exchange);
  const bool over = found == readers_.end() || found->second.cut_off || exchange.abandoned();
  if (over) {
    readers_.erase(&exchange);
    return end(exchange);
  }
  found->second.ready = true;
  if (!found->second.backlog.empty()) send(exchange, found->second);
}

void EventHub::publish(std::string_view event, const std::function<void(JsonWriter&)>& write) {
  std::string text =
      "event: " + std::string(event) + "\nid: " + std::to_string(++last_id_) + "\ndata: ";
  JsonWriter json(text);
  json.begin_object();
  write(json);
  json.end_object();
  text += "\n\n";
  for (auto& [exchange, reader] : readers_) tell(*exchange, reader, text);
}

void EventHub::keep_alive() {
  for (auto& [exchange, reader] : readers_) tell(*exchange, reader, ":\n\n");
}

void EventHub::close() {
  closed_ = true;
  for (auto it = readers_.begin(); it != readers_.end();) {
    it->second.cut_off = true;
    if (!it->second.ready) {
      ++it;  // when its piece has been sent
      continue;
    }
    end(*it->first);
    it = readers_.erase(it);
  }
}

void EventHub::tell(Exchange& exchange, Reader& reader, std::string_view text) {
  if (reader.cut_off) return;
  if (reader.backlog.size() + text.size() > kMaxBacklog) {
    reader.cut_off = true;
    reader.backlog.clear();
    return;
  }
  reader.backlog += text;
  if (reader.ready) send(exchange, reader);
}

void EventHub::send(Exchange& exchange, Reader& reader) {
  reader.ready = false;
  exchange.response.body = std::exchange(reader.backlog, {});
  exchange.response.more = true;
  exchange.complete();
}

void EventHub::end(Exchange& exchange) {
  exchange.response.body.clear();
  exchange.response.more = false;
  exchange.complete();
}

}  // namespace backplane::host
