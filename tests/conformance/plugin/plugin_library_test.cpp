#include "host/plugin/plugin_library.hpp"

#include <dlfcn.h>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/plugin/mapped_object.hpp"
#include "host/plugin/staging_directory.hpp"
#include "tests/unit/plugin/temporary_directory.hpp"

namespace backplane::host {
namespace {

// Keeps what it gets until the test closes it.
class HeldReaper final : public LibraryReaper {
 public:
  void reap(std::unique_ptr<LoadedLibrary> library) override { held.push_back(std::move(library)); }
  std::vector<std::unique_ptr<LoadedLibrary>> held;
};

// Plugins loaded as the host loads them: staged, judged, opened.
class Loader {
 public:
  Loader() : staging_(StagingDirectory::create(folder_ / "staging")) {
    std::filesystem::create_directory(folder_ / "plugins");
    std::filesystem::permissions(folder_ / "plugins", std::filesystem::perms::owner_all);
  }

  Result<std::shared_ptr<PluginLibrary>> open(const std::string& from) {
    const std::string stem = std::filesystem::path(from).stem();
    folder_.copy(from, "plugins/" + stem + ".so");
    ++generation_;
    auto staged =
        staging_.value().stage(PluginDirectory(folder_ / "plugins"), stem + ".so", generation_);
    REQUIRE(staged.ok());
    path_ = staged.value().path();
    return PluginLibrary::open(
        {.staged = std::move(staged).value(), .plugin = stem, .generation = generation_}, reaper,
        options);
  }
  Result<std::shared_ptr<PluginLibrary>> fixture(const std::string& name) {
    return open(BACKPLANE_TEST_PLUGINS "/" + name + ".so");
  }
  // The reason of the refusal of fixture `name`.
  std::string refusal(const std::string& name) {
    const auto library = fixture(name);
    CHECK_FALSE(MappedObject::is_mapped(path_));
    CHECK_FALSE(std::filesystem::exists(path_));
    return library.ok() ? "accepted" : std::string(library.error().reason());
  }
  // A replica of the handler of fixture `name`, both named alike.
  Result<std::unique_ptr<HandlerInstance>> replica(const std::string& name,
                                                   std::string_view init = {}) {
    auto library = fixture(name);
    REQUIRE(library.ok());
    auto factory = library.value()->factory(name);
    REQUIRE(factory.ok());
    return factory.value()->create({.backend = "tag", .init_json = init});
  }

  const std::string& path() const { return path_; }  // of the last one staged

  HeldReaper reaper;
  LibraryOptions options;

