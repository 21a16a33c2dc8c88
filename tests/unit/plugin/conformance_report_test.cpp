#include "host/plugin/conformance_report.hpp"

#include <string>

#include <doctest/doctest.h>

#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

ConformanceReport report(Verdict last) {
  return {.file = "x.so",
          .results = {{ConformanceCheck::kLoad, "", Verdict::kPass, "accepted"},
                      {ConformanceCheck::kBatch, "h", Verdict::kSkipped, "takes\none"},
                      {ConformanceCheck::kMemory, "", last, "grew"}}};
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("conformance: people get a line for each result and one for all") {
    CHECK(to_text(report(Verdict::kFail)) ==
          "PASS     load        accepted\n"
          "SKIPPED  batch    h  takes?one\n"
          "FAIL     memory      grew\n"
          "failed: 1 passed, 1 failed, 1 skipped: x.so\n");
    CHECK(
        to_text(report(Verdict::kPass)).ends_with("passed: 2 passed, 0 failed, 1 skipped: x.so\n"));
  }

  TEST_CASE("conformance: programs get the same as JSON") {
    const std::string text = to_json(report(Verdict::kFail));
    CHECK(text.ends_with("\n"));
    const auto document = parse_json(text);
    REQUIRE(document.ok());
    const JsonValue root = document.value().root();
    CHECK(root.find("passed")->boolean() == false);
    CHECK(root.find("results")->size() == 3);
    CHECK(
        text.find(R"({"check":"batch","handler":"h","verdict":"SKIPPED","reason":"takes\none"})") !=
        std::string::npos);
    CHECK(text.find(R"({"check":"memory","verdict":"FAIL","reason":"grew"})") != std::string::npos);
  }

  TEST_CASE("conformance: what was left out fails nobody") {
    CHECK(report(Verdict::kPass).passed());
    CHECK(report(Verdict::kSkipped).passed());
    CHECK_FALSE(report(Verdict::kFail).passed());
  }
}

}  // namespace backplane::host
