#include "host/cli/plugins_view.hpp"

#include "host/cli/json_fields.hpp"
#include "host/cli/text_table.hpp"

namespace backplane::host {
namespace {

// "2", or "1 retiring, 2": the one that serves needs no word.
std::string generations_of(const JsonValue& plugin) {
  std::string text;
  const auto generations = plugin.find("generations");
  if (!generations) return text;
  for (const JsonValue& one : generations->children()) {
    const std::string state = text_at(one, "state");
    text += (text.empty() ? "" : ", ") + text_at(one, "generation") +
            (state == "serving" ? "" : " " + state);
  }
  return text;
}

std::string handlers_of(const JsonValue& generation) {
  std::string text;
  const auto handlers = generation.find("handlers");
  if (!handlers) return text;
  for (const JsonValue& handler : handlers->children()) {
    text +=
        (text.empty() ? "" : ", ") + text_at(handler, "name") + " " + text_at(handler, "version");
  }
  return text;
}

// What one loaded generation is and does.
std::string generation_line(const JsonValue& generation) {
  std::string line =
      "generation " + text_at(generation, "generation") + ", " + text_at(generation, "state");
  line += ", sha-256 " + short_digest(text_at(generation, "sha256"));
  const std::string in_flight = text_at(generation, "in_flight");
  if (in_flight != "0" && !in_flight.empty()) line += ", " + in_flight + " in flight";
  return line + ": " + handlers_of(generation);
}

std::string verdict_on(const JsonValue& plugin) {
  if (!is_true_at(plugin, "loadable")) return "refused: " + text_at(plugin, "error", "code");
  const auto warnings = plugin.find("warnings");
  const std::size_t count = warnings ? warnings->size() : 0;
  if (count == 0) return "loadable";
  return "loadable, " + std::to_string(count) + (count == 1 ? " warning" : " warnings");
}

}  // namespace

std::string render_plugins(const JsonValue& answer) {
  TextTable table(
      {{"PLUGIN"}, {"VERSION"}, {"ABI"}, {"FILE"}, {"SHA-256"}, {"RUNNING"}, {"LOADED AS"}});
  const auto plugins = answer.find("plugins");
  if (plugins) {
    for (const JsonValue& one : plugins->children()) {
      table.add({std::string(one.key()), text_at(one, "version"), text_at(one, "abi"),
                 verdict_on(one), short_digest(text_at(one, "sha256")),
                 short_digest(text_at(one, "running_sha256")), generations_of(one)});
    }
  }
  return table.empty() ? "no plugins\n" : table.text();
}

std::string render_plugin(const JsonValue& plugin) {
  std::string text;
  add_line(text, "plugin", text_at(plugin, "name"));
  add_line(
      text, "file",
      text_at(plugin, "file") + ", " + text_at(plugin, "size") + " bytes, " + verdict_on(plugin));
  add_line(text, "sha-256", text_at(plugin, "sha256"));
  add_line(text, "version", text_at(plugin, "version"));
  add_line(text, "abi", text_at(plugin, "abi"));
  add_line(text, "error", text_at(plugin, "error", "detail"));
  if (const auto warnings = plugin.find("warnings")) {
    for (const JsonValue& one : warnings->children())
      add_line(text, "warning", text_at(one, "detail"));
  }
  add_line(text, "running", text_at(plugin, "running_sha256"));
  add_line(text, "before", text_at(plugin, "previous_sha256"));
  if (const auto failure = plugin.find("last_error")) {
    const std::string stage = text_at(*failure, "stage");
    add_line(text, "last reload",
             "failed" + (stage.empty() ? "" : " while " + stage) + ": " +
                 text_at(*failure, "detail") + " (" + text_at(*failure, "code") + ")");
  }
  if (const auto generations = plugin.find("generations")) {
    for (const JsonValue& one : generations->children()) {
      add_line(text, "loaded", generation_line(one));
    }
  }
  return text;
}

}  // namespace backplane::host
