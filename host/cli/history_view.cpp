#include "host/cli/history_view.hpp"

#include "host/cli/diff_view.hpp"
#include "host/cli/json_fields.hpp"
#include "host/cli/text_table.hpp"

namespace backplane::host {
std::string render_history(const JsonValue& answer) {
  TextTable table({{"REVISION", Align::kRight},
                   {"TIME"},
                   {"AUTHOR"},
                   {"ACTION"},
                   {"CHANGES", Align::kRight},
                   {"THE FIRST"}});
  const auto revisions = answer.find("revisions");
  if (revisions) {
    for (const JsonValue& one : revisions->children()) {
      const auto diff = one.find("diff");
      table.add({text_at(one, "revision"), text_at(one, "time"), text_at(one, "author"),
                 text_at(one, "action"), std::to_string(diff ? diff->size() : 0),
                 diff ? first_change(*diff) : ""});
    }
  }
  return table.empty() ? "no revisions\n" : table.text();
}

std::string render_revision(const JsonValue& entry) {
  std::string text;
  add_line(text, "revision", text_at(entry, "revision"));
  add_line(text, "time", text_at(entry, "time"));
  add_line(text, "author", text_at(entry, "author"));
  add_line(text, "action", text_at(entry, "action"));
  const auto diff = entry.find("diff");
  if (diff && diff->size() > 0) text += "\n" + render_diff(*diff);
  return text;
}

}  // namespace backplane::host
