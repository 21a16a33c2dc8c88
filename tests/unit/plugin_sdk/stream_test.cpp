#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include <backplane/plugin.hpp>
#include <backplane/testing.hpp>

using backplane::OwnedCall;
using backplane::Request;
using backplane::Stream;
using backplane::TestReplica;

namespace {

class Streamer {
 public:
  void operator()(const Request& request, Stream& stream) {
    const std::string what = request.arg("do");
    if (what == "bad_head") stream.set_header("Content-Length", "1");
    if (what == "teapot") stream.set_status(418).set_header("X-A", "1");
    if (what == "event") {
      stream.write_event("one\ntwo\n", "name", "7");
      stream.write_event("");
      return;
    }
    if (what == "nothing" || what == "teapot") return;
    if (what == "try") {
      CHECK(stream.try_write("tried") == Stream::Tried::kTaken);
      return;
    }
    if (!stream.write("a")) return;
    if (what == "break") throw std::runtime_error("in the middle");
    CHECK(stream.write("b"));
  }
  void named(const Request&, Stream& stream) { stream.write("named"); }
};

void later(OwnedCall call) {
  Stream stream = call.stream();
  CHECK(stream.write("from a call"));
  call.finish(stream);
}

// Writes four letters, as there is room for them.
struct Letters {
  explicit Letters(OwnedCall taken) : call(std::move(taken)), stream(call.stream()) {}

  static void go_on(void* user) {
    Letters& self = *static_cast<Letters*>(user);
    for (; self.next <= 'd'; ++self.next) {
      const Stream::Tried tried = self.stream.try_write(std::string(1, self.next));
      if (tried == Stream::Tried::kGone) break;
      if (tried == Stream::Tried::kTaken) continue;
      CHECK(self.stream.on_writable(go_on, user));
      CHECK_FALSE(self.stream.on_writable(go_on, user));
      return;
    }
    self.call.finish(self.stream);
  }

  OwnedCall call;
  Stream stream;
  char next = 'a';
};

class Hesitant {
 public:
  void operator()(OwnedCall call) {
    letters_ = std::make_unique<Letters>(std::move(call));
    Letters::go_on(letters_.get());
  }

 private:
  std::unique_ptr<Letters> letters_;
};

bp_plugin_entry_fn entry() {
  return [](std::uint32_t, std::uint32_t) -> const bp_plugin* {
    static constexpr auto kHandlers = backplane::make_handlers(
        "1", backplane::handler<Streamer, backplane::Method<"named", &Streamer::named>>("streamer"),
        backplane::function<later>("later", {.streams = true}),
        backplane::handler<Hesitant>("hesitant", {.streams = true}));
    static constexpr auto kPointers = backplane::point_to(kHandlers);
    static constexpr bp_plugin kPlugin = backplane::make_plugin("streams", "1", kPointers);
    return &kPlugin;
  };
}

backplane::TestAnswer ask(const std::string& what) {
  return TestReplica("streamer", {}, entry()).send({.query = "do=" + what});
}

}  // namespace

TEST_SUITE("plugin_sdk") {
  TEST_CASE("Stream: marks its handler as one that streams") {
    CHECK(TestReplica("streamer", {}, entry()).descriptor().flags == BP_HF_STREAM);
    CHECK(TestReplica("later", {}, entry()).descriptor().flags ==
          (BP_HF_ASYNC | BP_HF_STREAM | BP_HF_STATELESS));
  }

  TEST_CASE("Stream: what is written goes out in pieces, behind a head of text") {
    const auto answer = ask("");
    CHECK(answer.http_status == 200);
    CHECK(answer.header("Content-Type") == "text/plain; charset=utf-8");
    CHECK(answer.body == "ab");
    CHECK(answer.pieces == 2);
    CHECK(answer.completions == 1);
    CHECK(ask("try").body == "tried");
    CHECK(TestReplica("later", {}, entry()).send().body == "from a call");
    CHECK(TestReplica("streamer", {}, entry())
              .send({.headers = {{"X-Serve-Call-Method", "named"}}})
              .body == "named");
  }

  TEST_CASE("Stream: its head goes out without any piece too") {
    CHECK(ask("nothing").http_status == 200);
    CHECK(ask("teapot").http_status == 418);
    CHECK(ask("teapot").header("X-A") == "1");
  }

  TEST_CASE("Stream: an event has a line for each line of its data") {
    const auto answer = ask("event");
    CHECK(answer.header("Content-Type") == "text/event-stream");
    CHECK(answer.body == "event: name\nid: 7\ndata: one\ndata: two\ndata: \n\ndata: \n\n");
  }

  TEST_CASE("Stream: what throws after a piece cuts the answer off; before, it is an error") {
    const auto broken = ask("break");
    CHECK(broken.cut_off);
    CHECK(broken.body == "a");
    CHECK(broken.status == BP_INTERNAL);
    const auto refused = ask("bad_head");
    CHECK_FALSE(refused.cut_off);
    CHECK(refused.status == BP_CONTRACT);
  }

  TEST_CASE("Stream: says that nobody reads") {
    const auto answer = TestReplica("streamer", {}, entry()).send({.cancelled = true});
    CHECK(answer.pieces == 0);
    CHECK(answer.completions == 1);
  }

  TEST_CASE("Stream: a test's client that reads slowly leaves no room, until it reads on or goes") {
    TestReplica replica("hesitant", {}, entry());
    for (const bool goes : {false, true}) {
      CAPTURE(goes);
      const auto pending = replica.start({.room = 3});
      CHECK(pending->answer().completions == 0);
      if (goes) pending->cancel();
      if (!goes) pending->read();
      CHECK(pending->answer().body == (goes ? "abc" : "abcd"));
      CHECK(pending->answer().completions == 1);
    }
  }
}
