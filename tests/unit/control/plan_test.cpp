#include "host/control/plan.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

BackendSpec backend(const std::string& tag, const std::string& handler = "hello") {
  BackendSpec spec;
  spec.tag = tag;
  spec.plugin = "hello";
  spec.handler = handler;
  return spec;
}

AppDocument with(std::initializer_list<BackendSpec> backends) {
  AppDocument document;
  for (const BackendSpec& spec : backends) document.backends.emplace(spec.tag, spec);
  return document;
}

TEST_SUITE("control") {
  TEST_CASE("plan: the same state needs nothing") {
    CHECK(plan(with({backend("a")}), {}, with({backend("a")})) == Plan{});
  }

  TEST_CASE("plan: a backend that is new is started, one that is gone is stopped") {
    const Plan steps =
        plan(with({backend("a"), backend("b")}), {}, with({backend("b"), backend("c")}));
    CHECK(steps.start == std::vector<std::string>{"c"});
    CHECK(steps.stop == std::vector<std::string>{"a"});
  }

  TEST_CASE("plan: a backend that differs is started anew beside the one that serves") {
    const Plan steps = plan(with({backend("a")}), {}, with({backend("a", "other")}));
    CHECK(steps.start == std::vector<std::string>{"a"});
    CHECK(steps.stop == std::vector<std::string>{"a"});
  }

  TEST_CASE("plan: replicas that run take a configuration that they can take") {
    BackendSpec scaled = backend("a");
    scaled.config.num_replicas = 3;
    const Plan steps = plan(with({backend("a")}), {}, with({scaled}));
    CHECK(steps.update == std::vector<std::string>{"a"});
    CHECK(steps.start.empty());
    CHECK(steps.stop.empty());
  }

  TEST_CASE("plan: a backend that is down has no replicas, so that a change starts it") {
    BackendSpec scaled = backend("a");
    scaled.config.num_replicas = 3;
    const Plan steps = plan(with({backend("a")}), {"a"}, with({scaled}));
    CHECK(steps.update.empty());
    CHECK(steps.start == std::vector<std::string>{"a"});
    CHECK(plan(with({backend("a")}), {"a"}, with({backend("a")})) == Plan{});
  }

  TEST_CASE("plan: endpoints alone need no steps") {
    AppDocument desired = with({backend("a")});
    desired.endpoints["e"].name = "e";
    CHECK(plan(with({backend("a")}), {}, desired) == Plan{});
  }
}

}  // namespace
}  // namespace backplane::host
