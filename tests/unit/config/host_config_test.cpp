#include "host/config/host_config.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/host_config_reader.hpp"
#include "tests/unit/config/read_json.hpp"

namespace backplane::host {
namespace {

using std::chrono::milliseconds;

HostConfig read_good(std::string_view text) {
  std::vector<Error> errors;
  HostConfig config = read_host_config(read_json(text).root(), "/etc/bp", errors);
  CAPTURE(text);
  REQUIRE(errors.empty());
  return config;
}

std::vector<std::string> places_of(std::string_view text) {
  std::vector<Error> errors;
  read_host_config(read_json(text).root(), "", errors);
  std::vector<std::string> places;
  places.reserve(errors.size());
  for (const Error& error : errors) {
    places.push_back(std::string(error.reason()) + " " + error.pointer());
  }
  return places;
}

std::string message_of(std::string_view text) {
  std::vector<Error> errors;
  read_host_config(read_json(text).root(), "", errors);
  REQUIRE(errors.size() == 1);
  return errors.front().message();
}

TEST_SUITE("config") {
  TEST_CASE("HostConfig: an empty document is the documented defaults") {
    const HostConfig config = read_good("{}");
    CHECK(config.data.address == "127.0.0.1");
    CHECK(config.data.port == 8000);
    CHECK(config.data.max_connections == 16384);
    CHECK(config.admin.port == 8001);
    CHECK(config.admin.io_threads == 1);
    CHECK(config.admin.max_connections == 256);
    CHECK(config.admin_auth == AdminAuth::kToken);
    CHECK(config.plugin_directory == "/etc/bp/plugins");
    CHECK(config.allowed_plugins.empty());
    CHECK_FALSE(config.signing_key.has_value());
    CHECK(config.probe_plugins);
    CHECK(config.probe_timeout == milliseconds(10'000));
    CHECK_FALSE(config.watch_plugins);
    CHECK(config.watch_settle == milliseconds(200));
    CHECK(config.state_directory == "/etc/bp/state");
    CHECK_FALSE(config.app_file.has_value());
    CHECK_FALSE(config.tolerant);
    CHECK_FALSE(config.debug_errors);
    CHECK(config.name_backend);
    CHECK(config.metrics);
    CHECK(config.log_level == LogLevel::kInfo);
    CHECK(config.init_timeout == milliseconds(30'000));
    CHECK(config.drain_delay == milliseconds(0));
    CHECK(config.grace == milliseconds(30'000));
    CHECK(config.app_limits.max_replicas == 256);
  }

  TEST_CASE("HostConfig: every key outside the listeners is read") {
    const HostConfig config = read_good(R"({
      "admin": {"auth": "none"}, "plugins": {"directory": "../p", "probe": false,
      "probe_timeout_ms": 100, "watch": true, "watch_settle_ms": 10}, "state": {"directory": "/s"}, "app": "a.json", "tolerant": true, "debug_errors": true, "name_backend": false,
      "metrics": false,
      "log": {"level": "debug"},
      "startup": {"init_timeout_ms": 1}, "shutdown": {"drain_delay_ms": 2, "grace_ms": 3},
      "limits": {"max_replicas": 4, "max_response_bytes": 5000}, "$comment": "x"})");
    CHECK(config.admin_auth == AdminAuth::kNone);
    CHECK(config.plugin_directory == "/etc/p");
    CHECK_FALSE(config.probe_plugins);
    CHECK(config.probe_timeout == milliseconds(100));
    CHECK(config.watch_plugins);
    CHECK(config.watch_settle == milliseconds(10));
    CHECK(config.state_directory == "/s");
    CHECK(config.app_file == "/etc/bp/a.json");
    CHECK(config.tolerant);
    CHECK(config.debug_errors);
    CHECK_FALSE(config.name_backend);
    CHECK_FALSE(config.metrics);
    CHECK(config.log_level == LogLevel::kDebug);
    CHECK(config.init_timeout == milliseconds(1));
    CHECK(config.drain_delay == milliseconds(2));
    CHECK(config.grace == milliseconds(3));
    CHECK(config.app_limits.max_replicas == 4);
    CHECK(config.max_response_bytes == 5000);
  }

  TEST_CASE("HostConfig: every key of a listener is read") {
    const HostConfig config = read_good(R"({"data": {
      "address": "::1", "port": 1, "io_threads": 2, "max_connections": 3, "max_target_bytes": 64,
      "max_head_bytes": 256, "max_header_fields": 6, "max_body_bytes": 7,
      "max_pipelined_bytes": 1024, "first_byte_timeout_ms": 9, "head_timeout_ms": 10,
      "idle_timeout_ms": 11, "body_timeout_ms": 12, "body_min_bytes_per_second": 13,
      "write_stall_timeout_ms": 14, "linger_timeout_ms": 15, "linger_bytes": 16}})");
    const ListenerConfig& data = config.data;
    CHECK(data.address == "::1");
    CHECK(data.port == 1);
    CHECK(data.io_threads == 2);
    CHECK(data.max_connections == 3);
    CHECK(data.max_target_bytes == 64);
    CHECK(data.max_head_bytes == 256);
    CHECK(data.max_header_fields == 6);
    CHECK(data.max_body_bytes == 7);
    CHECK(data.max_pipelined_bytes == 1024);
    CHECK(data.first_byte_timeout == milliseconds(9));
    CHECK(data.head_timeout == milliseconds(10));
    CHECK(data.idle_timeout == milliseconds(11));
    CHECK(data.body_timeout == milliseconds(12));
    CHECK(data.body_min_bytes_per_second == 13);
    CHECK(data.write_stall_timeout == milliseconds(14));
    CHECK(data.linger_timeout == milliseconds(15));
    CHECK(data.linger_bytes == 16);
  }

  TEST_CASE("HostConfig: an allow-list may give a plugin several digests, in either case") {
    const std::string first = std::string(32, 'a') + std::string(32, '0');
    const std::string second(64, '9');
    const HostConfig config = read_good(
        R"({"plugins": {"signing_key": "../key.pem", "allow": [
      {"name": "a", "sha256": ")" +
        std::string(32, 'A') + std::string(32, '0') + R"("}, {"name": "b.2", "sha256": ")" +
        second + R"("}, {"$comment": "older", "name": "a", "sha256": ")" + second + "\"}]}}");
    CHECK(config.signing_key == "/etc/key.pem");
    CHECK(config.plugin_directory == "/etc/bp/plugins");
    CHECK(config.allowed_plugins == std::map<std::string, std::vector<std::string>>{
                                        {"a", {first, second}}, {"b.2", {second}}});
    CHECK(read_good(R"({"plugins": {"allow": []}})").allowed_plugins.empty());
  }

  TEST_CASE("HostConfig: a mistake in an allow-list is an error, never a shorter list") {
    const std::string digest(64, 'a');
    CHECK(places_of(R"({"plugins": {"signing_key": "", "allow": [
            {"name": "../a", "sha256": ")" +
                    digest + R"("}, {"name": "a", "sha256": ")" + digest + R"(0"}, {"name": "a"},
            {"sha256": ")" +
                    digest + R"("}, {"name": "a", "sha256": ")" + std::string(64, 'g') +
                    R"("}, "a", {"name": 1, "sha256": ")" + digest + R"(", "sha265": ""}]}})") ==
          std::vector<std::string>{
              "bad_plugin_name /plugins/allow/0/name", "invalid_argument /plugins/allow/1/sha256",
              "missing_field /plugins/allow/2", "missing_field /plugins/allow/3",
              "invalid_argument /plugins/allow/4/sha256", "invalid_argument /plugins/allow/5",
              "bad_plugin_name /plugins/allow/6/name", "unknown_field /plugins/allow/6/sha265",
              "invalid_argument /plugins/signing_key"});
    CHECK(places_of(R"({"plugins": {"allow": {"a": ")" + digest + "\"}}}") ==
          std::vector<std::string>{"invalid_argument /plugins/allow"});
  }

  TEST_CASE("HostConfig: all errors are found, each with its pointer") {
    CHECK(places_of(R"({"data": {"port": 65536, "io_thread": 1}, "admin": {"auth": "maybe"},
                        "log": {"level": "loud"}, "tolerant": 1, "app": 7, "datum": {},
                        "plugins": {"directory": ""}, "shutdown": []})") ==
          std::vector<std::string>{"invalid_argument /data/port", "unknown_field /data/io_thread",
                                   "invalid_argument /admin/auth",
                                   "invalid_argument /plugins/directory", "invalid_argument /app",
                                   "invalid_argument /tolerant", "invalid_argument /log/level",
                                   "invalid_argument /shutdown", "unknown_field /datum"});
    CHECK(places_of("[]") == std::vector<std::string>{"invalid_argument "});
    CHECK(places_of(R"({"data":{"address":"localhost"}})") ==
          std::vector<std::string>{"invalid_argument /data/address"});
  }

