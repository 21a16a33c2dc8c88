#include <array>
#include <dlfcn.h>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/testing.hpp>

// The fixtures do what tests of the host take them to do. They are loaded as a host would load
// them, so these cases also try the SDK across a real border.
namespace {

using backplane::Error;
using backplane::TestAnswer;
using backplane::TestBackend;
using backplane::TestReplica;
using backplane::TestRequest;

class Library {
 public:
  explicit Library(const std::string& name)
      : handle_(::dlopen((std::string(BACKPLANE_TEST_PLUGINS "/") + name + ".so").c_str(),
                         RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) error_ = ::dlerror();
  }
  ~Library() {
    if (handle_ != nullptr) ::dlclose(handle_);
  }

  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  const std::string& error() const { return error_; }
  bp_plugin_entry_fn entry() const {
    REQUIRE_MESSAGE(handle_ != nullptr, error_);
    void* const symbol = ::dlsym(handle_, BP_ENTRY);
    REQUIRE(symbol != nullptr);
    bp_plugin_entry_fn function = nullptr;
    std::memcpy(&function, &symbol, sizeof(function));
    return function;
  }

 private:
  void* handle_;
  std::string error_;
};

// A fixture with one handler, both of the same name.
class Fixture {
 public:
  explicit Fixture(const std::string& name, const TestBackend& backend = {})
      : library_(name), replica_(name, backend, library_.entry()) {}

  TestReplica* operator->() { return &replica_; }

 private:
  Library library_;  // before the replica, whose code it holds
  TestReplica replica_;
};

std::string body_of(const std::string& name, const TestRequest& request = {},
                    const TestBackend& backend = {}) {
  return Fixture(name, backend)->send(request).body;
}

std::vector<std::string> bodies(const std::vector<TestAnswer>& answers) {
  std::vector<std::string> texts;
  texts.reserve(answers.size());
  for (const TestAnswer& answer : answers) texts.push_back(answer.ok() ? answer.body : "!");
  return texts;
}

using Texts = std::vector<std::string>;

TestRequest call(const std::string& method) {
  return {.headers = {{"x-serve-CALL-method", method}}};
}

// A folder that is gone with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "backplane-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& file) const { return (path_ / file).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_SUITE("fixtures") {
  TEST_CASE("fixtures: handlers answer what their names say") {
    CHECK(body_of("hello2") == "hello2");
    CHECK(body_of("meth", {.method = "PATCH"}) == "PATCH");
    CHECK(body_of("add", {.query = "value=333"}, {.init = R"({"n":3})"}) == "336");
    CHECK(body_of("slow", {}, {.init = R"({"ms":1})"}) == "slow");
    CHECK(body_of("ctorgate", {}, {.init = R"({"replicas":1})"}) == "open");
    CHECK(body_of("plain_c", {.body = "abc-1"}) == "ABC-1");
    CHECK(body_of("alloc_answer", {.body = "abc"}) == "cba");
    CHECK(body_of("old_minor") == "old");
    Fixture echo("echoreq");
    const auto echoed = echo->send({.body = std::string("\0\xff", 2), .id = "r1"});
    CHECK(echoed.body == std::string("\0\xff", 2));
    CHECK(echoed.header("x-echo-id") == "r1");
    CHECK(echoed.header("content-type") == "application/octet-stream");
  }

  TEST_CASE("fixtures: state belongs to the replica") {
    Fixture count("count");
    count->send();
    CHECK(count->send().body == "2");
    CHECK(body_of("iid") != body_of("iid", {}, {.replica_index = 1}));
    Fixture log("log");
    log->send({.query = "id=x"});
    log->send({.query = "id=y"});
    CHECK(log->send().body == "x,y");
  }

  TEST_CASE("fixtures: named methods are found, others are 404") {
    Fixture ab("ab");
    CHECK(ab->send(call("a")).body == "a");
    CHECK(ab->send(call("b")).body == "b");
    CHECK(ab->send(call("method")).body == "hello");
    const auto unknown = ab->send(call("non_exist"));
    CHECK(unknown.http_status == 404);
    CHECK(unknown.message == "handler 'ab' doesn't have method 'non_exist'");
    CHECK(ab->send().message ==
          "handler 'ab' answers only to its named methods: send X-Serve-Call-Method");
    CHECK(Fixture("hello2")->send(call("a")).message == "handler 'hello2' doesn't have method 'a'");
    CHECK(bodies(Fixture("ab_batch")->send_batch({call("b"), call("b")})) == Texts{"b-0", "b-1"});
  }

  TEST_CASE("fixtures: batch handlers see the whole batch") {
    CHECK(bodies(Fixture("bsize")->send_batch({{}, {}, {}})) == Texts{"3", "3", "3"});
    Fixture bcount("bcount");
    bcount->send();
    CHECK(bodies(bcount->send_batch({{}, {}})) == Texts{"2", "2"});
    CHECK(bodies(Fixture("reversed")->send_batch({{.body = "a"}, {.body = "b"}})) ==
          Texts{"a", "b"});
    const auto items = Fixture("bitem")->send_batch({{}, {}, {}, {}, {.query = "fail"}});
    CHECK(bodies(items) == Texts{"item 1", "item 2", "!", "item 4", "!"});
    CHECK(items[2].message == "item 3 is bad");
    CHECK(items[2].http_status == 400);
  }

  TEST_CASE("fixtures: a batch answer of the wrong size fails all of its requests") {
    for (const auto& answer : Fixture("bwrong")->send_batch({{}, {}, {}})) {
      CHECK(answer.status == BP_CONTRACT);
      CHECK(answer.message ==
            "batch handler 'bwrong' must return a list (iterable) with one answer per request and "
            "preserve batch size: got 6 answers for 3 requests");
    }
    for (const std::size_t size : {1u, 2u}) {
      for (const auto& answer : Fixture("bscalar")->send_batch(std::vector<TestRequest>(size))) {
        CHECK(answer.status == BP_CONTRACT);
        CHECK(answer.message.find("list (iterable)") != std::string::npos);
      }
    }
  }

