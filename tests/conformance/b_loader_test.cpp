#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/app/host.hpp"
#include "tests/support/host_fixture.hpp"

namespace backplane::host {
namespace {

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

std::string backend_json(const std::string& plugin, const std::string& handler) {
  return R"({"plugin":")" + plugin + R"(","handler":")" + handler + R"("})";
}

Answer put_backend(const HostFixture& host, const std::string& tag, const std::string& json) {
  return host.admin("PUT", "/v1/backends/" + tag, json);
}

// What the admin listener says of the file: "loadable" or the word of its error.
std::string verdict_on(const HostFixture& host, const std::string& plugin) {
  const Answer answer = host.admin("GET", "/v1/plugins/" + plugin);
  REQUIRE_MESSAGE(answer.status() == 200, answer.body());
  return answer.at("/loadable") == "true" ? "loadable" : answer.text_at("/error/code");
}

// Whether a good plugin beside the bad ones answers.
void check_hello_serves(const HostFixture& host) {
  host.create_backend("hello", "hello");
  host.create_endpoint("hello", "/hello", R"({"hello":1})");
  CHECK(host.get("/hello").body() == "hello serve!");
}

std::string backends_of(const HostFixture& host) {
  return host.admin("GET", "/v1/backends").at("/backends");
}

// What the replicas of ctor_fail_third wrote, in an order that does not depend on their threads.
std::vector<std::string> sorted_lines(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Each "created i" has its "destroyed i", and nothing else is there.
void check_all_destroyed(const std::filesystem::path& journal) {
  const std::vector<std::string> lines = sorted_lines(journal);
  const auto middle = std::partition_point(
      lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("created "); });
  std::vector<std::string> created;
  for (auto line = lines.begin(); line != middle; ++line) created.push_back(line->substr(8));
  std::vector<std::string> destroyed;
  for (auto line = middle; line != lines.end(); ++line) destroyed.push_back(line->substr(10));
  CHECK(created == destroyed);
  CHECK(std::count(created.begin(), created.end(), "2") == 0);
}

}  // namespace

SCENARIO("B01: a plugin in the directory is listed with what it offers, and answers") {
  GIVEN("a host with hello in its plugin directory") {
    HostFixture host({"hello"});
    WHEN("a backend and an endpoint use it") {
      check_hello_serves(host);
      THEN("the listing names file, name, version, ABI, hash and handlers") {
        const Answer answer = host.admin("GET", "/v1/plugins");
        CHECK(answer.status() == 200);
        const std::string hello = "/plugins/hello";
        CHECK(answer.text_at(hello + "/file") == "hello.so");
        CHECK(answer.at(hello + "/loadable") == "true");
        CHECK(answer.text_at(hello + "/declared_name") == "hello");
        CHECK(!answer.text_at(hello + "/version").empty());
        CHECK(answer.text_at(hello + "/abi") == "1.1");
        CHECK(answer.text_at(hello + "/sha256").size() == 64);
        CHECK(answer.text_at(hello + "/generations/0/sha256") == answer.text_at(hello + "/sha256"));
        CHECK(answer.text_at(hello + "/generations/0/handlers/0/name") == "hello");
      }
    }
  }
}

SCENARIO("B02: a file without note or entry is refused with that reason; others load") {
  GIVEN("a directory with a library that is no plugin, one without entry, and a good one") {
    HostFixture host({"no_note", "missing_entry", "hello"});
    WHEN("backends ask for the bad ones") {
      const Answer no_note = put_backend(host, "a", backend_json("no_note", "well_formed"));
      const Answer no_entry = put_backend(host, "b", backend_json("missing_entry", "well_formed"));
      THEN("each is refused with its own reason, and the good one serves") {
        CHECK(no_note.refusal() == "422 no_backplane_note");
        CHECK(no_entry.refusal() == "422 no_entry_symbol");
        CHECK(verdict_on(host, "no_note") == "no_backplane_note");
        CHECK(verdict_on(host, "missing_entry") == "no_entry_symbol");
        CHECK(verdict_on(host, "hello") == "loadable");
        check_hello_serves(host);
      }
    }
  }
}

SCENARIO("B03: a plugin for a newer ABI is refused before its code runs, naming both versions") {
  // Set by the constructor of both fixtures, inside of dlopen.
  constexpr const char* kMark = "BACKPLANE_CORPUS_CONSTRUCTED";
  GIVEN("a plugin of the next major, one that needs a newer minor, and one that fits") {
    ::unsetenv(kMark);  // NOLINT(concurrency-mt-unsafe): before the host's threads exist
    HostFixture host({"future_major", "needs_newer_host", "static_constructor"});
    WHEN("backends ask for the two that do not fit") {
      const Answer major = put_backend(host, "a", backend_json("future_major", "well_formed"));
      const Answer minor = put_backend(host, "b", backend_json("needs_newer_host", "well_formed"));
      THEN("they are refused by number, and none of their code ran") {
        CHECK(major.refusal() == "422 abi_major_mismatch");
        CHECK(major.detail().find("2.1") != std::string::npos);
        CHECK(major.detail().find("1.1") != std::string::npos);
        CHECK(minor.refusal() == "422 host_too_old");
        CHECK(minor.detail().find("1.7") != std::string::npos);
        CHECK(minor.detail().find("1.1") != std::string::npos);
        host.stop();
        // NOLINTNEXTLINE(concurrency-mt-unsafe): after the host's threads have ended
        CHECK(::getenv(kMark) == nullptr);
      }
    }
    WHEN("a backend asks for the one that fits") {
      const Answer made = put_backend(host, "c", backend_json("static_constructor", "well_formed"));
      THEN("its constructor runs, so the other two would have been heard") {
        CHECK(made.status() == 201);
        host.stop();
        // NOLINTNEXTLINE(concurrency-mt-unsafe): after the host's threads have ended
        CHECK(::getenv(kMark) != nullptr);
      }
    }
  }
}

SCENARIO("B04: a plugin built for an older minor works, with defaults for what it lacks") {
  GIVEN("a plugin whose tables end before the optional functions") {
    HostFixture host({"old_minor"});
    WHEN("a backend uses it") {
      host.create_backend("old", "old_minor");
      host.create_endpoint("old", "/old", R"({"old":1})");
      THEN("it answers, and its missing reconfigure means that it takes no user_config") {
        CHECK(host.get("/old").body() == "old");
        const Answer refused = put_backend(
            host, "other",
            R"({"plugin":"old_minor","handler":"old_minor","config":{"user_config":{"a":1}}})");
        CHECK(refused.refusal() == "422 user_config_not_supported");
        CHECK(host.get("/old").body() == "old");
      }
    }
  }
}

SCENARIO("B05: a truncated file and a text file are refused, and nothing of them is registered") {
  GIVEN("half of a plugin and a text file beside a good plugin") {
    HostFixture host({"hello"});
    const std::string whole = bytes_of(host.plugin_directory() / "hello.so");
    write_file(host.plugin_directory() / "half.so", whole.substr(0, whole.size() / 2));
    write_file(host.plugin_directory() / "text.so",
               "This is not a plugin, whatever its name says, and it is longer than 64 bytes.\n");
    WHEN("backends ask for them") {
      const Answer half = put_backend(host, "half", backend_json("half", "hello"));
      const Answer text = put_backend(host, "text", backend_json("text", "hello"));
      THEN("both are refused, no backend exists, and the good one serves") {
        CHECK(half.refusal() == "422 truncated");
        CHECK(text.refusal() == "422 not_elf");
        CHECK(backends_of(host) == "{}");
        CHECK(verdict_on(host, "half") == "truncated");
        CHECK(verdict_on(host, "text") == "not_elf");
        check_hello_serves(host);
      }
    }
  }
}

SCENARIO("B06: a plugin with an undefined symbol fails when it is loaded, naming the symbol") {
  GIVEN("a plugin that calls what nobody defines") {
    HostFixture host({"undefined_symbol", "hello"});
    WHEN("a backend asks for it") {
      const Answer refused =
          put_backend(host, "broken", backend_json("undefined_symbol", "undefined_symbol"));
      THEN("the backend is refused with the symbol's name, before any request") {
        CHECK(refused.refusal() == "422 plugin_symbol");
        CHECK(refused.detail().find("backplane_fixture_that_nobody_defines") != std::string::npos);
        CHECK(backends_of(host) == "{}");
        check_hello_serves(host);
      }
    }
  }
}

SCENARIO("B07: two plugins that define the same global symbols use their own") {
  GIVEN("two plugins with one class and one function of the same name and other content") {
    HostFixture host({"same_symbol_a", "same_symbol_b"});
    WHEN("both serve") {
      for (const std::string letter : {"a", "b"}) {
        host.create_backend(letter, "same_symbol_" + letter);
        host.create_endpoint(letter, "/" + letter, R"({")" + letter + R"(":1})");
      }
      THEN("each answers with its own") {
        CHECK(host.get("/a").body() == "a");
        CHECK(host.get("/b").body() == "b");
        CHECK(host.get("/a").body() == "a");
      }
    }
  }
}

SCENARIO("B08: a name that is taken is refused, and the first one keeps serving") {
  GIVEN("a backend of plugin hello") {
    HostFixture host({"hello", "hello2", "dup_handler_names"});
    check_hello_serves(host);
    WHEN("another plugin's handler is to be a backend of the same name") {
      const Answer refused = put_backend(host, "hello", backend_json("hello2", "hello2"));
      THEN("it is refused, and the first one answers") {
        CHECK(refused.refusal() == "409 backend_exists");
        CHECK(host.get("/hello").body() == "hello serve!");
      }
    }
    WHEN("a plugin that has one handler name twice is used") {
      const Answer refused = put_backend(host, "twice", backend_json("dup_handler_names", "same"));
      THEN("the plugin is refused whole") {
        CHECK(refused.refusal() == "422 handshake_failed");
        CHECK(refused.detail().find("same") != std::string::npos);
        CHECK(host.admin("GET", "/v1/backends/twice").refusal() == "404 unknown_backend");
      }
    }
  }
}

SCENARIO("B09: a constructor that throws fails the backend with its message and leaves nothing") {
  GIVEN("plugins whose constructors throw a std::exception and an int") {
    HostFixture host({"ctorfail", "ctorfail_int", "hello"});
    WHEN("backends of several replicas use them") {
      const Answer thrown = put_backend(
          host, "x", R"({"plugin":"ctorfail","handler":"ctorfail","config":{"num_replicas":4}})");
      const Answer number = put_backend(
          host, "x",
          R"({"plugin":"ctorfail_int","handler":"ctorfail_int","config":{"num_replicas":4}})");
      THEN("both fail, nothing exists, and the tag can be used at once") {
        CHECK(thrown.refusal() == "422 backend_init_failed");
        CHECK(thrown.detail().find("model file missing") != std::string::npos);
        CHECK(number.refusal() == "422 backend_init_failed");
        CHECK(backends_of(host) == "{}");
        CHECK(host.admin("GET", "/v1/status").at("/revision") == "0");
        host.create_backend("x", "hello");
        host.create_endpoint("x", "/x", R"({"x":1})");
        CHECK(host.get("/x").body() == "hello serve!");
      }
    }
  }
}

SCENARIO("B10: when one replica of four fails, the others are destroyed and nothing is published") {
  GIVEN("a handler whose third replica does not start") {
    HostFixture host({"ctor_fail_third", "hello"});
    const std::filesystem::path journal = host.directory() / "journal";
    const std::string spec = R"({"plugin":"ctor_fail_third","handler":"ctor_fail_third",)"
                             R"("init":{"journal":")" +
                             journal.string() + R"("},"config":{"num_replicas":4}})";
    WHEN("a backend of four replicas is created") {
      const Answer refused = put_backend(host, "four", spec);
      THEN("it does not exist, and every replica that was made is gone") {
        CHECK(refused.refusal() == "422 backend_init_failed");
        CHECK(refused.detail().find("replica 2 cannot start") != std::string::npos);
        CHECK(backends_of(host) == "{}");
        host.stop();
        check_all_destroyed(journal);
      }
    }
  }
}

