#include "host/plugin/conformance_report.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "host/json/json_writer.hpp"
#include "host/plugin/plugin_text.hpp"

namespace backplane::host {
namespace {

// In the order of ConformanceCheck and Verdict.
constexpr std::array<std::string_view, 10> kChecks = {"load",    "create",  "answers", "errors",
                                                      "batch",   "process", "threads", "unload",
                                                      "reloads", "memory"};
constexpr std::array<std::string_view, 3> kVerdicts = {"PASS", "FAIL", "SKIPPED"};

constexpr std::size_t kLongestReason = 2000;

std::size_t count(const ConformanceReport& report, Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(report.results.begin(), report.results.end(),
                    [verdict](const ConformanceResult& one) { return one.verdict == verdict; }));
}

void add_cell(std::string& text, std::string_view cell, std::size_t width) {
  text.append(cell).append(std::max(width, cell.size() + 1) - cell.size(), ' ');
}

std::string verdict_line(const ConformanceReport& report) {
  return std::string(report.passed() ? "passed" : "failed") + ": " +
         std::to_string(count(report, Verdict::kPass)) + " passed, " +
         std::to_string(count(report, Verdict::kFail)) + " failed, " +
         std::to_string(count(report, Verdict::kSkipped)) +
         " skipped: " + printable(report.file, 4096) + "\n";
}

}  // namespace

bool ConformanceReport::passed() const {
  return count(*this, Verdict::kFail) == 0;
}

std::string_view word_of(ConformanceCheck check) {
  return kChecks[static_cast<std::size_t>(check)];
}

std::string_view word_of(Verdict verdict) {
  return kVerdicts[static_cast<std::size_t>(verdict)];
}

std::string to_text(const ConformanceReport& report) {
  std::size_t width = 0;
  for (const ConformanceResult& one : report.results) width = std::max(width, one.handler.size());
  std::string text;
  for (const ConformanceResult& one : report.results) {
    add_cell(text, word_of(one.verdict), 9);
    add_cell(text, word_of(one.check), 9);
    if (width > 0) add_cell(text, one.handler, width + 2);
    text += printable(one.reason, kLongestReason) + "\n";
  }
  return text + verdict_line(report);
}

std::string to_json(const ConformanceReport& report) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("file", report.file)
      .member("passed", report.passed())
      .key("results")
      .begin_array();
  for (const ConformanceResult& one : report.results) {
    json.begin_object().member("check", word_of(one.check));
    if (!one.handler.empty()) json.member("handler", one.handler);
    json.member("verdict", word_of(one.verdict)).member("reason", one.reason).end_object();
  }
  json.end_array().end_object();
  return text + "\n";
}

}  // namespace backplane::host
