#include "host/routing/method_set.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("routing") {
  TEST_CASE("MethodSet: it allows what was added, and GET brings HEAD") {
    MethodSet methods;
    CHECK_FALSE(methods.allows("GET"));
    CHECK(methods.add("GET"));
    CHECK(methods.allows("GET"));
    CHECK(methods.allows("HEAD"));
    CHECK_FALSE(methods.allows("POST"));
    CHECK(methods.add("POST"));
    CHECK(methods.allows("POST"));
  }

  TEST_CASE("MethodSet: HEAD alone does not bring GET") {
    MethodSet methods;
    CHECK(methods.add("HEAD"));
    CHECK(methods.allows("HEAD"));
    CHECK_FALSE(methods.allows("GET"));
  }

  TEST_CASE("MethodSet: Allow lists each method once, in a fixed order") {
    MethodSet methods;
    CHECK(methods.allow_header().empty());
    for (const std::string_view method : {"DELETE", "POST", "GET", "POST"}) methods.add(method);
    CHECK(methods.allow_header() == "GET, HEAD, POST, DELETE");
  }

  TEST_CASE("MethodSet: every known method may be added; others, and other cases, not") {
    for (const std::string_view method : MethodSet::kKnown) {
      CAPTURE(method);
      MethodSet methods;
      CHECK(methods.add(method));
      CHECK(methods.allows(method));
    }
    MethodSet methods;
    for (const std::string_view method : {"get", "TRACE", "CONNECT", "", "GET "}) {
      CAPTURE(method);
      CHECK_FALSE(methods.add(method));
      CHECK_FALSE(methods.allows(method));
    }
    CHECK(methods.allow_header().empty());
  }
}

}  // namespace
}  // namespace backplane::host
