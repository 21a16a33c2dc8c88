#include "host/cli/events_command.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <limits>
#include <ostream>
#include <utility>

#include "host/cli/http_client.hpp"
#include "host/cli/json_fields.hpp"
#include "host/cli/operations_view.hpp"
#include "host/cli/text_cells.hpp"
#include "host/cli/typed_words.hpp"
#include "host/json/json_reader.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

std::string backend_line(const JsonValue& backend) {
  std::string line = "backend " + text_at(backend, "tag") + ": " + text_at(backend, "state");
  const std::string generation = text_at(backend, "generation");
  if (!generation.empty()) line += ", generation " + generation;
  const std::string replicas = text_at(backend, "replicas");
  if (!replicas.empty()) line += ", " + replicas + (replicas == "1" ? " replica" : " replicas");
  const std::string detail = text_at(backend, "detail");
  return detail.empty() ? line : line + ", " + detail;
}

std::string rates_line(const JsonValue& rates) {
  std::string line;
  const auto endpoints = rates.find("endpoints");
  if (!endpoints) return line;
  for (const JsonValue& one : endpoints->children()) {
    const auto rate = one.find("requests_per_second");
    const auto rounded = std::llround(rate ? rate->number().value_or(0) : 0);
    if (rounded == 0) continue;
    line += (line.empty() ? "rates " : ", ") + std::string(one.key()) + " " +
            std::to_string(rounded) + "/s";
  }
  return line;
}

// Of the reader's clock: the host's events carry none, and are told as they happen.
std::string time_now() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S ", &local)};
}

}  // namespace

CommandSyntax events_syntax() {
  CommandSyntax syntax{
      .name = "events",
      .summary =
          "Prints what happens in a host as it happens: revisions, operations, backends that "
          "come and go, and once a second how many requests each endpoint got, if any. Ctrl-C "
          "ends it.",
      .options = {{"count", "N", "Stop after N lines."}},
      .examples = {"events", "events --json --count 10"},
      .notes =
          "With --json a line is an object: {\"event\":\"revision\",\"id\":\"7\",\"data\":{…}}.\n\n"
          "Ends with 0 when --count is reached; 64 when the command line is wrong; 69 when no "
          "host answers, or none for the time of --timeout; 75 when the host ends the stream "
          "because it stops or this reader is too slow; 77 when it wants a token."};
  for (OptionSyntax& option : admin_option_syntaxes()) syntax.options.push_back(std::move(option));
  return syntax;
}

std::string render_event(const ServerEvent& event) {
  const auto data = parse_json(event.data);
  if (!data.ok()) return printable(event.name + " " + event.data);
  const JsonValue root = data.value().root();
  std::string line;
  if (event.name == "revision") {
    line = "revision " + text_at(root, "revision");
  } else if (event.name == "operation") {
    line = operation_line(root);
  } else if (event.name == "backend") {
    line = backend_line(root);
  } else if (event.name == "rates") {
    line = rates_line(root);
  } else {
    line = event.name + " " + event.data;
  }
  return printable(line);
}

std::string event_json(const ServerEvent& event) {
  std::string line;
  JsonWriter json(line);
  json.begin_object().member("event", event.name).member("id", event.id).key("data");
  if (parse_json(event.data).ok()) {
    json.raw(event.data);
  } else {
    json.string(event.data);
  }
  json.end_object();
  return line;
}

ExitCode run_events(const ParsedCommand& command, AdminSession& session) {
  std::uint64_t left = std::numeric_limits<std::uint64_t>::max();
  if (command.has("count")) {
    const auto count = read_number("--count", command.value("count"), left);
    if (!count.ok()) return session.fail(count.error());
    left = count.value();
  }
  const AdminOptions& options = session.options();
  EventStream stream;
  const auto take = [&](std::string_view piece) {
    for (const ServerEvent& event : stream.feed(piece)) {
      if (left == 0) return false;
      const std::string line = options.json ? event_json(event) : render_event(event);
      if (line.empty()) continue;
      session.out() << (options.json ? "" : time_now()) << line << std::endl;
      --left;
    }
    return left > 0;
  };
  HttpCall call{.target = "/v1/events"};
  if (options.timeout) call.timeout = *options.timeout;
  auto ended = HttpClient(options.admin, options.authorities)
                   .stream(session.prepared(std::move(call)), take);
  if (!ended.ok()) return session.fail(ended.error());
  if (ended.value().status != 200) {
    return session.fail(read_answer(std::move(ended).value()).error());
  }
  if (left == 0) return ExitCode::kOk;
  return session.fail({ErrorCode::kUnavailable, "stream_ended",
                       "the host ended the stream: it stops, or this reader is too slow"});
}

}  // namespace backplane::host
