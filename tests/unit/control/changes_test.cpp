#include "host/control/changes.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

AppDocument two_backends() {
  AppDocument document;
  for (const std::string tag : {"a", "b"}) {
    BackendSpec spec;
    spec.tag = tag;
    spec.plugin = "hello";
    spec.handler = "hello";
    document.backends.emplace(tag, spec);
  }
  return document;
}

EndpointSpec endpoint(const std::string& name, const std::string& route, Weights traffic) {
  EndpointSpec spec;
  spec.name = name;
  spec.route = route;
  spec.traffic = std::move(traffic);
  return spec;
}

// Applies a change that must be refused, and sees to it that nothing moved.
Error refused(const Change& change, const AppDocument& before) {
  AppDocument document = before;
  const Status status = change(document);
  REQUIRE_FALSE(status.ok());
  CHECK(document == before);
  return status.error();
}

TEST_SUITE("control") {
  TEST_CASE("create_endpoint: the identical endpoint twice is no conflict") {
    AppDocument document = two_backends();
    const Change change = create_endpoint(endpoint("e", "/e", {{"a", 1.0}}), true);
    REQUIRE(change(document).ok());
    const AppDocument once = document;
    CHECK(change(document).ok());
    CHECK(document == once);
  }

  TEST_CASE("create_endpoint: repeated without traffic it leaves the traffic alone") {
    AppDocument document = two_backends();
    REQUIRE(create_endpoint(endpoint("e", "/e", {{"a", 1.0}}), true)(document).ok());
    CHECK(create_endpoint(endpoint("e", "/e", {}), false)(document).ok());
    CHECK(document.endpoints.at("e").traffic == Weights{{"a", 1.0}});
  }

  TEST_CASE("create_endpoint: another route, methods or traffic under the same name is refused") {
    AppDocument document = two_backends();
    REQUIRE(create_endpoint(endpoint("e", "/e", {{"a", 1.0}}), true)(document).ok());
    CHECK(refused(create_endpoint(endpoint("e", "/x", {{"a", 1.0}}), true), document).reason() ==
          "endpoint_exists");
    CHECK(refused(create_endpoint(endpoint("e", "/e", {{"b", 1.0}}), true), document).code() ==
          ErrorCode::kConflict);
    EndpointSpec posted = endpoint("e", "/e", {{"a", 1.0}});
    posted.methods = {"POST"};
    CHECK(refused(create_endpoint(posted, true), document).reason() == "endpoint_exists");
  }

  TEST_CASE("create_endpoint: a route that is taken and a backend that is not there are refused") {
    AppDocument document = two_backends();
    REQUIRE(create_endpoint(endpoint("e", "/e", {{"a", 1.0}}), true)(document).ok());
    CHECK(refused(create_endpoint(endpoint("f", "/e", {}), true), document).reason() ==
          "route_conflict");
    CHECK(refused(create_endpoint(endpoint("f", "/f", {{"nope", 1.0}}), true), document).reason() ==
          "unknown_backend");
  }

  TEST_CASE("delete_backend: one in use is refused, by weight, by weight 0 and as a shadow") {
    AppDocument document = two_backends();
    REQUIRE(create_endpoint(endpoint("e", "/e", {{"a", 1.0}, {"b", 0.0}}), true)(document).ok());
    CHECK(refused(delete_backend("a"), document).message() ==
          "backend 'a' is used by endpoints 'e'");
    CHECK(refused(delete_backend("b"), document).reason() == "backend_in_use");
    document.endpoints.at("e").traffic = {{"a", 1.0}};
    document.endpoints.at("e").shadows = {{"b", 0.5}};
    CHECK(refused(delete_backend("b"), document).reason() == "backend_in_use");
    document.endpoints.at("e").shadows.clear();
    CHECK(delete_backend("b")(document).ok());
    CHECK(refused(delete_backend("b"), document).code() == ErrorCode::kNotFound);
  }

  TEST_CASE("delete_endpoint: its backend stays, and the name is free again") {
    AppDocument document = two_backends();
    REQUIRE(create_endpoint(endpoint("e", "/e", {{"a", 1.0}}), true)(document).ok());
    CHECK(delete_endpoint("e")(document).ok());
    CHECK(document.backends.count("a") == 1);
    CHECK(create_endpoint(endpoint("e", "/e", {{"b", 1.0}}), true)(document).ok());
    CHECK(refused(delete_endpoint("nope"), document).reason() == "unknown_endpoint");
  }

  TEST_CASE("set_traffic: policy and shadows stay, unknown names are refused") {
    AppDocument document = two_backends();
    EndpointSpec spec = endpoint("e", "/e", {{"a", 1.0}});
    spec.shadows = {{"b", 0.25}};
    REQUIRE(create_endpoint(spec, true)(document).ok());
    REQUIRE(set_traffic("e", {{"a", 0.7}, {"b", 0.3}})(document).ok());
    CHECK(document.endpoints.at("e").shadows == spec.shadows);
    CHECK(document.endpoints.at("e").traffic == Weights{{"a", 0.7}, {"b", 0.3}});
    const Error unknown = refused(set_traffic("e", {{"a", 0.5}, {"x", 0.5}}), document);
    CHECK(unknown.reason() == "unknown_backend");
    CHECK(unknown.pointer() == "/x");
    CHECK(refused(set_traffic("e", {{"a/b", 1.0}}), document).pointer() == "/a~1b");
    CHECK(refused(set_traffic("nope", {{"a", 1.0}}), document).code() == ErrorCode::kNotFound);
  }

  TEST_CASE("set_policy: weights and shadows stay, and set_traffic leaves the policy") {
    AppDocument document = two_backends();
    EndpointSpec spec = endpoint("e", "/e", {{"a", 1.0}});
    spec.shadows = {{"b", 0.25}};
    REQUIRE(create_endpoint(spec, true)(document).ok());
    const TrafficPolicy packing{.kind = PolicyKind::kFixedPacking, .packing_num = 4};
    REQUIRE(set_policy("e", packing)(document).ok());
    REQUIRE(set_traffic("e", {{"b", 1.0}})(document).ok());
    spec.policy = packing;
    spec.traffic = {{"b", 1.0}};
    CHECK(document.endpoints.at("e") == spec);
    CHECK(refused(set_policy("nope", packing), document).code() == ErrorCode::kNotFound);
  }

  TEST_CASE("set_shadows: replaces the set, and points at what may not be in it") {
    AppDocument document = two_backends();
    document.backends.at("b").config.execution = Execution::kInline;
    EndpointSpec spec = endpoint("e", "/e", {{"a", 1.0}});
    REQUIRE(create_endpoint(spec, true)(document).ok());
    REQUIRE(set_shadows("e", {{"a", 0.5}})(document).ok());
    spec.shadows = {{"a", 0.5}};
    CHECK(document.endpoints.at("e") == spec);
    const Error unknown = refused(set_shadows("e", {{"a", 1.0}, {"x", 0.5}}), document);
    CHECK(unknown.reason() == "unknown_backend");
    CHECK(unknown.pointer() == "/x");
    const Error is_inline = refused(set_shadows("e", {{"b", 0.5}}), document);
    CHECK(is_inline.reason() == "inline_shadow");
    CHECK(is_inline.pointer() == "/b");
    CHECK(refused(set_shadows("nope", {}), document).code() == ErrorCode::kNotFound);
    REQUIRE(set_shadows("e", {})(document).ok());
    CHECK(document.endpoints.at("e").shadows.empty());
  }

  TEST_CASE("configure_backend: what is a shadow cannot become inline") {
    AppDocument document = two_backends();
    REQUIRE(create_endpoint(endpoint("e", "/e", {{"a", 1.0}}), true)(document).ok());
    REQUIRE(set_shadows("e", {{"b", 0.5}})(document).ok());
    const std::string patch = R"({"config":{"execution":"inline"}})";
    const Error error = refused(configure_backend("b", patch, AppLimits{}), document);
    CHECK(error.reason() == "inline_shadow");
    CHECK(error.pointer() == "/config/execution");
    CHECK(configure_backend("a", patch, AppLimits{})(document).ok());
  }

  TEST_CASE("create_backend: an equal one is no change, another one of that tag a conflict") {
    AppDocument document = two_backends();
    BackendSpec same = document.backends.at("a");
    CHECK(create_backend(same)(document).ok());
    same.handler = "other";
    CHECK(refused(create_backend(same), document).reason() == "backend_exists");
  }
}

}  // namespace
}  // namespace backplane::host
