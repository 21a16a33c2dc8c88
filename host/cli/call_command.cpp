#include "host/cli/call_command.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ostream>
#include <unistd.h>
#include <utility>

#include "host/base/clock.hpp"
#include "host/cli/http_client.hpp"
#include "host/cli/human_numbers.hpp"
#include "host/cli/input_file.hpp"
#include "host/cli/json_fields.hpp"
#include "host/cli/text_cells.hpp"
#include "host/cli/typed_words.hpp"
#include "host/message/error_response.hpp"
#include "host/message/headers.hpp"

namespace backplane::host {
namespace {

// A handler's answer may take longer than one of the host itself.
constexpr std::chrono::milliseconds kPatience{60'000};
constexpr std::size_t kLargestData = std::size_t{1} << 30U;

// As curl: GET, or POST with a body; an endpoint that does not answer that gets what it does.
std::string default_method(const JsonValue& endpoint, bool has_body) {
  std::string usual = has_body ? "POST" : "GET";
  const auto methods = endpoint.find("methods");
  if (!methods || methods->size() == 0) return usual;
  std::string first;
  for (const JsonValue& method : methods->children()) {
    if (text_of(method) == usual) return usual;
    if (first.empty()) first = text_of(method);
  }
  return first;
}

Result<std::string> target_of(const ParsedCommand& command, const JsonValue& endpoint) {
  if (command.has("path")) {
    std::string path = command.value("path");
    const bool good = path.starts_with('/') && std::all_of(path.begin(), path.end(), [](char c) {
                        return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
                      });
    if (good) return path;
    return bad_word("--path: found '" + path + "', wanted one that begins with '/', no blanks");
  }
  std::string route = text_at(endpoint, "route");
  const std::string name = text_at(endpoint, "name");
  if (route.empty()) {
    return Error(ErrorCode::kNotFound, "no_route",
                 "endpoint '" + name + "' has no route: only other handlers reach it");
  }
  if (route.find_first_of("*{") == std::string::npos) return route;
  return bad_word("endpoint '" + name + "' answers every path that fits '" + route +
                  "'; --path says which");
}

Status add_headers(const ParsedCommand& command, HttpCall& call) {
  const auto given = command.lists.find("header");
  if (given == command.lists.end()) return {};
  for (const std::string& header : given->second) {
    const std::size_t colon = header.find(':');
    const std::size_t value = std::min(
        header.find_first_not_of(" \t", std::min(colon, header.size() - 1) + 1), header.size());
    if (colon == std::string::npos ||
        !call.headers.add(header.substr(0, colon), header.substr(value))) {
      return bad_word("--header: found '" + header + "', wanted 'Name: value'");
    }
  }
  return {};
}

}  // namespace

CommandSyntax call_syntax() {
  CommandSyntax syntax{
      .name = "call",
      .summary =
          "Sends one request to an endpoint by its route and prints the answer: the "
          "body to stdout; status, backend and time to stderr.",
      .operands = {"ENDPOINT"},
      .options = {{"data", "TEXT",
                   "The request's body; @FILE: what is in FILE, @-: standard input."},
                  {"header", "'NAME: VALUE'", "A header field; may be given again.", true},
                  {"method", "METHOD",
                   "Default: GET, with --data POST, or what the endpoint answers instead."},
                  {"path", "PATH",
                   "Path and query instead of the route; needed where that fits many."},
                  {"to", "ADDRESS", "Where requests are answered. Default: what the host says."}},
      .examples = {"call hello --path '/hello?name=ray'",
                   "call textstats --data '{\"text\":\"One two.\"}' --header 'Content-Type: "
                   "application/json'"},
      .notes =
          "Ends with 0 when the answer's status is below 400, and 1 when it is not. Before "
          "that: 1 when the host has no such endpoint, 64 when the command line is wrong, 69 "
          "when no host answers, 77 when its admin listener wants a token."};
  for (OptionSyntax& option : admin_option_syntaxes(std::to_string(kPatience.count()))) {
    if (option.name != "json") syntax.options.push_back(std::move(option));
  }
  return syntax;
}

Result<HttpCall> data_call(const ParsedCommand& command, const JsonValue& endpoint) {
  HttpCall call;
  call.timeout = kPatience;
  auto target = target_of(command, endpoint);
  if (!target.ok()) return std::move(target).error();
  call.target = std::move(target).value();
  call.body = command.value("data");
  if (call.body.starts_with('@')) {
    auto file = read_input_file(call.body.substr(1), kLargestData);
    if (!file.ok()) return bad_word("--data: " + file.error().message());
    call.body = std::move(file).value();
  }
  Status headers = add_headers(command, call);
  if (!headers.ok()) return std::move(headers).error();
  call.method = command.has("method") ? command.value("method")
                                      : default_method(endpoint, command.has("data"));
  if (is_token(call.method)) return call;
  return bad_word("--method: found '" + call.method + "', wanted one such as GET");
}

Result<ServerAddress> data_address(const JsonValue& status, const ServerAddress& admin) {
  auto address = parse_server_address(text_at(status, "data_url"));
  if (!address.ok()) {
    return bad_word("the host does not say where it answers requests; --to says it");
  }
  const std::string& host = address.value().host;
  if (host == "0.0.0.0" || host == "::") address.value().host = admin.host;
  return address;
}

std::string render_call(const HttpResponse& response, std::chrono::microseconds elapsed,
                        bool on_terminal) {
  const bool cut = on_terminal && !response.body.empty() && !response.body.ends_with('\n');
  std::string text = (cut ? "\n" : "") + std::to_string(response.status) + " " +
                     std::string(reason_phrase(response.status));
  const std::string_view backend = response.headers.find("Backplane-Backend");
  if (!backend.empty()) text += ", backend " + printable(backend);
  return text + ", " + human_microseconds(elapsed.count()) + "\n";
}

ExitCode run_call(const ParsedCommand& command, AdminSession& session) {
  const std::string& name = command.operands.front();
  Status good = check_endpoint_word(name);
  if (!good.ok()) return session.fail(good.error());
  const auto endpoint = session.ask(HttpCall{.target = "/v1/endpoints/" + name});
  if (!endpoint.ok()) return session.fail(endpoint.error());
  auto call = data_call(command, endpoint.value().root());
  if (!call.ok()) return session.fail(call.error());
  auto address = command.has("to") ? parse_server_address(command.value("to"))
                                   : Result<ServerAddress>(ServerAddress{});
  if (!command.has("to")) {
    const auto status = session.ask(HttpCall{.target = "/v1/status"});
    if (!status.ok()) return session.fail(status.error());
    address = data_address(status.value().root(), session.options().admin);
  }
  if (!address.ok()) return session.fail(std::move(address).error().with_reason("bad_option"));
  if (session.options().timeout) call.value().timeout = *session.options().timeout;
  const TimePoint began = Clock::now();
  const auto response =
      HttpClient(address.value(), session.options().authorities).ask(call.value());
  if (!response.ok()) return session.fail(response.error());
  session.out() << response.value().body << std::flush;
  session.err() << render_call(
      response.value(), std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began),
      isatty(STDOUT_FILENO) == 1);
  return response.value().status < 400 ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace backplane::host
