#pragma once

#include <string>
#include <string_view>

#include "host/json/json_document.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {

// One answer of a host as tests look at it. A plain value.
class Answer {
 public:
  // None came: status 0.
  Answer() = default;
  explicit Answer(RawResponse response) : response_(std::move(response)) {}

  int status() const { return response_.status; }
  const std::string& body() const { return response_.body; }
  // The first header field called `name` (any case); empty when there is none.
  std::string header(std::string_view name) const { return response_.header(name); }

  // The body, which must be JSON.
  JsonDocument json() const;
  // The JSON value at `pointer` of the body, compact: `"random"`, `{"a":0.7}`; empty when the body
  // has no such place or is not JSON.
  std::string at(std::string_view pointer) const;
  // The same without the quotes of a string.
  std::string text_at(std::string_view pointer) const;
  // The word and the words of an error answer.
  std::string code() const { return text_at("/code"); }
  std::string detail() const { return text_at("/detail"); }
  // "409 route_conflict": what most tests of a refusal look at, in one piece.
  std::string refusal() const { return std::to_string(status()) + " " + code(); }

 private:
  RawResponse response_;
};

}  // namespace backplane::host
