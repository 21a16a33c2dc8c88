#include "host/cli/command_syntax.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

const CommandSyntax& syntax() {
  static const CommandSyntax dish{
      .name = "cook",
      .summary = "Cooks a dish.",
      .operands = {"DISH"},
      .options = {{"heat", "DEGREES", "How hot."}, {"covered", "", "With the lid on."}},
      .notes = "Ends with 0."};
  return dish;
}

Result<ParsedCommand> parse(const std::vector<std::string>& arguments) {
  return parse_command(syntax(), arguments);
}

std::string refusal_of(const std::vector<std::string>& arguments) {
  const auto parsed = parse(arguments);
  REQUIRE_FALSE(parsed.ok());
  return parsed.error().message();
}

TEST_SUITE("cli") {
  TEST_CASE("parse_command: options and operands in any order, values behind '=' or a space") {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--heat", "90", "--covered", "soup"},
          std::vector<std::string>{"soup", "--covered", "--heat=90"}}) {
      const auto parsed = parse(arguments);
      REQUIRE(parsed.ok());
      CHECK(parsed.value().options.at("heat") == "90");
      CHECK(parsed.value().has("covered"));
      CHECK(parsed.value().operands == std::vector<std::string>{"soup"});
      CHECK_FALSE(parsed.value().help);
    }
    CHECK_FALSE(parse({"soup"}).value().has("covered"));
  }

  TEST_CASE("parse_command: a value keeps its colons and its equal signs") {
    CHECK(parse({"--heat", "127.0.0.1:80", "x"}).value().options.at("heat") == "127.0.0.1:80");
    CHECK(parse({"--heat=127.0.0.1:80", "x"}).value().options.at("heat") == "127.0.0.1:80");
    CHECK(parse({"--heat=[::1]:80", "x"}).value().options.at("heat") == "[::1]:80");
    CHECK(parse({"--heat", "a=b", "x"}).value().options.at("heat") == "a=b");
  }

  TEST_CASE("parse_command: after '--' everything is an operand") {
    CHECK(parse({"--", "--covered"}).value().operands == std::vector<std::string>{"--covered"});
  }

  TEST_CASE("parse_command: what does not fit is refused in one line that says where to look") {
    const std::string hint = "; see 'backplane cook --help'";
    CHECK(refusal_of({"--salt", "soup"}) == "cook: unknown option 'salt'" + hint);
    CHECK(refusal_of({"-x", "soup"}) == "cook: unknown option 'x'" + hint);
    CHECK(refusal_of({"soup", "--heat"}) == "cook: found no value for option 'heat'" + hint);
    CHECK(refusal_of({"--covered=yes", "soup"}) ==
          "cook: found a value for option 'covered', which takes none" + hint);
    CHECK(refusal_of({"--covered", "--covered", "soup"}) ==
          "cook: option 'covered' given twice" + hint);
    CHECK(refusal_of({}) == "cook: found no DISH" + hint);
    CHECK(refusal_of({"soup", "salad"}) == "cook: unexpected 'salad'" + hint);
  }

  TEST_CASE("parse_command: --help and -h ask for nothing else to be right") {
    CHECK(parse({"--help"}).value().help);
    CHECK(parse({"-h"}).value().help);
    CHECK(parse({"soup", "salad", "--help"}).value().help);
  }

  TEST_CASE("parse_command: one operand may be left out, or others follow") {
    CommandSyntax one = syntax();
    one.optional = "WINE";
    CHECK(parse_command(one, {"soup"}).ok());
    CHECK(parse_command(one, {"soup", "red"}).value().operands.size() == 2);
    CHECK_FALSE(parse_command(one, {}).ok());
    CHECK_FALSE(parse_command(one, {"soup", "red", "white"}).ok());
    CHECK(help_text(one).find("DISH [WINE]\n") != std::string::npos);
    CommandSyntax many = syntax();
    many.repeated = "GUEST";
    CHECK(parse_command(many, {"soup", "a", "b", "c"}).value().operands.size() == 4);
    CHECK(parse_command(many, {"soup"}).error().message() ==
          "cook: found no GUEST; see 'backplane cook --help'");
    CHECK(help_text(many).find("DISH GUEST...\n") != std::string::npos);
  }

  TEST_CASE("parse_command: a repeatable option keeps every value, in order") {
    CommandSyntax syntax_with = syntax();
    syntax_with.options.push_back({"herb", "NAME", "More taste.", true});
    const auto parsed = parse_command(syntax_with, {"--herb", "dill", "soup", "--herb=mint: x"});
    REQUIRE(parsed.ok());
    CHECK(parsed.value().lists.at("herb") == std::vector<std::string>{"dill", "mint: x"});
    CHECK(parsed.value().value("heat").empty());
  }

  TEST_CASE("help_text: examples stand as they are typed") {
    CommandSyntax with = syntax();
    with.examples = {"cook soup", "cook soup --covered"};
    CHECK(
        help_text(with).find("\nExamples:\n  backplane cook soup\n  backplane cook soup --covered\n"
                             "\nEnds with 0.") != std::string::npos);
  }

  TEST_CASE("help_text: fits 100 columns, and no line ends with blanks") {
    CommandSyntax wordy = syntax();
    for (int i = 0; i < 60; ++i) wordy.summary += " More of it.";
    wordy.options[0].description = wordy.notes = wordy.summary;
    const std::string text = help_text(wordy);
    CHECK(text.find(" \n") == std::string::npos);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 100);
  }

  TEST_CASE("help_text: usage, summary, every option and the notes") {
    const std::string text = help_text(syntax());
    for (const char* part :
         {"usage: backplane cook [OPTION]... DISH", "Cooks a dish.", "--heat=DEGREES", "How hot.",
          "--covered", "-h, --help", "Ends with 0."}) {
      CAPTURE(part);
      CHECK(text.find(part) != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace backplane::host