 private:
  TemporaryDirectory folder_;
  Result<StagingDirectory> staging_;
  std::uint64_t generation_ = 0;
  std::string path_;
};

void run(HandlerInstance& instance, Exchange& exchange) {
  Exchange* const one[] = {&exchange};
  instance.execute(one);
}

// The answer of fixture `name` to a request with `query`.
HttpResponse answer(Loader& loader, const std::string& name, std::string_view query = {}) {
  auto replica = loader.replica(name);
  REQUIRE(replica.ok());
  Exchange exchange;
  exchange.request.method = "GET";
  exchange.request.query = query;
  run(*replica.value(), exchange);
  return std::move(exchange.response);
}

bool says(const HttpResponse& response, std::string_view words) {
  return response.body.find(words) != std::string::npos;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("B01 PluginLibrary: a plugin is loaded with its handlers, version and digest") {
    Loader loader;
    const auto library = loader.open(BACKPLANE_HELLO_PLUGIN);
    REQUIRE(library.ok());
    CHECK(library.value()->plugin() == "hello");
    CHECK(library.value()->sha256().size() == 64);
    CHECK(library.value()->report().note.name == "hello");
    REQUIRE(library.value()->handlers().size() == 1);
    CHECK(library.value()->handlers()[0].name == "hello");
    CHECK(MappedObject::is_mapped(loader.path()));
  }

  TEST_CASE("PluginLibrary: a handler serves and outlives whoever loaded it") {
    Loader loader;
    Exchange exchange;
    exchange.request.method = "GET";
    exchange.request.query = "name=ray";
    {
      std::unique_ptr<HandlerInstance> instance;
      {
        auto library = loader.open(BACKPLANE_HELLO_PLUGIN);
        REQUIRE(library.ok());
        auto factory = library.value()->factory("hello");
        REQUIRE(factory.ok());
        auto created = factory.value()->create({.backend = "tag", .init_json = {}});
        REQUIRE(created.ok());
        instance = std::move(created).value();
      }
      CHECK(loader.reaper.held.empty());
      run(*instance, exchange);
    }
    CHECK(exchange.response.body == "hello ray");
    // The last user is gone, on this thread; the library is still there until the loader closes it.
    REQUIRE(loader.reaper.held.size() == 1);
    CHECK(MappedObject::is_mapped(loader.path()));
    const UnloadReport report = loader.reaper.held[0]->close();
    CHECK_FALSE(report.pinned);
    CHECK(report.plugin == "hello");
    CHECK(report.generation == 1);
    CHECK_FALSE(MappedObject::is_mapped(loader.path()));
    loader.reaper.held.clear();
    CHECK_FALSE(std::filesystem::exists(loader.path()));
  }

  TEST_CASE("PluginLibrary: an unknown handler is refused with the names there are") {
    Loader loader;
    const auto library = loader.open(BACKPLANE_HELLO_PLUGIN);
    REQUIRE(library.ok());
    const auto factory = library.value()->factory("helo");
    REQUIRE_FALSE(factory.ok());
    CHECK(factory.error().reason() == "unknown_handler");
    CHECK(factory.error().message().find("'hello'") != std::string::npos);
  }

  TEST_CASE("B06 PluginLibrary: an undefined symbol is found when loading, and named") {
    Loader loader;
    const auto library = loader.fixture("undefined_symbol");
    REQUIRE_FALSE(library.ok());
    CHECK(library.error().reason() == "plugin_symbol");
    CHECK(library.error().message().find('/') == std::string::npos);
  }

  TEST_CASE("PluginLibrary: plugins whose tables break the contract are refused and unloaded") {
    Loader loader;
    for (const char* name : {"dup_handler_names", "null_entry", "bad_magic", "note_differs",
                             "bad_handler_name", "no_handlers", "null_execute"}) {
      CAPTURE(name);
      CHECK(loader.refusal(name) == "handshake_failed");
    }
    CHECK(loader.refusal("init_fails") == "plugin_init_failed");
    CHECK(loader.reaper.held.empty());
  }

  TEST_CASE("B04 PluginLibrary: a plugin of an older minor works without its optional functions") {
    Loader loader;
    auto replica = loader.replica("old_minor");
    REQUIRE(replica.ok());
    Exchange exchange;
    run(*replica.value(), exchange);
    CHECK(exchange.response.body == "old");
    CHECK(replica.value()->health().ok());
    CHECK(replica.value()->reconfigure("{}").error().reason() == "not_reconfigurable");
  }

  TEST_CASE("B07 PluginLibrary: plugins with the same C++ symbols each use their own") {
    Loader loader;
    const HttpResponse a = answer(loader, "same_symbol_a");
    const HttpResponse b = answer(loader, "same_symbol_b");
    CHECK(a.status == 200);
    CHECK(b.status == 200);
    CHECK(a.body != b.body);
  }

  TEST_CASE("B09 PluginLibrary: a constructor that throws is a refusal with its words") {
    Loader loader;
    const auto standard = loader.replica("ctorfail");
    REQUIRE_FALSE(standard.ok());
    CHECK(standard.error().reason() == "backend_init_failed");
    CHECK_FALSE(standard.error().message().empty());
    CHECK_FALSE(loader.replica("ctorfail_int").ok());
  }

  TEST_CASE("PluginLibrary: handlers that misbehave get the answers of faults.md 3.3") {
    Loader loader;
    CHECK(says(answer(loader, "throws_raw"), "handler_error"));
    CHECK(says(answer(loader, "throws_raw", "int"), "handler_error"));
    CHECK(says(answer(loader, "thr"), "handler_error"));
    CHECK(says(answer(loader, "never_completes"), "batch_size_mismatch"));
    CHECK(answer(loader, "completes_twice").body == "first");
    CHECK(says(answer(loader, "completes_wrong_status"), "handler_contract"));
    CHECK(says(answer(loader, "bad_header"), "bad_handler_response"));
    CHECK(says(answer(loader, "content_length"), "bad_handler_response"));
    CHECK(says(answer(loader, "status_999"), "bad_handler_response"));
    CHECK(answer(loader, "execute_fails").status >= 400);
    loader.options.max_response_bytes = 3U << 20U;
    const HttpResponse huge = answer(loader, "huge_answer");
    CHECK(huge.status == 502);
    CHECK(says(huge, "response_too_large"));
  }

#if !defined(__SANITIZE_ADDRESS__)  // which would report what is leaked on purpose
  TEST_CASE("PluginLibrary: a plugin that cannot be unmapped is reported as pinned") {
    Loader loader;
    { REQUIRE(loader.fixture("count").ok()); }
    // Somebody else keeps it, as a unique symbol or a thread of its own would.
    void* other = dlopen(loader.path().c_str(), RTLD_NOW | RTLD_LOCAL);
    REQUIRE(other != nullptr);
    REQUIRE(loader.reaper.held.size() == 1);
    CHECK(loader.reaper.held[0]->close().pinned);
    CHECK(loader.reaper.held[0]->close().pinned);
    dlclose(other);
    CHECK_FALSE(MappedObject::is_mapped(loader.path()));
  }
#endif

  TEST_CASE("PluginLibrary: fifty generations leave nothing mapped") {
    Loader loader;
    for (int i = 0; i < 50; ++i) {
      { REQUIRE(answer(loader, "count").status == 200); }
      REQUIRE(loader.reaper.held.size() == 1);
      CHECK_FALSE(loader.reaper.held[0]->close().pinned);
      loader.reaper.held.clear();
    }
  }
}

}  // namespace backplane::host
