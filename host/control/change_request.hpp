#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "host/control/canary.hpp"
#include "host/control/changes.hpp"
#include "host/control/document_diff.hpp"
#include "host/control/plugin_version.hpp"
#include "host/plugin/plugin_library.hpp"

namespace backplane::host {

// A change of the desired state as somebody asks for it. A plain value.
struct ChangeRequest {
  Change change{};
  std::string action{};          // a verb for the history: "set_traffic"
  std::string object{};          // what it is done to, by name; empty: the whole document
  std::string author = "local";  // who asks
  std::uint64_t restores = 0;    // the revision that this brings back; 0: none
  // The revision that this change is made of, and of no other; nothing: of whichever there is.
  std::optional<std::uint64_t> if_revision{};
  bool at_start = false;  // the host's own, while it accepts no others
  bool dry_run = false;   // say what would change, and change nothing
  // A backend that cannot be built is committed all the same, and its share is answered 503.
  bool tolerant = false;
  // Names a backend to build again although it is wanted as it is; empty: none.
  std::string rebuild{};
  // A version that every backend of its plugin goes over to; null: none.
  std::shared_ptr<PluginLibrary> plugin_library{};
  // With it: their replicas go on with what those before them hand over.
  bool carry_state = false;
  // With it: the share of their requests that goes to the new version first, on trial.
  std::optional<CanaryLimits> canary{};
  // What a backend that is replaced has to finish what it has; nothing: what the host says.
  std::optional<std::chrono::milliseconds> drain_timeout{};
  // The operation that this goes on with, as begin_operation() gave it; 0: one of its own.
  std::uint64_t operation = 0;
  // The revision under which the state is stored already; 0: it is not. For the start of the host.
  std::uint64_t stored_as = 0;
  // Which versions of plugins the document was made for; of those that do not run already.
  PluginVersions versions{};
};

// What a change came to.
struct ChangeOutcome {
  std::uint64_t revision = 0;
  bool changed = false;  // false: the state was as asked for already
  DocumentDiff diff{};
};

}  // namespace backplane::host
