#include "host/config/endpoint_reader.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/config/read_json.hpp"

namespace backplane::host {
namespace {

Result<EndpointSpec> parse(std::string_view body) {
  return parse_endpoint("name", read_json(body).root());
}

Error refusal_of(std::string_view body) {
  const auto spec = parse(body);
  CAPTURE(body);
  REQUIRE_FALSE(spec.ok());
  return spec.error();
}

TEST_SUITE("config") {
  // behaviours.md T12, T16.
  TEST_CASE("parse_endpoint: all may be absent: no route, GET, no traffic, random") {
    const auto spec = parse("{}");
    REQUIRE(spec.ok());
    CHECK(spec.value().name == "name");
    CHECK_FALSE(spec.value().route.has_value());
    CHECK(spec.value().methods == std::vector<std::string>{"GET"});
    CHECK(spec.value().traffic.empty());
    CHECK(spec.value().policy == TrafficPolicy{});
    CHECK(spec.value().policy.name() == "random");
    CHECK(spec.value().shadows.empty());
    CHECK(parse(R"({"route":null,"traffic":{},"shadows":{}})").value() == spec.value());
  }

  TEST_CASE("parse_endpoint: every key is read") {
    const auto spec = parse(R"({"route":"/split","methods":["GET","POST"],
      "traffic":{"a":0.7,"b":0.3},"policy":"random","shadows":{"c":0.1,"d":0},"$comment":"x"})");
    REQUIRE(spec.ok());
    CHECK(spec.value().route == "/split");
    CHECK(spec.value().methods == std::vector<std::string>{"GET", "POST"});
    CHECK(spec.value().traffic == Weights{{"a", 0.7}, {"b", 0.3}});
    CHECK(spec.value().shadows == std::map<std::string, double>{{"c", 0.1}});
  }

  // behaviours.md T11.
  TEST_CASE("parse_endpoint: methods become upper case, keep their order, and count once") {
    CHECK(parse(R"({"methods":["post","get","GET","Delete"]})").value().methods ==
          std::vector<std::string>{"POST", "GET", "DELETE"});
  }

  // behaviours.md T10.
  TEST_CASE("parse_endpoint: methods that are no list of methods are refused") {
    CHECK(refusal_of(R"({"methods":"GET"})").pointer() == "/methods");
    CHECK(refusal_of(R"({"methods":[]})").pointer() == "/methods");
    CHECK(refusal_of(R"({"methods":["GET",1]})").pointer() == "/methods/1");
    std::string many = R"({"methods":["GET")";
    for (int i = 0; i < 64; ++i) many += R"(,"GET")";
    CHECK(refusal_of(many + "]}").message() ==
          "found an array for 'methods', wanted a list of 1 to 64 methods");
    CHECK(refusal_of(R"({"methods":["TRACE"]})").message() ==
          "found \"TRACE\", wanted GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS");
    CHECK(refusal_of(R"({"methods":["TRACE"]})").reason() == "invalid_argument");
  }

  TEST_CASE("parse_endpoint: a bad route, policy, name or key is refused with its place") {
    CHECK(refusal_of(R"({"route":"api"})").reason() == "bad_route");
    CHECK(refusal_of(R"({"route":"api"})").pointer() == "/route");
    CHECK(refusal_of(R"({"route":1})").reason() == "invalid_argument");
    const Error policy = refusal_of(R"({"policy":"fair"})");
    CHECK(policy.code() == ErrorCode::kInvalidArgument);
    CHECK(policy.reason() == "invalid_policy");
    CHECK(policy.message() ==
          "policy \"fair\" is not offered; known: random, round_robin, power_of_two, "
          "fixed_packing");
    CHECK(refusal_of(R"({"policy":1})").pointer() == "/policy");
    CHECK(refusal_of(R"({"rout":"/a"})").reason() == "unknown_field");
    CHECK(parse_endpoint("Bad", read_json("{}").root()).error().reason() == "bad_name");
  }

