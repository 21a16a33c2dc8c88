#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace backplane::host {

// What a trial does with the handlers that a probe makes. A plain value.
struct TrialPlan {
  std::vector<std::string> samples{};        // bodies of requests; any bytes
  std::chrono::milliseconds patience{5000};  // with one answer of a handler that answers later
  // Above 0 it is the whole of the trial: how often the plugin is loaded and unloaded, each time
  // from the one of two copies that is not loaded now.
  std::uint32_t reloads = 0;
  std::string other_copy{};  // absolute; the first is the request's path
};

// The most that a trial may be asked: it has to say how each sample was answered in
// kMaxProbeAnswer bytes.
inline constexpr std::size_t kMaxSamples = 200;
inline constexpr std::uint32_t kMaxReloads = 1'000'000;

// What samples are where nobody gives better ones.
std::vector<std::string> generic_samples();

// Bodies that no handler may fall over: broken and endless JSON, bytes that are no text, much.
std::span<const std::string_view> bad_body_names();  // what they are, for people; by number
std::string bad_body(std::size_t number);

// What a handler is asked in turn, and what it shows.
enum class TrialRound : std::uint8_t {
  kAlone,  // each sample by itself
  kAgain,  // the same again: whether answers depend on anything else
  kBad,    // each bad body by itself
  kBatch,  // samples that are answered well and always alike, together
  kMixed,  // the same, with one among them that is refused
  kAfter,  // a sample once more, after all that
};
std::string_view word_of(TrialRound round);
std::optional<TrialRound> trial_round_of(std::string_view word);

// One request of a trial: a sample or a bad body, by number. A plain value.
struct TrialRequest {
  bool bad = false;
  std::uint32_t number = 0;

  bool operator==(const TrialRequest& other) const = default;
};

// One answer of a trial. A plain value; what stands in it is the plugin's word.
struct TrialAnswer {
  TrialRound round = TrialRound::kAlone;
  TrialRequest request;
  std::uint32_t together = 1;  // how many requests were in the call
  bool answered = true;        // false: not within its time
  std::uint32_t status = 0;    // HTTP
  std::string fault{};         // kHandlerFaultNames; "none"
  std::uint64_t digest = 0;    // of all that a client sees; of an error, of its kind only
  std::string text{};          // the beginning of the body, printable

  bool good() const { return answered && status < 400; }
};

// [any] Pure. The samples, by number, that were answered well and alike in both rounds.
std::vector<std::uint32_t> steady_samples(std::span<const TrialAnswer> answers);
// [any] Pure. A request whose answer alone was an error that is the client's; nothing when there
// was none.
std::optional<TrialRequest> refused_request(std::span<const TrialAnswer> answers);
// [any] Pure. Calls of `samples` for a handler that takes `max_batch` > 1 at once: each sample in
// one at least, and calls as large as they may be, up to 64; none when there are no samples.
std::vector<std::vector<TrialRequest>> batches_of(std::span<const std::uint32_t> samples,
                                                  std::uint32_t max_batch);

}  // namespace backplane::host
