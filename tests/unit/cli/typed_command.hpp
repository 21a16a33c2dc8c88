#pragma once

#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/cli/admin_command.hpp"
#include "host/cli/change_commands.hpp"
#include "host/cli/deploy_commands.hpp"
#include "host/cli/look_commands.hpp"
#include "host/cli/reload_commands.hpp"
#include "tests/unit/cli/scripted_host.hpp"

namespace backplane::host {

inline const AdminCommand& command_called(const std::string& name) {
  for (const std::span<const AdminCommand> commands :
       {look_commands(), change_commands(), deploy_commands(), reload_commands()}) {
    for (const AdminCommand& command : commands) {
      if (command.syntax().name == name) return command;
    }
  }
  FAIL("no command is called " << name);
  return look_commands().front();
}

// Runs the words of a command line against `host`.
inline ExitCode run_typed(ScriptedHost& host, std::vector<std::string> words) {
  const AdminCommand& command = command_called(words.front());
  words.erase(words.begin());
  const auto parsed = parse_command(command.syntax(), words);
  REQUIRE(parsed.ok());
  AdminOptions options;
  options.json = parsed.value().has("json");
  AdminSession session = host.session(options);
  return run_admin_command(command, parsed.value(), session);
}

// What `words` ask the host for; it answers `answer`.
inline std::vector<std::string> asked_by(const std::vector<std::string>& words,
                                         const std::string& answer = "{}") {
  ScriptedHost host;
  host.answer(200, answer);
  CHECK(run_typed(host, words) == ExitCode::kOk);
  return host.asked();
}

// What people read when it answers `answer`.
inline std::string said_by(const std::vector<std::string>& words, const std::string& answer) {
  ScriptedHost host;
  host.answer(200, answer);
  CHECK(run_typed(host, words) == ExitCode::kOk);
  return host.out.str();
}

// That `words` are refused before the host is asked.
inline void check_usage(const std::vector<std::string>& words) {
  CAPTURE(words.back());
  ScriptedHost host;
  CHECK(run_typed(host, words) == ExitCode::kUsage);
  CHECK(host.calls.empty());
  CHECK(host.err.str().starts_with("backplane: "));
}

}  // namespace backplane::host
