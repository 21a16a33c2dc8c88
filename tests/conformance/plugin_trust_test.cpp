#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

#include <doctest/doctest.h>

#include "host/plugin/sha256.hpp"
#include "tests/support/background_load.hpp"
#include "tests/support/built_plugin.hpp"
#include "tests/support/host_directory.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/host_process.hpp"
#include "tests/support/reload_contract.hpp"
#include "tests/support/signing_key.hpp"
#include "tests/support/spoiled_host.hpp"

namespace backplane::host {
namespace {

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Under another name first, as operators do it.
void drop(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file.string() + ".tmp", std::ios::binary) << bytes;
  std::filesystem::rename(file.string() + ".tmp", file);
}

void drop(const std::filesystem::path& file, const SigningKey::Signature& signature) {
  drop(file, std::string(signature.begin(), signature.end()));
}

std::string sha256_of_bytes(const std::string& bytes) {
  Sha256 digest;
  digest.update(std::as_bytes(std::span(bytes)));
  return digest.finish();
}

// The same plugin with a byte behind its end: as sound a file, of another digest.
std::string with_one_more_byte(std::string bytes) {
  bytes += '\n';
  return bytes;
}

// The last line of the audit log.
std::string last_attempt(const HostFixture& host) {
  std::ifstream log(host.directory() / "state" / "audit.jsonl");
  std::string last;
  for (std::string line; std::getline(log, line);) last = line;
  return last;
}

// How the host answers to a backend of `plugin`, and what its listing says of the file.
std::string tried(const HostFixture& host, const std::string& plugin) {
  const Answer made = host.admin("PUT", "/v1/backends/" + plugin,
                                 R"({"plugin":")" + plugin + R"(","handler":")" + plugin + R"("})");
  const Answer listed = host.admin("GET", "/v1/plugins/" + plugin);
  return (made.status() == 201 ? "201" : made.refusal()) + ", " +
         (listed.at("/loadable") == "true" ? "loadable" : listed.text_at("/error/code"));
}

void check_hello_serves(const HostFixture& host) {
  CHECK(tried(host, "hello") == "201, loadable");
  host.create_endpoint("hello", "/hello", R"({"hello":1})");
  CHECK(host.get("/hello").body() == "hello serve!");
}

// A host that wants every plugin signed with `key`.
HostFixture::Adjust wanting(const SigningKey& key) {
  return [&key](HostConfig& config) {
    config.signing_key = config.plugin_directory.parent_path() / "key.pem";
    std::ofstream(*config.signing_key) << key.public_pem();
  };
}

}  // namespace

SCENARIO("an allow-list lets in the files it lists, and nothing else") {
  GIVEN("a host that may load hello as it was built") {
    HostFixture host({"hello", "counter"}, [](HostConfig& config) {
      const std::string good = sha256_of_bytes(bytes_of(config.plugin_directory / "hello.so"));
      config.allowed_plugins["hello"] = {std::string(64, '0'), good};
    });
    const std::filesystem::path hello = host.plugin_directory() / "hello.so";
    WHEN("backends of hello and of another plugin are created") {
      THEN("hello serves, and the other one is forbidden") {
        CHECK(tried(host, "counter") == "403 not_on_allow_list, not_on_allow_list");
        check_hello_serves(host);
      }
    }
    WHEN("the file has one more byte") {
      const std::string good = bytes_of(hello);
      drop(hello, with_one_more_byte(good));
      THEN("it is refused until the good file is back, and its digest is told") {
        CHECK(tried(host, "hello") == "422 sha256_mismatch, sha256_mismatch");
        CHECK(host.admin("GET", "/v1/plugins/hello").text_at("/sha256") ==
              sha256_of_bytes(bytes_of(hello)));
        drop(hello, good);
        check_hello_serves(host);
      }
    }
    WHEN("the file is no plugin at all") {
      drop(hello, std::string(1000, 'x'));
      THEN("that is said first") {
        CHECK(tried(host, "hello") == "422 not_elf, not_elf");
      }
    }
  }
}

