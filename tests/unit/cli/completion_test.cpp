#include "host/cli/completion.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/cli/command_line.hpp"

namespace backplane::host {
namespace {

using Words = std::vector<std::string>;

const std::vector<CommandSyntax>& commands() {
  static const std::vector<CommandSyntax> all{
      {.name = "apply",
       .summary = "",
       .operands = {"FILE"},
       .options = {{"dry-run", "", ""}, {"admin", "ADDRESS", ""}, {"token-file", "FILE", ""}},
       .notes = ""},
      {.name = "backends", .summary = "", .optional = "BACKEND", .notes = ""},
      {.name = "delete", .summary = "", .operands = {"backend|endpoint", "NAME"}, .notes = ""},
      {.name = "plugins", .summary = "", .optional = "PLUGIN", .notes = ""},
      {.name = "reload",
       .summary = "",
       .operands = {"PLUGIN"},
       .options = {{"strategy", "swap|canary", ""}},
       .notes = ""},
      {.name = "traffic",
       .summary = "",
       .operands = {"ENDPOINT"},
       .repeated = "BACKEND=WEIGHT",
       .options = {{"admin", "ADDRESS", ""}},
       .notes = ""}};
  return all;
}

std::vector<std::string> names_of(const std::string& collection) {
  if (collection == "endpoints") return {"split", "other"};
  if (collection == "backends") return {"blue", "green"};
  if (collection == "plugins") return {"hello"};
  return {};
}

Completions complete_line(const std::string& line) {
  return complete(commands(), typed_words(line), names_of);
}

Words words_for(const std::string& line) {
  const Completions found = complete_line(line);
  CHECK_FALSE(found.files);
  return found.words;
}

TEST_SUITE("cli") {
  TEST_CASE("typed_words: as a shell would split them, the last one as far as it is typed") {
    CHECK(typed_words("backplane") == Words{});
    CHECK(typed_words("backplane ") == Words{""});
    CHECK(typed_words("backplane  apply  x") == Words{"apply", "x"});
    CHECK(typed_words("backplane call --data 'a \\b' \"c 'd\" e\\ f ") ==
          Words{"call", "--data", "a \\b", "c 'd", "e f", ""});
    CHECK(typed_words("BACKPLANE_ADMIN=h:1 build/bin/backplane st") == Words{"st"});
    CHECK(typed_words("") == Words{});
  }

  TEST_CASE("complete: commands where the first word stands") {
    CHECK(words_for("backplane a") == Words{"apply"});
    CHECK(words_for("backplane ").size() == commands().size() + 1);
    CHECK(words_for("backplane --h") == Words{"--help"});
    CHECK(words_for("backplane nothing ").empty());
  }

  TEST_CASE("complete: a command's options, with '=' where a value follows") {
    CHECK(words_for("backplane apply --") ==
          Words{"--dry-run", "--admin=", "--token-file=", "--help"});
    CHECK(words_for("backplane apply x --d") == Words{"--dry-run"});
    CHECK(words_for("backplane apply --admin ").empty());
    CHECK(words_for("backplane apply --admin=1").empty());
    CHECK(words_for("backplane reload hello --strategy c") == Words{"canary"});
    CHECK(complete_line("backplane apply --token-file ").files);
    CHECK(complete_line("backplane apply --token-file=x").files);
  }

  TEST_CASE("complete: names where the help names what they are of") {
    CHECK(words_for("backplane traffic s") == Words{"split"});
    CHECK(words_for("backplane backends ") == Words{"blue", "green"});
    CHECK(words_for("backplane backends blue ").empty());
    CHECK(words_for("backplane plugins h") == Words{"hello"});
    CHECK(complete_line("backplane apply ").files);
    CHECK(words_for("backplane apply x ").empty());
  }

  TEST_CASE("complete: pairs for backends that do not stand there yet") {
    CHECK(words_for("backplane traffic split ") == Words{"blue=", "green="});
    CHECK(words_for("backplane traffic split blue=0.5 ") == Words{"green="});
    CHECK(words_for("backplane traffic --admin h:1 split g") == Words{"green="});
    CHECK(words_for("backplane traffic split green=0.").empty());
  }

  TEST_CASE("complete: alternatives, and then names of the one that was chosen") {
    CHECK(words_for("backplane delete ") == Words{"backend", "endpoint"});
    CHECK(words_for("backplane delete endpoint ") == Words{"split", "other"});
    CHECK(words_for("backplane delete backend b") == Words{"blue"});
  }

  TEST_CASE("host_words: the options that say which host is meant") {
    CHECK(host_words(typed_words("backplane traffic --admin h:1 e --token-file=t --json ")) ==
          Words{"--admin", "h:1", "--token-file=t"});
    CHECK(host_words(typed_words("backplane traffic --admin")).empty());
  }

  TEST_CASE("backplane completion: every command and each of its options can be completed") {
    const auto lines = [](const std::string& line) {
      std::ostringstream out;
      std::ostringstream err;
      CHECK(run_command_line({"completion", "words", line}, out, err).exit_code == ExitCode::kOk);
      return out.str();
    };
    CHECK(lines("backplane ").find("\ntraffic\n") != std::string::npos);
    CHECK(lines("backplane policy e po") == "power_of_two\n");
    CHECK(lines("backplane serve --conf") == "--config=\n");
    CHECK(lines("backplane check ") == "<files>\n");
    CHECK(lines("backplane completion ") == "bash\nwords\n");
  }
}

}  // namespace
}  // namespace backplane::host
