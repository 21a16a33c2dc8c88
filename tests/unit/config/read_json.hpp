#pragma once

#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "host/json/json_reader.hpp"

namespace backplane::host {

// The document that `text` is; a test that gives another text fails.
inline JsonDocument read_json(std::string_view text) {
  auto document = parse_json(text);
  CAPTURE(text);
  REQUIRE(document.ok());
  return std::move(document).value();
}

}  // namespace backplane::host
