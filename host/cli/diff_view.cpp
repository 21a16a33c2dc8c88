#include "host/cli/diff_view.hpp"

#include <set>
#include <string_view>
#include <vector>

#include "host/cli/endpoints_view.hpp"
#include "host/cli/json_fields.hpp"
#include "host/cli/text_cells.hpp"

namespace backplane::host {
namespace {

// What changes in an object, "old -> new", leaves room for both.
constexpr std::size_t kValueWidth = 36;

// The steps of a JSON pointer, unescaped (RFC 6901 section 4).
std::vector<std::string> steps_of(std::string_view pointer) {
  std::vector<std::string> steps;
  for (std::size_t at = 0; at < pointer.size(); ++at) {
    if (pointer[at] == '/') {
      steps.emplace_back();
    } else if (!steps.empty() && pointer[at] == '~' && at + 1 < pointer.size()) {
      steps.back() += pointer[++at] == '1' ? '/' : '~';
    } else if (!steps.empty()) {
      steps.back() += pointer[at];
    }
  }
  return steps;
}

// One entry of a diff, taken apart.
struct DiffEntry {
  std::string op;
  std::string object{};  // "endpoint split"
  std::string member{};  // "traffic.a"; empty: the whole object
};

DiffEntry read_entry(const JsonValue& entry) {
  const std::vector<std::string> steps = steps_of(text_at(entry, "path"));
  DiffEntry read{.op = text_at(entry, "op")};
  if (steps.size() < 2) {
    read.object = text_at(entry, "path");
    return read;
  }
  const bool is_backend = steps[0] == "backends";
  read.object = (is_backend                ? "backend "
                 : steps[0] == "endpoints" ? "endpoint "
                 : steps[0] == "plugins"   ? "plugin "
                                           : steps[0] + " ") +
                steps[1];
  for (std::size_t i = 2; i < steps.size(); ++i) {
    read.member += (i > 2 ? "." : "") + steps[i];
  }
  return read;
}

char sign_of(const DiffEntry& entry) {
  return entry.op == "add" ? '+' : entry.op == "remove" ? '-' : '~';
}

// A backend or an endpoint in a few words.
std::string summary_of(const JsonValue& object) {
  const std::string plugin = text_at(object, "plugin");
  if (plugin.empty()) return endpoint_summary(object);
  const std::string replicas = text_at(object, "config", "num_replicas");
  std::string text = plugin + "/" + text_at(object, "handler");
  if (!replicas.empty()) text += ", " + replicas + (replicas == "1" ? " replica" : " replicas");
  return text;
}

std::string values_of(const JsonValue& entry) {
  const auto from = entry.find("from");
  const auto to = entry.find("to");
  if (from && to) {
    return cut_to(printable(text_of(*from)), kValueWidth) + " -> " +
           cut_to(printable(text_of(*to)), kValueWidth);
  }
  return to ? text_of(*to) : from ? text_of(*from) : "";
}

// What becomes of a whole object, or of a member.
std::string change_of(const DiffEntry& entry, const JsonValue& one) {
  if (!entry.member.empty()) return entry.member + ": " + values_of(one);
  // Only a plugin is a value as a whole: the digest of the file that runs.
  if (entry.op == "replace") {
    return entry.object + ": sha-256 " + short_digest(text_at(one, "from")) + " -> " +
           short_digest(text_at(one, "to"));
  }
  const auto object = one.find(entry.op == "remove" ? "from" : "to");
  return entry.object + (object ? ": " + summary_of(*object) : "");
}

}  // namespace

std::string render_diff(const JsonValue& diff) {
  std::string text;
  std::string changing;  // the object whose members are being listed
  for (const JsonValue& one : diff.children()) {
    const DiffEntry entry = read_entry(one);
    const bool is_member = !entry.member.empty();
    if (is_member && entry.object != changing) text += "~ " + printable(entry.object) + "\n";
    changing = is_member ? entry.object : "";
    const std::string line =
        (is_member ? "    " : "") + std::string(1, sign_of(entry)) + " " + change_of(entry, one);
    text += cut_to(printable(line), kTextWidth) + "\n";
  }
  return text;
}

std::string first_change(const JsonValue& diff) {
  for (const JsonValue& one : diff.children()) {
    const DiffEntry entry = read_entry(one);
    const std::string place = entry.member.empty() ? "" : entry.object + " ";
    return std::string(1, sign_of(entry)) + " " + place + change_of(entry, one);
  }
  return {};
}

std::string diff_summary(const JsonValue& diff) {
  std::set<std::string> added;
  std::set<std::string> changed;
  std::set<std::string> removed;
  for (const JsonValue& one : diff.children()) {
    const DiffEntry entry = read_entry(one);
    const bool whole = entry.member.empty();
    (whole && entry.op == "add"      ? added
     : whole && entry.op == "remove" ? removed
                                     : changed)
        .insert(entry.object);
  }
  return std::to_string(added.size()) + " to add, " + std::to_string(changed.size()) +
         " to change, " + std::to_string(removed.size()) + " to remove";
}

std::string render_dry_run(const JsonValue& answer) {
  const auto diff = answer.find("diff");
  if (!is_true_at(answer, "changed") || !diff) {
    return "nothing to change at revision " + text_at(answer, "revision") + "\n";
  }
  return render_diff(*diff) + diff_summary(*diff) + "\n";
}

}  // namespace backplane::host