  TEST_CASE("HostConfig: either listener speaks TLS with files that the document names") {
    const HostConfig config = read_good(R"({"data": {"tls": {
      "certificate": "tls/data.pem", "key": "/run/data.key", "client_ca": "../ca.pem",
      "min_version": "1.3", "handshake_timeout_ms": 7}},
      "admin": {"tls": {"certificate": "a.pem", "key": "a.key"}}})");
    REQUIRE(config.data.tls.has_value());
    CHECK(config.data.tls->certificate == "/etc/bp/tls/data.pem");
    CHECK(config.data.tls->key == "/run/data.key");
    CHECK(config.data.tls->client_ca == "/etc/ca.pem");
    CHECK(config.data.tls->min_version == TlsVersion::kTls13);
    CHECK(config.data.tls->handshake_timeout == milliseconds(7));
    REQUIRE(config.admin.tls.has_value());
    CHECK(config.admin.tls->certificate == "/etc/bp/a.pem");
    CHECK_FALSE(config.admin.tls->client_ca.has_value());
    CHECK(config.admin.tls->min_version == TlsVersion::kTls12);
    CHECK(config.admin.tls->handshake_timeout == milliseconds(5000));
    CHECK_FALSE(read_good("{}").data.tls.has_value());
  }

  TEST_CASE("HostConfig: TLS without its files, or of an old version, is an error") {
    CHECK(places_of(R"({"data":{"tls":{}},"admin":{"tls":true}})") ==
          std::vector<std::string>{"missing_field /data/tls", "missing_field /data/tls",
                                   "invalid_argument /admin/tls"});
    CHECK(places_of(R"({"data":{"tls":{"certificate":"","key":1,"client_ca":null,
                       "min_version":"1.1","handshake_timeout_ms":0,"ca":"x"}}})") ==
          std::vector<std::string>{
              "invalid_argument /data/tls/certificate", "invalid_argument /data/tls/key",
              "invalid_argument /data/tls/client_ca", "invalid_argument /data/tls/min_version",
              "invalid_argument /data/tls/handshake_timeout_ms", "unknown_field /data/tls/ca"});
  }

  // design.md 1.1, faults.md 5.1.
  TEST_CASE("HostConfig: an admin listener that others could reach wants a token and TLS") {
    const std::string tls = R"(,"tls":{"certificate":"a.pem","key":"a.key"})";
    for (const std::string address : {"0.0.0.0", "::", "192.168.1.1", "::ffff:127.0.0.1"}) {
      CAPTURE(address);
      const std::string begin = R"({"admin":{"address":")" + address + '"';
      const std::string open = begin + R"(,"auth":"none")";
      CHECK(message_of(begin + "}}").find("without TLS, wanted 'admin.tls'") != std::string::npos);
      CHECK(places_of(open + tls + "}}") ==
            std::vector<std::string>{"invalid_argument /admin/auth"});
      CHECK(places_of(open + "}}") == std::vector<std::string>{"invalid_argument /admin/auth"});
      CHECK(read_good(begin + tls + "}}").admin.address == address);
    }
    CHECK(read_good(R"({"admin":{"address":"127.9.9.9","auth":"none"}})").admin.address ==
          "127.9.9.9");
    CHECK(read_good(R"({"admin":{"address":"::1"}})").admin.address == "::1");
  }

  TEST_CASE("HostConfig: two listeners do not share a port, unless the kernel chooses both") {
    CHECK(message_of(R"({"data":{"port":9},"admin":{"port":9}})") ==
          "found port 9 for both listeners, wanted two different ones");
    CHECK(read_good(R"({"data":{"port":0},"admin":{"port":0}})").data.port == 0);
    CHECK(places_of(R"({"data":{"max_head_bytes":256}})") ==
          std::vector<std::string>{"invalid_argument /data/max_target_bytes"});
  }
}

}  // namespace
}  // namespace backplane::host
