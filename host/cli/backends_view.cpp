#include "host/cli/backends_view.hpp"

#include "host/cli/json_fields.hpp"
#include "host/cli/text_table.hpp"

namespace backplane::host {
namespace {

// Behind the longest key of a configuration.
constexpr std::size_t kIndent = 30;

std::string handler_of(const JsonValue& backend) {
  return text_at(backend, "plugin") + "/" + text_at(backend, "handler");
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

}  // namespace

std::string render_backends(const JsonValue& answer) {
  TextTable table({{"BACKEND"},
                   {"PLUGIN/HANDLER"},
                   {"VERSION"},
                   {"STATE"},
                   {"REPLICAS", Align::kRight},
                   {"BATCH", Align::kRight},
                   {"QUEUED", Align::kRight},
                   {"REQUESTS", Align::kRight},
                   {"FAILED", Align::kRight}});
  const auto backends = answer.find("backends");
  if (backends) {
    for (const JsonValue& one : backends->children()) {
      const std::string error = text_at(one, "error", "code");
      table.add({std::string(one.key()), handler_of(one), or_dash(text_at(one, "handler_version")),
                 text_at(one, "state") + (error.empty() ? "" : ": " + error),
                 text_at(one, "config", "num_replicas"), text_at(one, "config", "max_batch_size"),
                 or_dash(text_at(one, "stats", "queued")),
                 or_dash(text_at(one, "stats", "requests")),
                 or_dash(text_at(one, "stats", "failures"))});
    }
  }
  return table.empty() ? "no backends\n" : table.text();
}

std::string render_backend(const JsonValue& backend) {
  std::string text;
  const auto line = [&text](std::string_view title, const std::string& value) {
    add_line(text, title, value, kIndent);
  };
  line("backend", text_at(backend, "tag"));
  line("handler", handler_of(backend));
  line("version", text_at(backend, "handler_version"));
  line("state", text_at(backend, "state"));
  line("error", text_at(backend, "error", "detail"));
  line("generation", text_at(backend, "generation"));
  line("init", text_at(backend, "init"));
  for (const std::string_view group : {"config", "stats"}) {
    const auto members = backend.find(group);
    if (!members) continue;
    for (const JsonValue& member : members->children()) {
      line(std::string(group) + "." + printable(member.key()), text_of(member));
    }
  }
  return text;
}

}  // namespace backplane::host
