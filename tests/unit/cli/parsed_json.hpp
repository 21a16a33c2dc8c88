#pragma once

#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "host/json/json_reader.hpp"

namespace backplane::host {

// A literal answer of a host, for views.
inline JsonDocument parsed_json(std::string_view text) {
  auto document = parse_json(text);
  REQUIRE(document.ok());
  return std::move(document).value();
}

}  // namespace backplane::host
