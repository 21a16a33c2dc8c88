#include "tests/conformance/http/http_fixture.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <doctest/doctest.h>

#include "host/message/error_response.hpp"

namespace backplane::host {
namespace {

// The seam's other side: one instance an io thread, all with the same logic behind them.
class TestHandler final : public HttpHandler {
 public:
  explicit TestHandler(TestLogic& logic) : logic_(logic) {}

  void handle(Exchange& exchange) override { logic_.handle(exchange); }
  EarlyVerdict refuse_early(Exchange& exchange) override { return logic_.refuse_early(exchange); }
  void flush() override {}
  void finish(Exchange& exchange) override { logic_.finish(exchange); }

 private:
  TestLogic& logic_;
};

bool is_known(std::string_view path) {
  return path.starts_with("/echo") || path.starts_with("/header/") || path == "/big" ||
         path == "/hold" || path == "/later" || path == "/peer";
}

void fill_not_found(Exchange& exchange) {
  fill_error_response(Error(ErrorCode::kNotFound, "no such route"),
                      exchange.request.request_id.view(), exchange.response);
}

void set_deadline(HttpRequest& request) {
  const std::string_view* text = request.find_header("X-Deadline-Ms");
  if (text == nullptr) return;
  int milliseconds = 0;
  std::from_chars(text->data(), text->data() + text->size(), milliseconds);
  request.deadline = Clock::now() + std::chrono::milliseconds(milliseconds);
}

void fill_answer(Exchange& exchange) {
  const HttpRequest& request = exchange.request;
  if (request.route_path == "/big") {
    exchange.response.body.assign(16777216, 'x');
  } else if (request.route_path == "/peer") {
    exchange.response.body = exchange.peer->text();
  } else if (request.route_path.starts_with("/header/")) {
    const std::string_view* value = request.find_header(request.route_path.substr(8));
    exchange.response.body = value != nullptr ? std::string(*value) : "none";
  } else {
    exchange.response.body.append(request.method).append(" ").append(request.route_path);
    exchange.response.body.append("?").append(request.query).append(" ").append(request.body);
  }
}

}  // namespace

void TestLogic::handle(Exchange& exchange) {
  const std::string_view path = exchange.request.route_path;
  const bool hold = path == "/hold" || path == "/later";
  if (hold) set_deadline(exchange.request);
  {
    const MutexLock lock(mutex_);
    handled_.emplace_back(exchange.request.route_path);
    if (hold) {
      held_.push_back(&exchange);
      changed_.notify_all();
      return;
    }
  }
  if (is_known(exchange.request.route_path)) {
    fill_answer(exchange);
  } else {
    fill_not_found(exchange);
  }
  exchange.complete();
}

EarlyVerdict TestLogic::refuse_early(Exchange& exchange) {
  if (exchange.request.route_path == "/later") {
    handle(exchange);
    return EarlyVerdict::kTaken;
  }
  if (is_known(exchange.request.route_path)) return EarlyVerdict::kReadBody;
  fill_not_found(exchange);
  return EarlyVerdict::kRefused;
}

void TestLogic::finish(const Exchange&) {
  const MutexLock lock(mutex_);
  ++finished_;
  changed_.notify_all();
}

bool TestLogic::wait_held(std::size_t count) {
  const TimePoint deadline = Clock::now() + RawClient::kWait;
  const MutexLock lock(mutex_);
  while (held_.size() < count) {
    if (!changed_.wait_until(mutex_, deadline)) return held_.size() >= count;
  }
  return true;
}

void TestLogic::release_held() {
  std::vector<Exchange*> held;
  {
    const MutexLock lock(mutex_);
    held.swap(held_);
  }
  for (Exchange* exchange : held) {
    exchange->response.body = "released";
    exchange->complete();
  }
}

bool TestLogic::held_are_abandoned() {
  const MutexLock lock(mutex_);
  return std::all_of(held_.begin(), held_.end(),
                     [](const Exchange* exchange) { return exchange->abandoned(); });
}

std::vector<std::string> TestLogic::handled() {
  const MutexLock lock(mutex_);
  return handled_;
}

bool TestLogic::wait_finished(std::size_t count) {
  const TimePoint deadline = Clock::now() + RawClient::kWait;
  const MutexLock lock(mutex_);
  while (finished_ < count) {
    if (!changed_.wait_until(mutex_, deadline)) return finished_ >= count;
  }
  return true;
}

ListenerConfig HttpFixture::usual_config() {
  ListenerConfig config;
  config.max_body_bytes = 1048576;
  return config;
}

ListenerConfig HttpFixture::quick_config() {
  ListenerConfig config = usual_config();
  config.first_byte_timeout = std::chrono::milliseconds(300);
  config.head_timeout = std::chrono::milliseconds(300);
  config.idle_timeout = std::chrono::milliseconds(400);
  config.body_timeout = std::chrono::milliseconds(300);
  config.write_stall_timeout = std::chrono::milliseconds(300);
  config.linger_timeout = std::chrono::milliseconds(300);
  return config;
}

HttpFixture::HttpFixture(const ListenerConfig& config) {
  auto started = HttpServer::start(
      config, "bp-io", [this](unsigned) { return std::make_unique<TestHandler>(logic); }, 1);
  REQUIRE(started.ok());
  server = std::move(started).value();
}

HttpFixture::~HttpFixture() {
  logic.release_held();
}

}  // namespace backplane::host
