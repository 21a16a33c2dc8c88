#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace backplane::host {

// What is looked at in a plugin, in this order.
enum class ConformanceCheck : std::uint8_t {
  kLoad,     // preflight, dlopen, handshake, init
  kCreate,   // each handler with its configuration, from create to destroy
  kAnswers,  // every request is answered, and once
  kErrors,   // bad bodies too, and nothing breaks by them
  kBatch,    // requests are answered together as they are alone
  kProcess,  // what a process has one of is left alone
  kThreads,  // none runs on after deinit
  kUnload,   // it is unmapped
  kReloads,  // and all that a thousand times
  kMemory,   // with nothing kept
};

enum class Verdict : std::uint8_t { kPass, kFail, kSkipped };

// The verdict on one check of a plugin, or of one of its handlers. A plain value.
struct ConformanceResult {
  ConformanceCheck check = ConformanceCheck::kLoad;
  std::string handler{};  // empty: of the plugin
  Verdict verdict = Verdict::kSkipped;
  std::string reason{};  // one line that its author can act on
};

// All of them. A plain value.
struct ConformanceReport {
  std::string file;  // as it was named
  std::vector<ConformanceResult> results;

  // Nothing failed.
  bool passed() const;
};

std::string_view word_of(ConformanceCheck check);
std::string_view word_of(Verdict verdict);

// For people: a line for each result, the verdict on all of it last.
std::string to_text(const ConformanceReport& report);
// For programs: one JSON object and a line end.
std::string to_json(const ConformanceReport& report);

}  // namespace backplane::host
