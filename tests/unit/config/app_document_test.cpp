#include "host/config/app_document.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "host/config/app_document_check.hpp"
#include "host/config/app_document_reader.hpp"
#include "host/config/app_document_writer.hpp"
#include "tests/unit/config/read_json.hpp"

namespace backplane::host {
namespace {

AppDocument read_good(std::string_view text) {
  std::vector<Error> errors;
  AppDocument document = read_app_document(read_json(text).root(), AppLimits{}, errors);
  CAPTURE(text);
  REQUIRE(errors.empty());
  return document;
}

std::vector<Error> errors_of(std::string_view text) {
  std::vector<Error> errors;
  read_app_document(read_json(text).root(), AppLimits{}, errors);
  return errors;
}

constexpr std::string_view kSplit = R"({
  "$comment": "two arms",
  "backends": {
    "a": {"plugin": "hello", "handler": "hello", "init": {"n": 1.50}},
    "b": {"plugin": "hello", "handler": "hello",
          "config": {"num_replicas": 2, "max_batch_size": 4, "user_config": [true]}}
  },
  "endpoints": {
    "split": {"route": "/split/{id}", "methods": ["POST", "GET"],
              "traffic": {"a": 0.7, "b": 0.3}, "shadows": {"a": 0.25}},
    "inner": {"traffic": {"a": 1.0}},
    "empty": {"route": "/empty"}
  }
})";

TEST_SUITE("config") {
  TEST_CASE("app document: what is written is read back equal") {
    const AppDocument document = read_good(kSplit);
    CHECK(document.backends.size() == 2);
    CHECK(document.endpoints.size() == 3);
    CHECK(document.backends.at("a").init_json == R"({"n":1.50})");
    std::string text;
    JsonWriter json(text);
    write_app_document(document, json);
    CHECK(read_good(text) == document);
  }

  TEST_CASE("app document: an empty one asks for nothing") {
    CHECK(read_good("{}") == AppDocument{});
    CHECK(read_good(R"({"backends":{},"endpoints":{}})") == AppDocument{});
  }

  TEST_CASE("app document: all errors are found, each with its pointer") {
    const std::vector<Error> errors = errors_of(R"({
      "backend": {},
      "backends": {"a": {"plugin": "p", "handler": "h", "config": {"num_replicas": 0}}, "B": {}},
      "endpoints": {"x": {"route": "/x", "traffic": {"a": 0.5, "zz": 0.5}},
                    "y": {"route": "/x", "shadows": {"nope": 1}}}})");
    std::vector<std::string> found;
    found.reserve(errors.size());
    for (const Error& error : errors)
      found.push_back(std::string(error.reason()) + " " + error.pointer());
    CHECK(found == std::vector<std::string>{
                       "invalid_argument /backends/a/config/num_replicas",
                       "bad_name /backends/B",
                       "missing_field /backends/B",
                       "missing_field /backends/B",
                       "unknown_field /backend",
                       "unknown_backend /endpoints/x/traffic/zz",
                       "route_conflict /endpoints/x/route",
                       "unknown_backend /endpoints/y/shadows/nope",
                       "route_conflict /endpoints/y/route",
                   });
  }

  TEST_CASE("app document: parts of another type are refused") {
    CHECK(errors_of("[]").size() == 1);
    CHECK(errors_of(R"({"backends":[]})").front().pointer() == "/backends");
    CHECK(errors_of(R"({"endpoints":1})").front().message() ==
          "found 1 for 'endpoints', wanted an object");
    CHECK(errors_of(R"({"endpoints":{"$comment":1}})").front().pointer() == "/endpoints/$comment");
  }

  // behaviours.md T03, T48.
  TEST_CASE("check_endpoint: traffic must be known and the route free") {
    const AppDocument document = read_good(kSplit);
    EndpointSpec endpoint;
    endpoint.name = "new";
    endpoint.route = "/split/{other}";
    const Status taken = check_endpoint(document, endpoint);
    REQUIRE_FALSE(taken.ok());
    CHECK(taken.error().code() == ErrorCode::kConflict);
    CHECK(taken.error().reason() == "route_conflict");
    CHECK(taken.error().pointer() == "/route");
    CHECK(taken.error().message() ==
          "route '/split/{other}' of endpoint 'new' clashes with route '/split/{id}' of endpoint "
          "'split'");
    endpoint.route = "/split";
    CHECK(check_endpoint(document, endpoint).ok());
    endpoint.traffic = {{"zz", 1.0}};
    const Status unknown = check_endpoint(document, endpoint);
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().code() == ErrorCode::kInvalidArgument);
    CHECK(unknown.error().reason() == "unknown_backend");
    CHECK(unknown.error().pointer() == "/traffic/zz");
  }

  TEST_CASE("check_endpoint: what executes inline is no shadow, as it would delay the primary") {
    AppDocument document;
    document.backends["quick"].config.execution = Execution::kInline;
    document.backends["steady"];
    EndpointSpec endpoint;
    endpoint.name = "e";
    endpoint.traffic = {{"quick", 1.0}};
    endpoint.shadows = {{"steady", 1.0}};
    CHECK(check_endpoint(document, endpoint).ok());
    endpoint.shadows = {{"quick", 0.5}};
    const Status refused = check_endpoint(document, endpoint);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason() == "inline_shadow");
    CHECK(refused.error().pointer() == "/shadows/quick");
  }

  TEST_CASE("check_endpoint: an endpoint does not clash with itself, nor two without routes") {
    const AppDocument document = read_good(kSplit);
    CHECK(check_endpoint(document, document.endpoints.at("split")).ok());
    EndpointSpec headless;
    headless.name = "other";
    CHECK(check_endpoint(document, headless).ok());
  }
}

}  // namespace
}  // namespace backplane::host
