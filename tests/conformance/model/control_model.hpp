#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace backplane::host {

// The desired state as somebody would explain it, with what the steps of the model test vary.
struct ModelBackend {
  std::string plugin;
  std::string user_config{};  // a word; empty: none
  int num_replicas = 1;
  int max_queue = 0;

  bool operator==(const ModelBackend&) const = default;
};

struct ModelEndpoint {
  std::string route;  // empty: none
  std::map<std::string, double> traffic{};
  std::string policy = "random";
  int packing_num = 0;
  std::map<std::string, double> shadows{};

  bool operator==(const ModelEndpoint&) const = default;
};

struct ModelState {
  std::map<std::string, ModelBackend> backends;
  std::map<std::string, ModelEndpoint> endpoints;

  bool operator==(const ModelState&) const = default;
};

enum class StepKind : std::uint8_t {
  kPutBackend,
  kPatchBackend,
  kDeleteBackend,
  kPutEndpoint,
  kDeleteEndpoint,
  kPutTraffic,
  kPutPolicy,
  kPutShadows,
  kPutApp,
  kUndo,
  kBadCall,
  kRestart
};

enum class IfMatch : std::uint8_t { kNone, kAny, kCurrent, kStale };

// A call that no state would let pass.
struct BadCall {
  std::string method;
  std::string target;
  std::string body;
  int status = 0;
  std::string code;
};

// One step of a sequence. Means something behind any other, so that steps can be left out. A plain
// value; only the members that its kind takes count.
struct ModelStep {
  StepKind kind = StepKind::kRestart;
  std::string name{};
  ModelBackend backend{};
  std::string key{};    // of a backend's config
  std::string value{};  // JSON, for that key
  ModelEndpoint endpoint{};
  ModelState app{};
  int back = 0;  // to so many revisions before the newest; 0: undo without a number
  BadCall bad{};
  IfMatch match = IfMatch::kNone;
  bool dry_run = false;
};

struct ModelAnswer {
  int status = 200;
  std::string code{};    // of a refusal
  bool changed = false;  // it made, or in a dry run would make, a revision
};

// What the control plane promises, in as few words as it takes: what becomes of the desired state
// and what a caller is told. A plain value.
class ControlModel {
 public:
  struct Revision {
    ModelState state;
    std::string action;
    std::uint64_t restores = 0;
  };

  ModelAnswer apply(const ModelStep& step);

  const ModelState& state() const { return revisions_.back().state; }
  std::uint64_t revision() const { return revisions_.size() - 1; }
  // Number 0 is the empty state before the first.
  const std::vector<Revision>& revisions() const { return revisions_; }

 private:
  // Empty when `step` is allowed; then `next` is the state that it asks for.
  std::string edit(const ModelStep& step, ModelState& next) const;
  std::optional<std::uint64_t> undone_by(const ModelStep& step) const;

  std::vector<Revision> revisions_{Revision{}};
};

// The document that `state` is, as GET /v1/app writes it.
std::string json_of(const ModelState& state);
std::string json_of(const ModelBackend& backend);
std::string json_of(const ModelEndpoint& endpoint);
std::string json_of(const std::map<std::string, double>& shares);

}  // namespace backplane::host
