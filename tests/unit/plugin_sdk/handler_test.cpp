#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/plugin.hpp>
#include <backplane/testing.hpp>

using backplane::Config;
using backplane::Context;
using backplane::Error;
using backplane::Request;
using backplane::Response;
using backplane::TestReplica;

namespace {

Response function_of_one(const Request&) {
  return "one";
}

std::vector<std::string> function_of_many(std::span<const Request> requests) {
  return std::vector<std::string>(requests.size(), "many");
}

// Every optional part of a handler.
class Everything {
 public:
  Everything(const Context& context, Config init) : context_(context), init_(init.json()) {
    if (init_ == "\"fail\"") throw Error::unavailable(std::string(300, 'x'));
    context_.log_info("made");
  }

  Response operator()(const Request&) {
    return init_ + " " + user_config_ + " " + std::string(context_.handler()) + " " +
           std::string(context_.backend()) + " " + std::to_string(context_.replica_index()) + " " +
           std::to_string(context_.generation());
  }
  std::vector<Response> batch(std::span<const Request> requests) {
    return std::vector<Response>(requests.size(), "batch");
  }
  void reconfigure(Config config) { user_config_ = config.json(); }
  void health() const {
    if (user_config_ == "\"ill\"") throw Error::unavailable("ill");
  }

 private:
  const Context& context_;
  std::string init_;
  std::string user_config_ = "none";
};

struct TakesInit {
  explicit TakesInit(Config init) : text(init.json()) {}
  Response operator()(const Request&) { return text; }
  std::string text;
};

struct TakesContext {
  explicit TakesContext(const Context& told) : context(told) {}
  Response operator()(const Request&) { return std::string(context.backend()); }
  const Context& context;
};

// A batch whose answers cannot all be made: the second one throws on its way to a Response.
struct Fragile {
  struct Answer {
    bool good;
    operator Response() const {  // NOLINT(google-explicit-constructor): what this case is about
      if (!good) throw std::runtime_error("broken");
      return "good";
    }
  };
  std::vector<Answer> batch(std::span<const Request> requests) {
    std::vector<Answer> answers(requests.size(), Answer{true});
    answers.at(1).good = false;
    return answers;
  }
};

struct Mixed {
  Response single(const Request&) { return "single"; }
  std::vector<Response> several(std::span<const Request> requests) {
    return std::vector<Response>(requests.size(), "several");
  }
  Response operator()(const Request&) { return "default"; }
};

}  // namespace

BACKPLANE_PLUGIN("sdk_test", "1.2.3", backplane::function<function_of_one>("one"),
                 backplane::function<function_of_many>("many", {.max_batch = 5}),
                 backplane::handler<Everything>("everything", {.version = "9"}),
                 backplane::handler<TakesInit>("takes_init"),
                 backplane::handler<TakesContext>("takes_context"),
                 backplane::handler<Fragile>("fragile", {.max_batch = 8}),
                 backplane::handler<Mixed, backplane::Method<"single", &Mixed::single>,
                                    backplane::Method<"several", &Mixed::several>>("mixed"));