  TEST_CASE("parse_endpoint: every policy is read, fixed_packing with its number") {
    CHECK(parse(R"({"policy":"random"})").value().policy == TrafficPolicy{});
    CHECK(parse(R"({"policy":"round_robin"})").value().policy ==
          TrafficPolicy{.kind = PolicyKind::kRoundRobin});
    CHECK(parse(R"({"policy":"power_of_two"})").value().policy ==
          TrafficPolicy{.kind = PolicyKind::kPowerOfTwo});
    for (const std::uint32_t number : {1U, 4U, 1'000'000U}) {
      CHECK(parse(R"({"packing_num":)" + std::to_string(number) + R"(,"policy":"fixed_packing"})")
                .value()
                .policy == TrafficPolicy{.kind = PolicyKind::kFixedPacking, .packing_num = number});
    }
  }

  TEST_CASE("parse_policy: packing_num belongs to fixed_packing, and there it must be") {
    const auto refused = [](std::string_view body) {
      const auto policy = parse_policy(read_json(body).root());
      CAPTURE(body);
      REQUIRE_FALSE(policy.ok());
      CHECK(policy.error().code() == ErrorCode::kInvalidArgument);
      return std::string(policy.error().reason()) + " " + policy.error().pointer();
    };
    CHECK(parse_policy(read_json(R"({"policy":"fixed_packing","packing_num":3})").root()).value() ==
          TrafficPolicy{.kind = PolicyKind::kFixedPacking, .packing_num = 3});
    CHECK(refused("{}") == "missing_field ");
    CHECK(refused(R"({"packing_num":3})") == "missing_field ");
    CHECK(refused(R"({"policy":"fixed_packing"})") == "missing_field ");
    CHECK(refused(R"({"policy":"round_robin","packing_num":3})") == "invalid_policy /packing_num");
    CHECK(refused(R"({"policy":"fair","packing_num":3})") == "invalid_policy /policy");
    for (const std::string_view number : {"0", "-1", "1000001", "1.0", "\"3\"", "null"}) {
      const std::string body =
          R"({"policy":"fixed_packing","packing_num":)" + std::string(number) + "}";
      CHECK(refused(body) == "invalid_argument /packing_num");
    }
    CHECK(refused(R"({"policy":"random","weights":1})") == "unknown_field /weights");
    CHECK(refused(R"(["random"])") == "invalid_argument ");
  }

  // behaviours.md T50; faults.md 3.5 row 69.
  TEST_CASE("parse_traffic: weights of another type, sum or size are invalid_weights") {
    for (const std::string_view body :
         {"{}", R"({"a":0})", R"({"a":0.9})", R"({"a":1.1})", R"({"a":1.1,"b":-0.1})",
          R"({"a":"1"})", R"({"a":true})", R"({"a":null})", R"({"a":[1]})", R"({"a":1e309})",
          R"({"a":0.1e-400})", "[]", "1", R"({"a":0.5,"b":0.49})"}) {
      CAPTURE(body);
      const auto weights = parse_traffic(read_json(body).root());
      REQUIRE_FALSE(weights.ok());
      CHECK(weights.error().code() == ErrorCode::kInvalidArgument);
      CHECK(weights.error().reason() == "invalid_weights");
    }
    CHECK(parse_traffic(read_json(R"({"a":"1"})").root()).error().pointer() == "/a");
    CHECK(refusal_of(R"({"traffic":{"a":1e309}})").pointer() == "/traffic/a");
    CHECK(parse_traffic(read_json(R"({"a":1,"$comment":"all"})").root()).value() ==
          Weights{{"a", 1}});
  }

  // behaviours.md T67.
  TEST_CASE("parse_shadows: proportions from 0 to 1, and 0 removes") {
    CHECK(parse_shadows(read_json(R"({"a":1,"b":0.5,"c":0})").root()).value() ==
          std::map<std::string, double>{{"a", 1}, {"b", 0.5}});
    CHECK(parse_shadows(read_json("{}").root()).value().empty());
    for (const std::string_view body :
         {R"({"a":-0.1})", R"({"a":1.1})", R"({"a":"x"})", R"({"a":1e309})"}) {
      CAPTURE(body);
      const auto shadows = parse_shadows(read_json(body).root());
      REQUIRE_FALSE(shadows.ok());
      CHECK(shadows.error().reason() == "invalid_shadows");
      CHECK(shadows.error().pointer() == "/a");
    }
  }
}

}  // namespace
}  // namespace backplane::host
