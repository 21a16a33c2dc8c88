#include "host/cli/text_table.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("cli") {
  TEST_CASE("TextTable: text stands left, numbers stand right, no line ends with blanks") {
    TextTable table({{"NAME"}, {"COUNT", Align::kRight}, {"NOTE"}});
    CHECK(table.empty());
    table.add({"a", "1", ""});
    table.add({"longer", "12345", "x"});
    CHECK(table.text() ==
          "NAME    COUNT  NOTE\n"
          "a           1\n"
          "longer  12345  x\n");
  }

  TEST_CASE("TextTable: what is too wide is cut from the widest text, never from numbers") {
    TextTable table({{"A"}, {"B"}, {"N", Align::kRight}});
    table.add({std::string(90, 'a'), std::string(30, 'b'), "1234567890"});
    const std::string text = table.text();
    const std::string row = text.substr(text.find('\n') + 1);
    CHECK(width_of(row) == kTextWidth + 1);
    CHECK(row.find("…  " + std::string(30, 'b') + "  1234567890\n") != std::string::npos);
    TextTable hopeless({{"N", Align::kRight}});
    hopeless.add({std::string(120, '1')});
    CHECK(hopeless.text().find(std::string(120, '1')) != std::string::npos);
  }

  TEST_CASE("TextTable: a row without all of its cells leaves holes") {
    TextTable table({{"A"}, {"B"}});
    table.add({"1"});
    CHECK(table.text() == "A  B\n1\n");
  }

  TEST_CASE("cut_to: counts characters, not bytes, and keeps them whole") {
    CHECK(cut_to("äöü", 3) == "äöü");
    CHECK(cut_to("äöüß", 3) == "äö…");
    CHECK(cut_to("abc", 1) == "…");
    CHECK(cut_to("abc", 0) == "");
    CHECK(cut_to("", 0) == "");
  }

  TEST_CASE("printable: nothing that others wrote steers the terminal") {
    CHECK(printable("a\x1b[31mb\r\nc\x7f") == "a [31mb  c ");
    CHECK(printable("\xc2\x9b"
                    "1m") == " 1m");
    CHECK(printable("grün") == "grün");
    CHECK(printable("\xff\x1b") == "\xef\xbf\xbd ");
  }

  TEST_CASE("add_line: a title, its value in its column; no line without a value") {
    std::string text;
    add_line(text, "name", "x");
    add_line(text, "nothing", "");
    add_line(text, "a title too long", "y\n");
    CHECK(text == "name        x\na title too long y \n");
  }
}

}  // namespace
}  // namespace backplane::host
