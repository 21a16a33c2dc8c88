#pragma once

// Holds a handler against what hosts and their clients rely on, in a test of the plugin's own:
//
//   #include <doctest/doctest.h>
//   #include <backplane/testing/conformance.hpp>
//
//   TEST_CASE("textstats keeps the contract") {
//     backplane::check_conformance("textstats", {.samples = {{.body = R"({"text":"One two."})"}}});
//   }
//
// With another test framework, look at what conformance_of() finds. The test program links the
// plugin's sources, so that it says nothing of the file: how that is loaded, left alone by threads,
// unloaded and reloaded is for `backplane test-plugin FILE.so` to say, which does all this as well.
// What crashes here ends the test.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/error.hpp>
#include <backplane/testing/test_replica.hpp>

namespace backplane {

// With what a handler is tried.
struct ConformanceCase {
  TestBackend backend = {};
  // Requests that it takes; without any, bodies that anybody may send.
  std::vector<TestRequest> samples = {};
};

// What came of one check.
struct ConformanceFinding {
  std::string check;  // "create", "answers", "errors", "batch"
  bool passed = true;
  std::string reason;  // of a failure, or why there was nothing to look at
};

// Tries one handler. A local variable of conformance_of().
class ConformanceTrial {
 public:
  ConformanceTrial(TestReplica& replica, std::vector<TestRequest> samples)
      : replica_(replica), samples_(std::move(samples)) {
    if (samples_.empty()) samples_ = with_bodies({"", "null", "1", "\"x\"", "{}", "[1,2]"});
  }

  // Each request is answered once.
  ConformanceFinding answers() {
    for (const TestRequest& sample : samples_) alone_.push_back(replica_.send(sample));
    for (const TestRequest& sample : samples_) again_.push_back(replica_.send(sample));
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      for (const TestAnswer* answer : {&alone_[i], &again_[i]}) {
        if (is_breach(*answer)) return {"answers", false, name_of(i) + ": " + shown(*answer)};
      }
    }
    return {"answers", true, std::to_string(samples_.size()) + " requests"};
  }

