#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <backplane/testing.hpp>
#include <backplane/testing/conformance.hpp>

// Any test framework will do; this one needs none.
namespace {

int failures = 0;

void expect(const std::string& found, const std::string& wanted) {
  if (found == wanted) return;
  std::cerr << "found '" << found << "', wanted '" << wanted << "'\n";
  ++failures;
}

void greets() {
  backplane::TestReplica plain("greeter");
  expect(plain.send({.query = "name=ray"}).body, "hello ray");
  expect(plain.send().message, "query argument 'name' is missing");
  expect(std::to_string(plain.send().http_status), "400");
  expect(plain.send({.headers = {{"X-Serve-Call-Method", "who"}}}).body, "replica 0");

  backplane::TestReplica polite(
      "greeter", {.init = R"({"greeting":"good day"})", .user_config = R"({"ending":"!"})"});
  expect(polite.send({.query = "name=ray"}).body, "good day ray!");
  polite.reconfigure(R"({"ending":"?"})");
  expect(polite.send({.query = "name=ray"}).body, "good day ray?");
}

void keeps_the_contract() {
  const std::vector<backplane::TestRequest> samples{{.query = "name=ray"}, {.query = "name=Ada"}};
  for (const auto& finding : backplane::conformance_of("greeter", {.samples = samples})) {
    expect(finding.passed ? "" : finding.reason, "");
  }
}

}  // namespace

int main() {
  try {
    greets();
    keeps_the_contract();
  } catch (const std::exception& error) {
    expect(error.what(), "no exception");
  }
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