  TEST_CASE("fixtures: what a handler throws becomes its request's answer") {
    Fixture thr("thr");
    CHECK(thr->send().message == "thr was asked to throw");
    CHECK(thr->send().http_status == 500);
    CHECK(thr->send({.query = "int"}).message ==
          "the plugin threw something that is not a std::exception");
    CHECK(thr->send({.query = "alloc"}).http_status == 429);
    CHECK(thr->send({.query = "error=later"}).http_status == 503);
    CHECK(thr->send({.query = "error=later"}).message == "later");
    for (const auto& answer : Fixture("bthrow")->send_batch({{}, {}})) {
      CHECK(answer.message == "batch of 2 failed");
      CHECK(answer.completions == 1);
    }
  }

  TEST_CASE("fixtures: constructors that throw refuse the replica with their message") {
    CHECK_THROWS_WITH_AS(Fixture("ctorfail"), "model file missing", Error);
    CHECK_THROWS_WITH_AS(Fixture("ctorfail_int"),
                         "the plugin threw something that is not a std::exception", Error);
    CHECK_THROWS_WITH_AS(Fixture("add", {.init = R"({"m":3})"}), "'/n' is missing", Error);
    CHECK_THROWS_WITH_AS(Fixture("add"), doctest::Contains("document is empty"), Error);
    TemporaryFolder folder;
    const std::string init = R"({"journal":")" + folder / "journal" + R"("})";
    CHECK(body_of("ctor_fail_third", {}, {.init = init, .replica_index = 1}) == "1");
    CHECK_THROWS_WITH_AS(Fixture("ctor_fail_third", {.init = init, .replica_index = 2}),
                         "replica 2 cannot start", Error);
    std::array<char, 64> text{};
    const int file = ::open((folder / "journal").c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::read(file, text.data(), text.size() - 1) > 0);
    ::close(file);
    CHECK(std::string(text.data()) == "created 1\ndestroyed 1\n");
  }

  TEST_CASE("fixtures: user_config reaches the handler, and a refused one changes nothing") {
    Fixture echo("user_config_echo", {.user_config = R"({"a":1})"});
    CHECK(echo->send().body == R"({"a":1})");
    CHECK_THROWS_WITH_AS(echo->reconfigure(R"({"refuse":1})"), "'/refuse' is not known", Error);
    CHECK(echo->send().body == R"({"a":1})");
    CHECK_THROWS_AS(Fixture("hello2", {.user_config = "{}"}), Error);
  }

  TEST_CASE("fixtures: a gate holds its call until the test opens it") {
    TemporaryFolder folder;
    REQUIRE(::mkfifo((folder / "entered").c_str(), 0600) == 0);
    REQUIRE(::mkfifo((folder / "gate").c_str(), 0600) == 0);
    const int entered = ::open((folder / "entered").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    const int gate = ::open((folder / "gate").c_str(), O_RDWR | O_CLOEXEC);
    Fixture held("gate", {.init = R"({"entered":")" + folder / "entered" + R"(","gate":")" +
                                  folder / "gate" + R"("})"});
    char byte = 0;
    CHECK(::read(entered, &byte, 1) == -1);
    REQUIRE(::write(gate, "g", 1) == 1);
    const auto answers = held->send_batch({{}, {}});
    CHECK(bodies(answers) == Texts{"2", "2"});
    CHECK(answers[0].header("x-call") == "1");
    CHECK(::read(entered, &byte, 1) == 1);
    ::close(entered);
    ::close(gate);
  }

  TEST_CASE("fixtures: two plugins with the same symbols keep to their own") {
    Fixture a("same_symbol_a");
    Fixture b("same_symbol_b");
    CHECK(a->send().body == "a");
    CHECK(b->send().body == "b");
  }

  TEST_CASE("fixtures: the breakers break the contract") {
    CHECK(Fixture("never_completes")->send().completions == 0);
    CHECK(Fixture("completes_twice")->send().completions == 2);
    CHECK(Fixture("half_batch")->send_batch({{}, {}})[1].completions == 0);
    CHECK(Fixture("execute_fails")->send().http_status == 503);
    CHECK(Fixture("completes_wrong_status")->send().status == 4711);
    // Their heads are refused, and they answer as if nothing had happened.
    CHECK(Fixture("content_length")->send().headers.empty());
    CHECK(Fixture("bad_header")->send().headers.empty());
    CHECK(Fixture("status_999")->send().http_status == 200);
    CHECK_THROWS_AS(Fixture("throws_raw")->send(), std::runtime_error);
  }

  TEST_CASE("fixtures: plugins that are to be refused are wrong in the way they say") {
    CHECK(Library("undefined_symbol").error().find("backplane_fixture_that_nobody_defines") !=
          std::string::npos);
    CHECK(Library("null_entry").entry()(1, 0) == nullptr);
    CHECK(Library("bad_magic").entry()(1, 0)->magic != BP_MAGIC);
    CHECK(Library("no_handlers").entry()(1, 0)->handler_count == 0);
    CHECK_FALSE(bool(Library("null_execute").entry()(1, 0)->handlers[0]->execute));
    const Library twins("dup_handler_names");
    const bp_plugin* plugin = twins.entry()(1, 0);
    CHECK(std::string(plugin->handlers[0]->name) == plugin->handlers[1]->name);
    CHECK(bool(Library("init_fails").entry()(1, 0)->init));
    CHECK(Library("hello2").entry()(2, 0) == nullptr);
  }
}