  // So are those that nobody should send, and what comes after them is as it was before.
  ConformanceFinding errors() {
    for (const TestRequest& bad : bad_requests()) {
      const TestAnswer answer = replica_.send(bad);
      if (is_breach(answer)) {
        return {"errors", false, "a bad body (" + bad.body.substr(0, 20) + "): " + shown(answer)};
      }
      if (answer.http_status >= 400 && answer.http_status < 500) refused_.push_back(bad);
    }
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      if (!is_steady(i)) continue;
      const TestAnswer after = replica_.send(samples_[i]);
      if (!alike(after, alone_[i])) {
        return {
            "errors", false,
            name_of(i) + " before: " + shown(alone_[i]) + ", after bad bodies: " + shown(after)};
      }
    }
    return {"errors", true, std::to_string(bad_requests().size()) + " bad bodies"};
  }

  // Requests get in a batch what they get alone, whoever is in it.
  ConformanceFinding batch() {
    const std::size_t most = std::min<std::size_t>(replica_.descriptor().max_batch, 64);
    if (most < 2) return {"batch", true, "it takes one request at a time"};
    std::vector<std::size_t> steady;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      if (is_steady(i)) steady.push_back(i);
    }
    if (steady.empty()) return {"batch", true, "no sample is answered well and twice alike"};
    for (std::size_t next = 0; next < steady.size(); next += most) {
      std::vector<std::size_t> members;
      members.reserve(most);
      for (std::size_t i = 0; i < most; ++i) members.push_back(steady[(next + i) % steady.size()]);
      for (const bool mixed : {false, true}) {
        if (mixed && refused_.empty()) continue;
        const std::string wrong = wrong_in_batch(members, mixed);
        if (!wrong.empty()) return {"batch", false, wrong};
      }
    }
    return {"batch", true, "batches of " + std::to_string(most)};
  }

 private:
  static std::vector<TestRequest> with_bodies(const std::vector<std::string>& bodies) {
    std::vector<TestRequest> requests;
    requests.reserve(bodies.size());
    for (const std::string& body : bodies) {
      requests.push_back(
          {.method = "POST", .body = body, .content_type = body.empty() ? "" : "application/json"});
    }
    return requests;
  }
  static std::vector<TestRequest> bad_requests() {
    constexpr std::size_t kNested = 100'000;
    constexpr std::size_t kLong = std::size_t{1} << 20U;
    return with_bodies({R"({"a": [1, )", "\"\xff\xfe\xc0\x80\"", std::string("{\"a\": \0}", 8),
                        std::string(kNested, '['), "-1e999999", R"({"a": 1, "a": 2})",
                        "\"" + std::string(kLong, 'x')});
  }

  static bool is_breach(const TestAnswer& answer) {
    return answer.completions > 1 || answer.status < BP_OK || answer.status >= BP_CONTRACT;
  }
  // Errors tell the same by other words, such as the place in a batch.
  static bool alike(const TestAnswer& one, const TestAnswer& other) {
    if (one.http_status != other.http_status) return false;
    return one.http_status >= 400 || (one.body == other.body && one.headers == other.headers);
  }
  bool is_steady(std::size_t sample) const {
    return alone_[sample].http_status < 400 && alike(alone_[sample], again_[sample]);
  }

  static std::string shown(const TestAnswer& answer) {
    if (answer.completions == 0) return answer.message;
    std::string text = std::to_string(answer.http_status) + " '" +
                       (answer.message.empty() ? answer.body.substr(0, 100) : answer.message) + "'";
    if (answer.completions > 1) {
      text += ", completed " + std::to_string(answer.completions) + " times";
    }
    return text;
  }
  std::string name_of(std::size_t sample) const {
    const TestRequest& request = samples_[sample];
    return "sample " + std::to_string(sample + 1) + " (" +
           (request.body.empty() ? request.query : request.body.substr(0, 40)) + ")";
  }

  // `mixed`: one in the middle is replaced by one that is refused. Empty: all is well.
  std::string wrong_in_batch(const std::vector<std::size_t>& members, bool mixed) {
    const std::size_t stranger = mixed ? members.size() / 2 : members.size();
    std::vector<TestRequest> requests;
    requests.reserve(members.size());
    for (const std::size_t member : members) requests.push_back(samples_[member]);
    if (mixed) requests[stranger] = refused_.front();
    const std::vector<TestAnswer> answers = replica_.send_batch(std::move(requests));
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const bool right =
          i == stranger ? answers[i].http_status >= 400 : alike(answers[i], alone_[members[i]]);
      if (right && !is_breach(answers[i])) continue;
      if (i == stranger) return "a refused request, in a batch: " + shown(answers[i]);
      return name_of(members[i]) + " alone: " + shown(alone_[members[i]]) +
             (mixed ? ", beside one that is refused (see answer_each()): " : ", in a batch: ") +
             shown(answers[i]);
    }
    return {};
  }

  TestReplica& replica_;
  std::vector<TestRequest> samples_;
  std::vector<TestAnswer> alone_;
  std::vector<TestAnswer> again_;
  std::vector<TestRequest> refused_;
};

// Tries handler `name` of the plugin that is linked, or of the one that `entry` gives.
inline std::vector<ConformanceFinding> conformance_of(
    std::string_view name, const ConformanceCase& with = {},
    bp_plugin_entry_fn entry = &backplane_plugin_v1) {
  std::vector<ConformanceFinding> findings;
  try {
    TestReplica replica(name, with.backend, entry);
    replica.warm_up();
    replica.check_health();
    findings.push_back({"create", true, "made, and healthy"});
    ConformanceTrial trial(replica, with.samples);
    findings.push_back(trial.answers());
    findings.push_back(trial.errors());
    findings.push_back(trial.batch());
  } catch (const Error& error) {
    findings.push_back({"create", false, error.what()});
  }
  return findings;
}

#ifdef DOCTEST_LIBRARY_INCLUDED
// The same as assertions, each with its reason; where <doctest/doctest.h> was included before.
inline void check_conformance(std::string_view name, const ConformanceCase& with = {},
                              bp_plugin_entry_fn entry = &backplane_plugin_v1) {
  for (const ConformanceFinding& finding : conformance_of(name, with, entry)) {
    DOCTEST_CHECK_MESSAGE(finding.passed, finding.check << ": " << finding.reason);
  }
}
#endif

}  // namespace backplane