SCENARIO("B10: a new generation that fails to start leaves the old one serving") {
  GIVEN("a host whose app document has a backend of hello") {
    std::filesystem::path document;
    const std::string endpoints = R"(},"endpoints":{"e":{"route":"/e","traffic":{"b":1}}}})";
    HostFixture host({"ctor_fail_third", "hello"}, [&](HostConfig& config) {
      document = config.state_directory.parent_path() / "app.json";
      write_file(document, R"({"backends":{"b":)" + backend_json("hello", "hello") + endpoints);
      config.app_file = document;
    });
    REQUIRE(host.get("/e").body() == "hello serve!");
    WHEN("the document wants a handler that does not start under the same tag") {
      const std::filesystem::path journal = host.directory() / "journal";
      write_file(document, R"({"backends":{"b":{"plugin":"ctor_fail_third",)"
                           R"("handler":"ctor_fail_third","config":{"num_replicas":4},)"
                           R"("init":{"journal":")" +
                               journal.string() + R"("}})" + endpoints);
      const Status reloaded = host.host().reload_app();
      THEN("nothing has changed, and what was made for it is gone") {
        REQUIRE(!reloaded.ok());
        CHECK(reloaded.error().reason() == "backend_init_failed");
        CHECK(host.get("/e").header("Backplane-Backend") == "b@1");
        CHECK(host.get("/e").body() == "hello serve!");
        host.stop();
        check_all_destroyed(journal);
      }
    }
  }
}

}  // namespace backplane::host
