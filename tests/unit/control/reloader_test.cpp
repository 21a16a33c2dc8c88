#include "host/control/reloader.hpp"

#include <doctest/doctest.h>

#include "tests/support/gate.hpp"
#include "tests/unit/control/controller_fixture.hpp"

namespace backplane::host {
namespace {

// Whose plugin `version` serves as backend "v".
struct ServingVersion {
  ServingVersion() {
    host.drop("version1", "version");
    REQUIRE(host.change(create_backend(spec())).ok());
  }
  static BackendSpec spec() {
    BackendSpec made;
    made.tag = "v";
    made.plugin = "version";
    made.handler = "version";
    return made;
  }

  ControllerFixture host;
};

}  // namespace

TEST_SUITE("control") {
  TEST_CASE("Reloader: a file that runs already changes nothing, and says which version that is") {
    ServingVersion serving;
    const auto first = serving.host.reload({.plugin = "version", .force = true}).get();
    REQUIRE(first.ok());
    CHECK(first.value().changed);
    CHECK(first.value().generation == 2);
    const auto again = serving.host.reload({.plugin = "version"}).get();
    REQUIRE(again.ok());
    CHECK_FALSE(again.value().changed);
    CHECK(again.value().sha256 == first.value().sha256);
  }

  TEST_CASE("Reloader: backends that are deleted while the file is read leave it without users") {
    for (const bool same_file : {true, false}) {
      CAPTURE(same_file);
      ServingVersion serving;
      if (!same_file) serving.host.drop("version2", "version");
      Gate loader;
      serving.host.hold_loader(loader);
      auto reload = serving.host.reload({.plugin = "version"});
      CHECK(serving.host.change(delete_backend("v")).ok());
      loader.open();
      const auto outcome = reload.get();
      REQUIRE_FALSE(outcome.ok());
      CHECK(outcome.error().reason() == "plugin_not_in_use");
      serving.host.on_control(
          [&] { CHECK_FALSE(serving.host.reloader().is_reloading("version")); });
    }
  }
}

}  // namespace backplane::host
