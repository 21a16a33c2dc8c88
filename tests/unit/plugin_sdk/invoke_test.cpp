#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/plugin.hpp>
#include <backplane/testing.hpp>

using backplane::Answer;
using backplane::ask;
using backplane::Error;
using backplane::gather;
using backplane::OwnedCall;
using backplane::Request;
using backplane::Response;
using backplane::TestBackend;
using backplane::TestQuestion;
using backplane::TestReplica;

namespace {

Response waits(const Request& request) {
  return ask(request, {.to = "a", .body = request.body(), .query = request.query()}).get().value();
}

Response waits_for_two(const Request& request) {
  const auto answers = gather(request, {{.to = "a"}, {.to = "b"}});
  return answers[0].value() + answers[1].value();
}

Response leaves(const Request& request) {
  std::string told = "nothing yet";
  ask(request, {.to = "a"}, [&told](const Answer& answer) { told = answer.body(); });
  return told;
}

void later(OwnedCall call) {
  const std::string what = call.request().arg("do");
  gather(std::move(call), {{.to = "a"}, {.to = "b"}},
         [what](OwnedCall asked, const std::vector<Answer>& answers) {
           if (what == "throw") throw std::runtime_error("thrown");
           if (what == "forget") return;
           asked.reply(answers[0].value() + answers[1].value());
         });
}

void later_alone(OwnedCall call) {
  gather(std::move(call), {}, [](OwnedCall asked, const std::vector<Answer>& answers) {
    asked.reply(std::to_string(answers.size()));
  });
}

constexpr auto kHandlers = backplane::make_handlers(
    "1", backplane::function<waits>("waits"), backplane::function<waits_for_two>("waits_for_two"),
    backplane::function<leaves>("leaves"), backplane::function<later>("later"),
    backplane::function<later_alone>("later_alone"));
constexpr auto kPointers = backplane::point_to(kHandlers);
constexpr bp_plugin kPlugin = backplane::make_plugin("asking", "1", kPointers);

const bp_plugin* entry(std::uint32_t /*host_major*/, std::uint32_t /*host_minor*/) {
  return &kPlugin;
}

Response others(const TestQuestion& question) {
  if (question.query == "down") return Response::error(BP_UNAVAILABLE, "it is down");
  if (question.query == "teapot") return Response("short").set_status(418);
  return "<" + question.to + question.body + ">";
}

TestReplica replica_of(std::string_view handler) {
  return TestReplica(handler, TestBackend{.others = others}, entry);
}

}  // namespace

TEST_SUITE("plugin_sdk") {
  TEST_CASE("ask: the answer is waited for, and what is no good one fails the request alike") {
    TestReplica replica = replica_of("waits");
    CHECK(replica.send({.body = "1"}).body == "<a1>");
    const auto down = replica.send({.query = "down"});
    CHECK(down.status == BP_UNAVAILABLE);
    CHECK(down.message == "it is down");
    const auto teapot = replica.send({.query = "teapot"});
    CHECK(teapot.status == BP_INVALID);
    CHECK(teapot.message == "short");
  }

  TEST_CASE("ask: where there are no others, nobody is found") {
    TestReplica replica("waits", {}, entry);
    CHECK(replica.send().status == BP_NOT_FOUND);
  }

  TEST_CASE("ask: who is told by an action is told once") {
    CHECK(replica_of("leaves").send().body == "<a>");
  }

  TEST_CASE("gather: answers come in the order of the questions") {
    CHECK(replica_of("waits_for_two").send().body == "<a><b>");
    CHECK(replica_of("later").send().body == "<a><b>");
    CHECK(replica_of("later_alone").send().body == "0");
  }

  TEST_CASE("gather: what is thrown behind it is the answer, and what is forgotten is an error") {
    TestReplica replica = replica_of("later");
    const auto thrown = replica.send({.query = "do=throw"});
    CHECK(thrown.status == BP_INTERNAL);
    CHECK(thrown.message == "thrown");
    CHECK(thrown.completions == 1);
    CHECK(replica.send({.query = "do=forget"}).status == BP_CONTRACT);
  }

  TEST_CASE("gather: one that fails fails the request, and so does the client's leave") {
    TestReplica replica("later",
                        TestBackend{.others =
                                        [](const TestQuestion& question) {
                                          return question.to == "b"
                                                     ? Response::error(BP_EXHAUSTED, "full")
                                                     : Response("good");
                                        }},
                        entry);
    const auto full = replica.send();
    CHECK(full.status == BP_EXHAUSTED);
    CHECK(full.message == "full");
    CHECK(replica_of("later").send({.cancelled = true}).status == BP_CANCELLED);
  }

  TEST_CASE("Answer: its value is the body of a good one") {
    CHECK(Answer(BP_OK, 202, "body").value() == "body");
    const Answer bad(BP_NOT_FOUND, 404, "nobody");
    CHECK_FALSE(bad.ok());
    CHECK_THROWS_WITH_AS(static_cast<void>(bad.value()), "nobody", Error);
  }
}