SCENARIO("with a signing key, only what was signed with it is loaded") {
  const SigningKey key;
  GIVEN("a host with the key, and hello without a signature") {
    HostFixture host({"hello"}, wanting(key));
    const std::filesystem::path hello = host.plugin_directory() / "hello.so";
    const std::filesystem::path signature = host.plugin_directory() / "hello.so.sig";
    const std::string bytes = bytes_of(hello);
    WHEN("a backend asks for it") {
      THEN("it is forbidden until its signature is there") {
        CHECK(tried(host, "hello") == "403 bad_signature, bad_signature");
        drop(signature, key.sign_file(bytes));
        check_hello_serves(host);
      }
    }
    WHEN("it is signed with another key") {
      drop(signature, SigningKey().sign_file(bytes));
      THEN("it is forbidden") {
        CHECK(tried(host, "hello") == "403 bad_signature, bad_signature");
      }
    }
    WHEN("its signature is that of other bytes") {
      drop(signature, key.sign_file(bytes));
      drop(hello, with_one_more_byte(bytes));
      THEN("it is forbidden") {
        CHECK(tried(host, "hello") == "403 bad_signature, bad_signature");
      }
    }
    WHEN("the signature is listed once and then taken away") {
      drop(signature, key.sign_file(bytes));
      const std::string with = host.admin("GET", "/v1/plugins/hello").at("/loadable");
      std::filesystem::remove(signature);
      THEN("the listing follows") {
        CHECK(with == "true");
        CHECK(tried(host, "hello") == "403 bad_signature, bad_signature");
      }
    }
  }
}

SCENARIO("faults 59: a reload takes no file that is not allowed or not signed") {
  const SigningKey key;
  const auto digest_of = [](const char* name) {
    return sha256_of_bytes(bytes_of(built_plugin(name)));
  };
  GIVEN("a host that may load versions 1 and 2 when they are signed, and serves version 1") {
    VersionHost host([&](HostConfig& config) {
      config.allowed_plugins["version"] = {digest_of("version1"), digest_of("version2")};
      wanting(key)(config);
      drop(config.plugin_directory / "version.so.sig",
           key.sign_file(bytes_of(built_plugin("version1"))));
    });
    const ReloadContract contract(host);
    BackgroundLoad load(host.data_port(), "/v");
    const auto check_refused = [&](const std::string& refusal) {
      const Answer answer = host.reload();
      CHECK(answer.refusal() == refusal);
      CHECK(answer.text_at("/stage") == "staging");
      contract.check(answer);
      const std::string attempt = last_attempt(host);
      CHECK_MESSAGE(attempt.find('"' + answer.code() + '"') != std::string::npos, attempt);
      CHECK(load.wait_answered(8));
      CHECK(kinds(load.stop()) == "v1");
    };
    WHEN("a version that is not on the list is dropped") {
      host.drop("version3");
      THEN("it is refused") {
        check_refused("422 sha256_mismatch");
      }
    }
    WHEN("a version of the list is dropped beside the signature of another") {
      host.drop("version2");
      THEN("it is forbidden until it is signed") {
        check_refused("403 bad_signature");
        drop(host.plugin_directory() / "version.so.sig",
             key.sign_file(bytes_of(built_plugin("version2"))));
        CHECK(host.reload().status() == 200);
        CHECK(host.get("/v").body() == "v2");
      }
    }
  }
}

SCENARIO("a signing key that cannot be used ends the start with one line") {
  GIVEN("a configuration that names a key, relative to itself") {
    const HostDirectory directory;
    directory.write("config.json", R"({"data":{"port":0},"admin":{"auth":"none","port":0},)"
                                   R"("plugins":{"directory":"plugins","signing_key":"key.pem"}})");
    WHEN("there is no such file") {
      const ProcessEnd end = HostProcess::run(directory.serve_arguments());
      THEN("the line names it, and the configuration is to blame") {
        CHECK(end.code == 78);
        CHECK_MESSAGE(end.errors.find("key.pem") != std::string::npos, end.errors);
      }
    }
    WHEN("it is a key of another kind") {
      directory.write("key.pem", SigningKey("ED448").public_pem());
      const ProcessEnd end = HostProcess::run(directory.serve_arguments());
      THEN("the line says what is wanted") {
        CHECK(end.code == 78);
        CHECK_MESSAGE(end.errors.find("Ed25519") != std::string::npos, end.errors);
      }
    }
    WHEN("it is an Ed25519 key") {
      directory.write("key.pem", SigningKey().public_pem());
      HostProcess serving(directory.serve_arguments());
      THEN("the host starts") {
        CHECK(serving.wait_ready());
      }
    }
  }
}

}  // namespace backplane::host
