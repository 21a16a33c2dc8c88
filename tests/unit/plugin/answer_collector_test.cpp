#include "host/plugin/answer_collector.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/plugin/fake_handler.hpp"

namespace backplane::host {
namespace {

constexpr std::chrono::seconds kPatience{30};

std::string body_of(const bp_host& host, bp_call* call) {
  return std::string(view_of(host.call_request(call)->body));
}

void answer(const bp_host& host, bp_call* call, const std::string& body) {
  host.call_write(call, body.data(), body.size(), 0);
  host.call_complete(call, BP_OK, {});
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("AnswerCollector: each of a batch gets the answer to its body") {
    FakeHandler fake(BP_HF_BATCH);
    fake.script.execute = [](const bp_host& host, bp_call* const* calls, std::uint32_t n) {
      for (std::uint32_t i = n; i > 0; --i) answer(host, calls[i - 1], body_of(host, calls[i - 1]));
      return BP_OK;
    };
    const auto instance = fake.instance();
    REQUIRE(instance.ok());
    const auto collector = AnswerCollector::start();
    REQUIRE(collector.ok());
    const std::vector<std::string> bodies{"a", "", "c"};
    const auto answers = collector.value()->ask(
        *instance.value(), {.name = "fake", .version = "1", .max_batch = 64}, bodies, kPatience);
    REQUIRE(answers.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(answers[i].answered);
      CHECK(answers[i].status == 200);
      CHECK(answers[i].body == bodies[i]);
    }
  }

  TEST_CASE("AnswerCollector: what a handler lends is taken and given back at once") {
    static std::string lent;
    static int released = 0;
    lent.assign(std::size_t{20} << 10U, 'l');
    released = 0;
    FakeHandler fake;
    fake.script.execute = [](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      const auto* adopt =
          static_cast<const bp_adopt*>(host.get_extension(host.ctx, BP_ADOPT_EXTENSION));
      adopt->write_owned(
          calls[0], lent.data(), lent.size(), 0, [](void*) { ++released; }, nullptr);
      host.call_complete(calls[0], BP_OK, {});
      return BP_OK;
    };
    const auto instance = fake.instance(std::uint64_t{1} << 20U);
    REQUIRE(instance.ok());
    const auto collector = AnswerCollector::start();
    REQUIRE(collector.ok());
    const std::vector<std::string> bodies{"a"};
    const auto answers = collector.value()->ask(
        *instance.value(), {.name = "fake", .version = "1", .max_batch = 1}, bodies, kPatience);
    CHECK(answers.at(0).body == lent);
    CHECK(released == 1);
  }

  TEST_CASE("AnswerCollector: what is left open is the handler's breach, and answered") {
    FakeHandler fake;
    fake.script.execute = [](const bp_host&, bp_call* const*, std::uint32_t) { return BP_OK; };
    const auto instance = fake.instance();
    REQUIRE(instance.ok());
    const auto collector = AnswerCollector::start();
    REQUIRE(collector.ok());
    const auto answers = collector.value()->ask(*instance.value(), {}, {{"x"}}, kPatience);
    CHECK(answers[0].answered);
    CHECK(answers[0].status == 500);
    CHECK(answers[0].fault == HandlerFault::kHandlerContract);
  }

  TEST_CASE("AnswerCollector: an answer that comes later, from another thread, is waited for") {
    FakeHandler fake(BP_HF_ASYNC);
    std::thread later;
    fake.script.execute = [&later](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      later = std::thread([&host, call = calls[0]] { answer(host, call, "late"); });
      return BP_OK;
    };
    const auto instance = fake.instance();
    REQUIRE(instance.ok());
    const auto collector = AnswerCollector::start();
    REQUIRE(collector.ok());
    const auto answers = collector.value()->ask(
        *instance.value(), {.name = "fake", .version = "1", .async = true}, {{"x"}}, kPatience);
    later.join();
    CHECK(answers[0].answered);
    CHECK(answers[0].body == "late");
  }

  TEST_CASE("AnswerCollector: pieces are put together, more than may wait too, and a break shows") {
    FakeHandler fake(BP_HF_STREAM);
    bp_status end = BP_OK;
    const std::string piece(300'000, 'p');
    fake.script.execute = [&](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      for (int i = 0; i < 10; ++i) {
        host.call_write(calls[0], piece.data(), piece.size(), BP_WRITE_MORE);
      }
      host.call_complete(calls[0], end, {});
      return BP_OK;
    };
    const auto instance = fake.instance(10 * piece.size());
    REQUIRE(instance.ok());
    const auto collector = AnswerCollector::start();
    REQUIRE(collector.ok());
    for (const bp_status how : {BP_OK, BP_INTERNAL}) {
      end = how;
      const auto answers = collector.value()->ask(
          *instance.value(), {.name = "fake", .version = "1", .streams = true}, {{"x"}}, kPatience);
      CHECK(answers[0].answered);
      CHECK(answers[0].body.size() == 10 * piece.size());
      CHECK(answers[0].cut_off == (how != BP_OK));
    }
  }
}

}  // namespace backplane::host