TEST_SUITE("plugin_sdk") {
  TEST_CASE("BACKPLANE_PLUGIN: builds the tables of the contract") {
    CHECK(backplane_plugin_v1(BP_ABI_MAJOR + 1, 0) == nullptr);
    const bp_plugin* plugin = backplane_plugin_v1(BP_ABI_MAJOR, 7);
    REQUIRE(plugin != nullptr);
    CHECK(plugin->struct_size == sizeof(bp_plugin));
    CHECK(plugin->magic == BP_MAGIC);
    CHECK(std::string(plugin->name) == "sdk_test");
    CHECK(plugin->handler_count == 7);
    const bp_handler& one = *plugin->handlers[0];
    CHECK(one.flags == BP_HF_STATELESS);
    CHECK(one.max_batch == 1);
    CHECK(std::string(one.version) == "1.2.3");
    CHECK_FALSE(bool(one.reconfigure));
    CHECK_FALSE(bool(one.health));
    const bp_handler& many = *plugin->handlers[1];
    CHECK(many.flags == (BP_HF_STATELESS | BP_HF_BATCH));
    CHECK(many.max_batch == 5);
    const bp_handler& everything = *plugin->handlers[2];
    CHECK(everything.flags == BP_HF_BATCH);
    CHECK(everything.max_batch == backplane::kDefaultMaxBatch);
    CHECK(std::string(everything.version) == "9");
    CHECK(bool(everything.reconfigure));
    CHECK(bool(everything.health));
  }

  TEST_CASE("BACKPLANE_PLUGIN: writes the note as ELF wants it") {
    constexpr bp_note_record kNote = backplane::make_note("sdk_test", "1.2.3");
    CHECK(kNote.owner_size == 5);
    CHECK(kNote.content_size == 96);
    CHECK(kNote.type == 1);
    CHECK(std::memcmp(kNote.owner, "BKPL\0\0\0", sizeof(kNote.owner)) == 0);
    CHECK(kNote.content.magic == BP_MAGIC);
    CHECK(std::string(kNote.content.name) == "sdk_test");
    CHECK(std::string(kNote.content.version) == "1.2.3");
  }

  TEST_CASE("handler: init, user_config and context reach the class") {
    TestReplica replica(
        "everything",
        {.init = "1", .user_config = "2", .name = "tag", .replica_index = 3, .generation = 4});
    CHECK(replica.send().body == "1 2 everything tag 3 4");
    CHECK(replica.log_lines() == std::vector<std::string>{"made"});
    replica.check_health();
    replica.reconfigure("\"ill\"");
    CHECK_THROWS_WITH_AS(replica.check_health(), "ill", Error);
    CHECK(TestReplica("takes_init", {.init = "[1]"}).send().body == "[1]");
    CHECK(TestReplica("takes_init").send().body.empty());
    CHECK(TestReplica("takes_context", {.name = "tag"}).send().body == "tag");
    CHECK_THROWS_AS(TestReplica("takes_context", {.init = "1"}), Error);
  }

  TEST_CASE("handler: a long message of a constructor is cut, not lost") {
    CHECK_THROWS_WITH_AS(TestReplica("everything", {.init = "\"fail\""}),
                         std::string(247, 'x').c_str(), Error);
  }

  TEST_CASE("handler: with both forms, one request goes to operator() and many to batch()") {
    TestReplica replica("everything");
    CHECK(replica.send().body == " none everything test 0 1");
    CHECK(replica.send_batch({{}, {}})[1].body == "batch");
    CHECK(TestReplica("many").send().body == "many");
  }

  TEST_CASE("handler: each request of a batch is completed once, also when an answer throws") {
    TestReplica replica("fragile");
    const auto answers = replica.send_batch({{}, {}, {}});
    CHECK(answers[0].body == "good");
    CHECK(answers[1].message == "broken");
    CHECK(answers[2].message == "broken");
    for (const auto& answer : answers) CHECK(answer.completions == 1);
  }

  TEST_CASE("handler: a method without batch form answers a batch one by one") {
    TestReplica replica("mixed");
    CHECK(replica.send().body == "default");
    const auto named = [](const char* name) {
      return backplane::TestRequest{.headers = {{"X-Serve-Call-Method", name}}};
    };
    for (const char* name : {"single", "several"}) {
      for (const auto& answer : replica.send_batch({named(name), named(name)})) {
        CHECK(answer.body == name);
      }
    }
    for (const auto& answer : replica.send_batch({named("no"), named("no")})) {
      CHECK(answer.http_status == 404);
      CHECK(answer.message == "handler 'mixed' doesn't have method 'no'");
    }
  }

  TEST_CASE("guard: every kind of exception becomes a status and a message") {
    const auto outcome = [](auto&& action) {
      std::string told;
      const bp_status status =
          backplane::guard(action, [&told](bp_status, std::string_view text) { told = text; });
      return std::to_string(status) + " " + told;
    };
    CHECK(outcome([] {}) == "0 ");
    CHECK(outcome([] { throw Error::invalid("bad"); }) == "1 bad");
    CHECK(outcome([] { throw std::bad_alloc(); }) == "8 out of memory");
    CHECK(outcome([] { throw std::logic_error("oops"); }) == "6 oops");
    CHECK(outcome([] { throw 1; }) == "6 the plugin threw something that is not a std::exception");
  }

  TEST_CASE("TestReplica: notices what a host would refuse") {
    CHECK_THROWS_WITH_AS(TestReplica("nobody"), "plugin 'sdk_test' has no handler 'nobody'", Error);
    TestReplica many("many");
    CHECK_THROWS_AS(many.send_batch(std::vector<backplane::TestRequest>(6)), Error);
    CHECK_THROWS_WITH_AS(TestReplica("one", {.user_config = "{}"}),
                         "handler 'one' takes no user_config", Error);
  }
}
