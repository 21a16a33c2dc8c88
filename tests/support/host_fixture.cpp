#include "tests/support/host_fixture.hpp"

#include <algorithm>
#include <system_error>

#include <doctest/doctest.h>

#include "host/app/host.hpp"
#include "tests/support/built_plugin.hpp"
#include "tests/support/gate.hpp"

namespace backplane::host {
namespace {

constexpr int kTallyConnections = 8;

PendingAnswer send(std::uint16_t port, std::string_view method, const std::string& text) {
  RawClient client(port);
  REQUIRE(client.connected());
  REQUIRE(client.send(text));
  return {std::move(client), method == "HEAD"};
}

std::string word_of(const Answer& answer) {
  return answer.status() == 200 ? answer.body() : answer.refusal();
}

// Counts change by themselves: what was answered is with its replica for a moment yet.
std::string without_stats(std::string json) {
  constexpr std::string_view kStats = R"("stats":{)";
  for (std::size_t at = 0; (at = json.find(kStats)) != std::string::npos;) {
    std::size_t end = at + kStats.size();
    for (int depth = 1; depth > 0 && end < json.size(); ++end) {
      if (json[end] == '{') ++depth;
      if (json[end] == '}') --depth;
    }
    json.erase(at, end - at);
  }
  return json;
}

}  // namespace

std::string request_text(std::string_view method, std::string_view target,
                         const HostFixture::Fields& fields, std::string_view body) {
  std::string text(method);
  text.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  for (const auto& [name, value] : fields) {
    text.append(name).append(": ").append(value).append("\r\n");
  }
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  text += "\r\n";
  return text.append(body);
}

HostFixture::HostFixture(const std::vector<std::string>& plugins, const Adjust& adjust) {
  config_.data.port = 0;
  config_.data.io_threads = 2;  // so that every test crosses threads
  config_.admin.port = 0;
  config_.admin_auth = AdminAuth::kNone;
  // Fixtures write down and wait for what happens to them, which a probe would do once more.
  config_.probe_plugins = false;
  config_.plugin_directory = plugin_directory();
  config_.state_directory = directory() / "state";
  std::filesystem::create_directory(plugin_directory());
  for (const std::string& plugin : plugins) add_plugin(plugin);
  if (adjust) adjust(config_);
  start();
}

HostFixture::~HostFixture() {
  stop();
}

void HostFixture::start() {
  auto host = Host::start(config_);
  REQUIRE_MESSAGE(host.ok(), host.error().message());
  host_ = std::move(host).value();
}

std::uint16_t HostFixture::data_port() const {
  return host_->data_port();
}

std::uint16_t HostFixture::admin_port() const {
  return host_->admin_port();
}

void HostFixture::stop() {
  if (host_ == nullptr) return;
  CHECK(host_->stop());
  host_.reset();
}

void HostFixture::restart() {
  stop();
  start();
}

void HostFixture::add_plugin(const std::string& name, const std::string& file_stem) {
  const std::string file = (file_stem.empty() ? name : file_stem) + ".so";
  std::error_code failure;
  std::filesystem::copy_file(built_plugin(name), plugin_directory() / file,
                             std::filesystem::copy_options::overwrite_existing, failure);
  REQUIRE_MESSAGE(!failure, failure.message());
}

PendingAnswer HostFixture::admin_async(std::string_view method, std::string_view path,
                                       std::string_view json) const {
  Fields fields = admin_fields_;
  if (!json.empty()) fields.emplace_back("Content-Type", "application/json");
  return send(admin_port(), method, request_text(method, path, fields, json));
}

PendingAnswer HostFixture::data_async(std::string_view method, std::string_view target,
                                      const Fields& fields, std::string_view body) const {
  return send(data_port(), method, request_text(method, target, fields, body));
}

Answer HostFixture::admin(std::string_view method, std::string_view path,
                          std::string_view json) const {
  return admin_async(method, path, json).get();
}

Answer HostFixture::data(std::string_view method, std::string_view target, const Fields& fields,
                         std::string_view body) const {
  return data_async(method, target, fields, body).get();
}

void HostFixture::create_backend(const std::string& tag, const std::string& handler,
                                 const std::string& config, const std::string& init) const {
  const Answer made = admin("PUT", "/v1/backends/" + tag,
                            R"({"plugin":")" + handler + R"(","handler":")" + handler +
                                R"(","init":)" + init + R"(,"config":)" + config + "}");
  REQUIRE_MESSAGE(made.status() == 201, made.body());
}

void HostFixture::create_endpoint(const std::string& name, const std::string& route,
                                  const std::string& traffic, const std::string& methods) const {
  const Answer made = admin(
      "PUT", "/v1/endpoints/" + name,
      R"({"route":")" + route + R"(","methods":)" + methods + R"(,"traffic":)" + traffic + "}");
  REQUIRE_MESSAGE(made.status() == 201, made.body());
}

void HostFixture::set_traffic(const std::string& endpoint, const std::string& traffic) const {
  const Answer set = admin("PUT", "/v1/endpoints/" + endpoint + "/traffic", traffic);
  REQUIRE_MESSAGE(set.status() == 200, set.body());
}

std::map<std::string, int> HostFixture::tally(const std::string& target, int requests) const {
  const std::string text = request_text("GET", target);
  std::map<std::string, int> answers;
  std::vector<RawClient> clients;
  clients.reserve(kTallyConnections);
  for (int i = 0; i < std::min(requests, kTallyConnections); ++i) clients.emplace_back(data_port());
  while (requests > 0) {
    const auto round = std::min<std::size_t>(static_cast<std::size_t>(requests), clients.size());
    for (std::size_t i = 0; i < round; ++i) REQUIRE(clients[i].send(text));
    for (std::size_t i = 0; i < round; ++i) {
      auto response = clients[i].read_response(false, kPatience);
      REQUIRE(response.has_value());
      ++answers[word_of(Answer(std::move(*response)))];
    }
    requests -= static_cast<int>(round);
  }
  return answers;
}

std::string HostFixture::refused(std::string_view method, std::string_view path,
                                 std::string_view json) const {
  const std::string before = state();
  const Answer answer = admin(method, path, json);
  const std::string after = state();
  return after == before ? answer.refusal() : answer.refusal() + ", and the state is now " + after;
}

std::string HostFixture::state() const {
  return without_stats(admin("GET", "/v1/endpoints").body()) +
         without_stats(admin("GET", "/v1/backends").body()) + get("/-/routes").body();
}

bool HostFixture::wait_queued(const std::string& tag, std::size_t queued) const {
  const TimePoint deadline = Clock::now() + kPatience;
  RawClient client(admin_port());
  const std::string ask = request_text("GET", "/v1/backends/" + tag);
  while (Clock::now() < deadline) {
    auto response = client.ask(ask);
    if (!response) return false;
    if (Answer(std::move(*response)).at("/stats/queued") == std::to_string(queued)) return true;
  }
  return false;
}

}  // namespace backplane::host
