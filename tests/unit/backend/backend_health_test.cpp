#include <atomic>
#include <string>

#include <doctest/doctest.h>

#include "host/backend/backend.hpp"
#include "tests/unit/backend/backend_fixture.hpp"

namespace backplane::host {
namespace {

// A backend whose handlers fail from the moment one is asked for "/break", until they are replaced.
struct Ailing {
  BackendFixture host;
  std::atomic<bool> broken{false};
  std::atomic<bool> curable{true};

  Ailing() {
    host.factory->on_create = [this](const ReplicaInfo& info) {
      if (host.factory->created() > 0 && !curable) {
        return Status(Error(ErrorCode::kInvalidArgument, "no device"));
      }
      broken = false;
      static_cast<void>(info);
      return Status();
    };
    host.factory->on_health = [this] {
      return broken ? Status(Error(ErrorCode::kUnavailable, "unhealthy", "no answer")) : Status();
    };
    host.factory->on_request = [this](Exchange& exchange) {
      if (exchange.request.path == "/break") broken = true;
      exchange.response.body = std::to_string(host.factory->created());
      if (!broken) return;
      exchange.response.status = 500;
      exchange.fault = HandlerFault::kHandlerError;
    };
  }

  std::string ask(std::string_view path = "/") {
    TestExchange exchange(path);
    CHECK(host.submit(exchange).ok());
    REQUIRE(exchange.wait());
    return exchange.answer();
  }
};

TEST_SUITE("backend") {
  TEST_CASE("Backend: a handler that fails and is not well is replaced before the next request") {
    Ailing ailing;
    ailing.host.start(BackendFixture::spec());
    CHECK(ailing.ask() == "200 1");
    CHECK(ailing.ask("/break") == "500 1");
    CHECK(ailing.ask() == "200 2");
    CHECK(ailing.host.backend->stats().replicas.restarts == 1);
    ailing.host.backend.reset();
    CHECK(ailing.host.factory->destroyed() == 2);
    CHECK(ailing.host.factory->on_wrong_thread() == 0);
  }

  TEST_CASE("Backend: so it is where requests run together") {
    Ailing ailing;
    ailing.host.start(BackendFixture::spec(1, 4));
    CHECK(ailing.ask("/break") == "500 1");
    CHECK(ailing.ask() == "200 2");
  }

  TEST_CASE("Backend: so it is where the handler answers later, which first has no request out") {
    Ailing ailing;
    ailing.host.factory->be_async();
    ailing.host.factory->on_start = [&ailing](Exchange& exchange, AnswerSink& sink) {
      ailing.host.factory->on_request(exchange);
      FakeHandlerFactory::answer_later(exchange, sink, exchange.response.body);
    };
    ailing.host.start(BackendFixture::spec());
    CHECK(ailing.ask("/break") == "500 1");
    CHECK(ailing.ask() == "200 2");
  }

  TEST_CASE("Backend: what an ailing handler has out is not waited for in vain") {
    Ailing ailing;
    ailing.host.factory->be_async();
    Exchange* out = nullptr;
    AnswerSink* to = nullptr;
    ailing.host.factory->on_start = [&](Exchange& exchange, AnswerSink& sink) {
      ailing.host.factory->on_request(exchange);
      if (exchange.request.path == "/keep") {
        out = &exchange;
        to = &sink;
        return;
      }
      FakeHandlerFactory::answer_later(exchange, sink, exchange.response.body);
    };
    ailing.host.start(BackendFixture::spec());
    TestExchange kept("/keep");
    CHECK(ailing.host.submit(kept).ok());
    CHECK(ailing.ask("/break") == "500 1");
    CHECK(ailing.ask() == "500 1");
    FakeHandlerFactory::answer_later(*out, *to, "at last");
    REQUIRE(kept.wait());
  }

  TEST_CASE("Backend: a handler that fails and is well stays, for failures are answers too") {
    BackendFixture host;
    host.factory->on_request = [](Exchange& exchange) {
      exchange.fault = HandlerFault::kHandlerError;
    };
    host.start(BackendFixture::spec());
    for (int i = 0; i < 3; ++i) {
      TestExchange exchange;
      CHECK(host.submit(exchange).ok());
      CHECK(exchange.wait());
    }
    CHECK(host.factory->created() == 1);
  }

  TEST_CASE("Backend: a handler that cannot be replaced serves on, and the backend ends in order") {
    Ailing ailing;
    ailing.curable = false;
    ailing.host.start(BackendFixture::spec());
    CHECK(ailing.ask("/break") == "500 1");
    CHECK(ailing.ask() == "500 1");
    CHECK(ailing.host.backend->stats().replicas.restarts == 0);
    ailing.host.backend->close();
    CHECK(ailing.host.wait_stopped());
  }

  TEST_CASE("Backend: T100: the other replicas serve while a replacement is being made") {
    Ailing ailing;
    Gate constructor;
    const auto create = ailing.host.factory->on_create;
    ailing.host.factory->on_create = [&](const ReplicaInfo& info) {
      if (ailing.host.factory->created() == 2) constructor.enter();
      return create(info);
    };
    ailing.host.start(BackendFixture::spec(2));
    REQUIRE(ailing.host.wait_started().ok());
    CHECK(ailing.ask("/break") == "500 2");
    REQUIRE(constructor.wait_entered());
    ailing.broken = false;
    for (int i = 0; i < 10; ++i) CHECK(ailing.ask() == "200 2");
    constructor.open();
  }
}

}  // namespace
}  // namespace backplane::host
