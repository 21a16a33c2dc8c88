#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/answer_each.hpp>
#include <backplane/plugin.hpp>
#include <backplane/testing/conformance.hpp>

using backplane::ConformanceFinding;
using backplane::Error;
using backplane::Request;
using backplane::Response;

namespace {

Response strict(const Request& request) {
  if (request.body().starts_with('{')) throw Error::invalid("an object");
  return std::string(request.body());
}

std::vector<Response> each(std::span<const Request> requests) {
  return backplane::answer_each(requests, strict);
}

std::vector<Response> poisoned(std::span<const Request> requests) {
  std::vector<Response> answers;
  for (const Request& request : requests) answers.push_back(strict(request));
  return answers;
}

std::vector<Response> numbered(std::span<const Request> requests) {
  std::vector<Response> answers;
  for (std::size_t i = 0; i < requests.size(); ++i) answers.emplace_back(std::to_string(i));
  return answers;
}

struct Counting {
  std::vector<Response> batch(std::span<const Request> requests) {
    ++count;
    return std::vector<Response>(requests.size(), std::to_string(count));
  }
  int count = 0;
};

struct Spoiled {
  Response operator()(const Request& request) {
    if (request.body().starts_with("[[")) spoiled = true;
    return spoiled ? "spoiled" : "fresh";
  }
  bool spoiled = false;
};

struct Refuses {
  Refuses() { throw Error::invalid("no model"); }
  Response operator()(const Request&) { return "never"; }
};

struct Ill {
  void health() { throw Error::unavailable("ill"); }
  Response operator()(const Request&) { return "weakly"; }
};

struct Raw {
  const bp_host* host = nullptr;
};

// Answers all twice, or the first of two only.
template <bool kTwice>
bp_status breach(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  const bp_host& host = *backplane::from_opaque<Raw>(replica).host;
  for (std::uint32_t i = 0; i < n; i += kTwice ? 1 : 2) {
    host.call_complete(calls[i], BP_OK, {});
    if (kTwice) host.call_complete(calls[i], BP_OK, {});
  }
  return BP_OK;
}

bp_handler raw(const char* name, bp_status (*execute)(bp_replica*, bp_call* const*, std::uint32_t),
               std::uint32_t max_batch) {
  bp_handler handler{};
  handler.struct_size = sizeof handler;
  handler.flags = max_batch > 1 ? BP_HF_BATCH : 0U;
  handler.max_batch = max_batch;
  handler.name = name;
  handler.version = "1";
  handler.create = [](const bp_handler*, const bp_host* host, const bp_replica_info*,
                      bp_replica** out, bp_error*) -> bp_status {
    static Raw only;
    only.host = host;
    *out = backplane::to_opaque<bp_replica>(only);
    return BP_OK;
  };
  handler.destroy = [](bp_replica*) {};
  handler.execute = execute;
  return handler;
}

const bp_plugin* entry(std::uint32_t /*host_major*/, std::uint32_t /*host_minor*/) {
  static constexpr auto kMade = backplane::function<each>("each", {.max_batch = 8});
  static constexpr auto kPoisoned = backplane::function<poisoned>("poisoned", {.max_batch = 8});
  static constexpr auto kNumbered = backplane::function<numbered>("numbered", {.max_batch = 8});
  static constexpr auto kCounting = backplane::handler<Counting>("counting", {.max_batch = 8});
  static constexpr auto kSingle = backplane::function<strict>("single");
  static constexpr auto kSpoiled = backplane::handler<Spoiled>("spoiled");
  static constexpr auto kRefuses = backplane::handler<Refuses>("refuses");
  static constexpr auto kIll = backplane::handler<Ill>("ill");
  static const bp_handler twice = raw("twice", breach<true>, 1);
  static const bp_handler half = raw("half", breach<false>, 8);
  static const std::array<const bp_handler*, 10> handlers{
      &kMade,    &kPoisoned, &kNumbered, &kCounting, &kSingle,
      &kSpoiled, &kRefuses,  &kIll,      &twice,     &half};
  static const bp_plugin plugin = [] {
    bp_plugin made{};
    made.struct_size = sizeof made;
    made.magic = BP_MAGIC;
    made.abi_major = BP_ABI_MAJOR;
    made.name = "conformance_test";
    made.version = "1";
    made.handler_count = handlers.size();
    made.handlers = handlers.data();
    return made;
  }();
  return &plugin;
}

// "check: reason" of all that failed.
std::string failures(const char* handler) {
  std::string text;
  for (const ConformanceFinding& one : backplane::conformance_of(handler, {}, entry)) {
    CHECK_FALSE(one.reason.empty());
    if (!one.passed) text += one.check + ": " + one.reason + "\n";
  }
  return text;
}

}  // namespace

TEST_SUITE("plugin_sdk") {
  TEST_CASE("check_conformance: handlers that keep the contract pass") {
    backplane::check_conformance("each", {}, entry);
    backplane::check_conformance("single", {.samples = {{.body = "1"}, {.query = "a=1"}}}, entry);
    // Its answers differ anyway, so that there is nothing to compare.
    backplane::check_conformance("counting", {}, entry);
  }

  TEST_CASE("conformance_of: answers that depend on the batch are found, whoever is in it") {
    CHECK(failures("numbered") == "batch: sample 2 (null) alone: 200 '0', in a batch: 200 '1'\n");
    CHECK(failures("poisoned") ==
          "batch: sample 1 () alone: 200 '', beside one that is refused (see answer_each()): 400 "
          "'an object'\n");
  }

  TEST_CASE("conformance_of: requests that are not answered once are found, and where") {
    CHECK(failures("twice").starts_with("answers: sample 1 (): 200 '', completed 2 times\n"));
    CHECK(failures("half") ==
          "batch: sample 2 (null) alone: 200 '', in a batch: the handler left the request without "
          "an answer\n");
  }

  TEST_CASE("conformance_of: what bad bodies spoil is found") {
    CHECK(failures("spoiled") ==
          "errors: sample 1 () before: 200 'fresh', after bad bodies: 200 'spoiled'\n");
  }

  TEST_CASE("conformance_of: a handler that cannot be made fails by its own words") {
    CHECK(failures("refuses") == "create: no model\n");
    CHECK(failures("ill") == "create: ill\n");
    CHECK(failures("nobody").starts_with("create: "));
  }
}
