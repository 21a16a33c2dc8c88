#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "host/config/app_document_reader.hpp"
#include "host/config/host_config_reader.hpp"
#include "tests/unit/config/source_file.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("config") {
  TEST_CASE("config/*.json: every sample of a host configuration is accepted") {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(source_path("config"))) {
      if (entry.path().extension() != ".json") continue;
      CAPTURE(entry.path());
      const auto config = load_host_config(entry.path());
      CHECK(config.ok());
      ++count;
    }
    CHECK(count >= 2);
  }

  TEST_CASE("config/apps/*.json: every sample of an app document is accepted") {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(source_path("config/apps"))) {
      CAPTURE(entry.path());
      const auto document = load_app_document(entry.path(), AppLimits{});
      CHECK(document.ok());
      ++count;
    }
    CHECK(count >= 2);
  }

  TEST_CASE("config/backplane.json: the quickstart asks for no token, on loopback, and says so") {
    const auto config = load_host_config(source_path("config/backplane.json"));
    REQUIRE(config.ok());
    CHECK(config.value().admin_auth == AdminAuth::kNone);
    CHECK(config.value().admin.address == "127.0.0.1");
    CHECK(config.value().data.port == 8000);
    CHECK(config.value().admin.port == 8001);
    CHECK(config.value().app_file == source_path("config/apps/quickstart.json"));
    CHECK(config.value().plugin_directory == source_path("build/release/plugins"));
    CHECK(config.value().watch_plugins);
  }

  TEST_CASE("config/production.json: the admin listener asks for its token") {
    const auto config = load_host_config(source_path("config/production.json"));
    REQUIRE(config.ok());
    CHECK(config.value().admin_auth == AdminAuth::kToken);
  }

  TEST_CASE("config/apps/quickstart.json: its app file is one that the quickstart can serve") {
    const auto document =
        load_app_document(source_path("config/apps/quickstart.json"), AppLimits{});
    REQUIRE(document.ok());
    for (const char* name : {"hello", "counter", "batching", "echo", "textstats",
                             "streaming_tokens", "proxy_async", "kv_cache", "ensemble"}) {
      CAPTURE(name);
      REQUIRE(document.value().endpoints.contains(name));
      CHECK(document.value().endpoints.at(name).traffic == Weights{{name, 1.0}});
    }
    CHECK(document.value().backends.at("batching").config.max_batch_size == 8);
  }
}

}  // namespace
}  // namespace backplane::host
