#include "host/admin/admin_call.hpp"

#include <utility>

namespace backplane::host {

void AdminCall::reply(unsigned status, std::uint64_t revision,
                      const std::function<void(JsonWriter&)>& write) {
  HttpResponse& response = pending_.exchange().response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("ETag", '"' + std::to_string(revision) + '"');
  JsonWriter json(response.body);
  json.begin_object();
  write(json);
  json.end_object();
  response.body += '\n';
  std::move(pending_).complete();
}

void AdminCall::reply_text(std::string_view media_type, std::string text) {
  HttpResponse& response = pending_.exchange().response;
  response.status = 200;
  response.headers.add("Content-Type", media_type);
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(text);
  std::move(pending_).complete();
}

void AdminCall::fail(const Error& error) {
  std::move(pending_).fail(error);
}

}  // namespace backplane::host
