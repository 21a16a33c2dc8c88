#include "host/control/document_diff.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

AppDocument document() {
  AppDocument document;
  for (const std::string tag : {"a", "b"}) {
    BackendSpec spec;
    spec.tag = tag;
    spec.plugin = "hello";
    spec.handler = "hello";
    document.backends.emplace(tag, spec);
  }
  EndpointSpec split;
  split.name = "split";
  split.route = "/split";
  split.traffic = {{"a", 0.7}, {"b", 0.3}};
  document.endpoints.emplace("split", split);
  return document;
}

std::string text(const AppDocument& from, const AppDocument& to) {
  std::string text;
  JsonWriter json(text);
  write_diff(diff(from, to), json);
  return text;
}

}  // namespace

TEST_SUITE("control") {
  TEST_CASE("diff: equal documents differ in nothing") {
    CHECK(text(document(), document()) == "[]");
  }

  TEST_CASE("diff: what was added or removed is told whole, and in the order of paths") {
    AppDocument to = document();
    to.backends.erase("a");
    to.backends["c"] = document().backends.at("a");
    EndpointSpec empty;
    empty.name = "e";
    to.endpoints.emplace("e", empty);
    const std::string backend =
        R"({"plugin":"hello","handler":"hello","config":{"execution":"replica","num_replicas":1,)"
        R"("max_batch_size":1,"batch_wait_timeout_ms":0,"max_concurrent_queries":0,"max_queue":0,)"
        R"("request_timeout_ms":30000,"mix_content_types":true}})";
    CHECK(text(document(), to) ==
          R"([{"op":"remove","path":"/backends/a","from":)" + backend +
              R"(},{"op":"add","path":"/backends/c","to":)" + backend +
              R"(},{"op":"add","path":"/endpoints/e","to":{"route":null,"methods":["GET"],)"
              R"("traffic":{},"policy":"random","shadows":{}}}])");
  }

  TEST_CASE("diff: of what changed only the members are told") {
    AppDocument to = document();
    to.backends.at("a").config.num_replicas = 4;
    EndpointSpec& split = to.endpoints.at("split");
    split.traffic = {{"a", 1.0}};
    split.shadows = {{"b", 0.5}};
    split.route.reset();
    split.methods = {"GET", "POST"};
    CHECK(text(document(), to) ==
          R"([{"op":"replace","path":"/backends/a/config/num_replicas","from":1,"to":4},)"
          R"({"op":"replace","path":"/endpoints/split/methods","from":["GET"],)"
          R"("to":["GET","POST"]},)"
          R"({"op":"replace","path":"/endpoints/split/route","from":"/split","to":null},)"
          R"({"op":"add","path":"/endpoints/split/shadows/b","to":0.5},)"
          R"({"op":"replace","path":"/endpoints/split/traffic/a","from":0.7,"to":1.0},)"
          R"({"op":"remove","path":"/endpoints/split/traffic/b","from":0.3}])");
  }

  TEST_CASE("diff: it goes into init and user_config, whose names may hold any character") {
    AppDocument from = document();
    AppDocument to = document();
    from.backends.at("a").init_json = R"({"m":{"a/b":1,"~":[1,2]},"x":null})";
    to.backends.at("a").init_json = R"({"m":{"a/b":2,"~":[1,3]}})";
    to.backends.at("b").config.user_config_json = R"({"k":1})";
    CHECK(text(from, to) ==
          R"([{"op":"replace","path":"/backends/a/init/m/a~1b","from":1,"to":2},)"
          R"({"op":"replace","path":"/backends/a/init/m/~0","from":[1,2],"to":[1,3]},)"
          R"({"op":"remove","path":"/backends/a/init/x","from":null},)"
          R"({"op":"add","path":"/backends/b/config/user_config","to":{"k":1}}])");
  }

  TEST_CASE("diff: the same members in another order are another value") {
    AppDocument from = document();
    AppDocument to = document();
    from.backends.at("a").init_json = R"({"a":1,"b":2})";
    to.backends.at("a").init_json = R"({"b":2,"a":1})";
    CHECK(
        text(from, to) ==
        R"([{"op":"replace","path":"/backends/a/init","from":{"a":1,"b":2},"to":{"b":2,"a":1}}])");
  }
}

}  // namespace backplane::host
