#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "host/admin/audit_verifier.hpp"
#include "host/base/clock.hpp"
#include "host/json/json_reader.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/host_process.hpp"
#include "tests/support/secured_host.hpp"

namespace backplane::host {
namespace {

using Fields = SecuredHost::Fields;

const std::pair<std::string, std::string> json{"Content-Type", "application/json"};
const std::string traffic = R"({"hello":1})";
constexpr std::string_view kEndpoint = "/v1/endpoints/hello";
constexpr std::string_view kTraffic = "/v1/endpoints/hello/traffic";

std::filesystem::path log_of(const HostFixture& host) {
  return host.directory() / "state" / "audit.jsonl";
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> lines_of(const HostFixture& host) {
  std::vector<std::string> lines;
  std::ifstream stream(log_of(host));
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string text_of(const JsonValue& line, std::string_view name) {
  const auto value = line.find(name);
  if (!value) return "-";
  if (const auto text = value->string()) return std::string(*text);
  return std::string(value->source());
}

// What the line says, without what differs from run to run:
// "outcome reader/read PUT /v1/… 403 role_required 2>3".
std::string told(const std::string& line) {
  const auto document = parse_json(line);
  REQUIRE_MESSAGE(document.ok(), line);
  const JsonValue root = document.value().root();
  return text_of(root, "event") + " " + text_of(root, "token") + "/" + text_of(root, "role") + " " +
         text_of(root, "action") + " " + text_of(root, "object") + " " + text_of(root, "status") +
         " " + text_of(root, "code") + " " + text_of(root, "revision_before") + ">" +
         text_of(root, "revision_after");
}

// What an admin call with these fields is answered, and the lines that stand in the log when the
// answer is here and did not before.
std::vector<std::string> recorded(const SecuredHost& host, std::string_view method,
                                  std::string_view path, const Fields& fields,
                                  std::string_view body = {}) {
  const std::size_t before = lines_of(host.fixture()).size();
  RawClient client(host.fixture().admin_port());
  REQUIRE(client.ask(request_text(method, path, fields, body)).has_value());
  std::vector<std::string> lines = lines_of(host.fixture());
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(before));
  std::transform(lines.begin(), lines.end(), lines.begin(), told);
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

SCENARIO("the audit log has who tried what, and what came of it, before the answer is given") {
  GIVEN("a host that asks for tokens, at revision 2") {
    SecuredHost host;
    const Fields deploy{bearer(host.deploy_token()), json};
    const Fields op{bearer(SecuredHost::kOperator), json};
    WHEN("a call changes something, or finds it as it was asked for") {
      THEN("its intent and its outcome are there, with the revisions between them") {
        CHECK(recorded(host, "PUT", kTraffic, op, traffic) ==
              Lines{"intent operator/operate PUT /v1/endpoints/hello/traffic - - ->-",
                    "outcome operator/operate PUT /v1/endpoints/hello/traffic 200 - 2>2"});
        CHECK(recorded(host, "DELETE", kEndpoint, deploy) ==
              Lines{"intent admin.token/deploy DELETE /v1/endpoints/hello - - ->-",
                    "outcome admin.token/deploy DELETE /v1/endpoints/hello 200 - 2>3"});
      }
    }
    WHEN("a call is let in and refused for what it asks") {
      THEN("the outcome says so") {
        CHECK(recorded(host, "PUT", kTraffic, op, R"({"none":1})").back() ==
              "outcome operator/operate PUT /v1/endpoints/hello/traffic 422 unknown_backend 2>-");
        CHECK(recorded(host, "DELETE", "/v1/backends/hello", deploy).back() ==
              "outcome admin.token/deploy DELETE /v1/backends/hello 409 backend_in_use 2>-");
        const Fields stale{deploy[0], {"If-Match", "\"1\""}};
        CHECK(recorded(host, "DELETE", kEndpoint, stale).back() ==
              "outcome admin.token/deploy DELETE /v1/endpoints/hello 412 stale_revision 2>-");
        CHECK(recorded(host, "DELETE", "/v1/endpoints/none", deploy).back() ==
              "outcome admin.token/deploy DELETE /v1/endpoints/none 404 unknown_endpoint 2>-");
      }
    }
    WHEN("faults 59: a reload is pinned to another file than there is") {
      const std::string body = R"({"sha256":")" + std::string(64, '0') + R"("})";
      const std::string reload = "POST /v1/plugins/hello/reload";
      THEN("the attempt is there, and that it changed nothing") {
        CHECK(recorded(host, "POST", reload.substr(5), deploy, body) ==
              Lines{"intent admin.token/deploy " + reload + " - - ->-",
                    "outcome admin.token/deploy " + reload + " 422 sha256_mismatch 2>-"});
      }
    }
    WHEN("a call is answered before it has come to something") {
      const std::string body = R"({"plugin":"hello","handler":"hello"})";
      const std::string late = "/v1/backends/late";
      CHECK(recorded(host, "PUT", late + "?wait_ms=0", deploy, body).size() >= 2);
      THEN("there is a second outcome when it has") {
        const std::string end = "outcome admin.token/deploy PUT " + late + " 201 - 2>3";
        const auto last = [&host] { return told(lines_of(host.fixture()).back()); };
        const TimePoint deadline = Clock::now() + kPatience;
        while (last() != end && Clock::now() < deadline) std::this_thread::yield();
        CHECK(last() == end);
      }
    }
    WHEN("a call is not let in") {
      THEN("there is one line, with whoever it was as far as that is known") {
        CHECK(recorded(host, "PUT", kTraffic, {json}, traffic) ==
              Lines{"refused -/- PUT /v1/endpoints/hello/traffic 401 unauthenticated ->-"});
        CHECK(recorded(host, "DELETE", "/nowhere", {bearer("wrong")}) ==
              Lines{"refused -/- DELETE /nowhere 401 unauthenticated ->-"});
        CHECK(recorded(host, "PUT", kTraffic, {json, {"Origin", "null"}}, traffic) ==
              Lines{"refused -/- PUT /v1/endpoints/hello/traffic 403 cross_site ->-"});
        CHECK(recorded(host, "DELETE", kEndpoint, op) ==
              Lines{"refused operator/operate DELETE /v1/endpoints/hello 403 role_required ->-"});
        CHECK(recorded(host, "POST", "/v1/status", deploy) ==
              Lines{"refused admin.token/deploy POST /v1/status 405 method_not_allowed ->-"});
        CHECK(recorded(host, "PUT", kTraffic, {op[0]}, traffic) ==
              Lines{"refused operator/operate PUT /v1/endpoints/hello/traffic 415 "
                    "unsupported_media_type ->-"});
        CHECK(recorded(host, "PUT", kTraffic, op, "{") ==
              Lines{"refused operator/operate PUT /v1/endpoints/hello/traffic 400 invalid_json "
                    "->-"});
      }
    }
    WHEN("a call only looks") {
      THEN("nobody needs to know") {
        CHECK(recorded(host, "GET", "/v1/status", deploy) == Lines{});
        CHECK(recorded(host, "GET", "/v1/status", {}) == Lines{});
      }
    }
    WHEN("a line is looked at whole") {
      const std::string id = "deploy-17";
      recorded(host, "PUT", kTraffic, {op[0], json, {"X-Request-Id", id}}, traffic);
      const auto document = parse_json(lines_of(host.fixture()).back());
      THEN("it leads to the request, the peer, the body and the moment") {
        REQUIRE(document.ok());
        const JsonValue line = document.value().root();
        CHECK(text_of(line, "request_id") == id);
        CHECK(text_of(line, "peer").starts_with("127.0.0.1:"));
        CHECK(parse_wall_time(text_of(line, "time")).has_value());
        // printf '{"hello":1}' | sha256sum
        CHECK(text_of(line, "body_sha256") ==
              "0ea09e73d0357bb61ddf17c9e622566c90016909939ebeb446d21c558c9d2c0a");
      }
    }
  }
}

SCENARIO("a refusal before the body has come is recorded and answered at once") {
  GIVEN("a host, and a client that has sent the head of a call without a token") {
    SecuredHost host;
    const std::size_t before = lines_of(host.fixture()).size();
    RawClient client(host.fixture().admin_port());
    REQUIRE(
        client.send("PUT /v1/backends/a HTTP/1.1\r\nHost: localhost\r\n"
                    "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"));
    WHEN("it waits for its answer before it sends the rest") {
      const auto answer = client.read_response();
      THEN("it has it, the connection ends, and the line is there") {
        REQUIRE(answer.has_value());
        CHECK(answer->status == 401);
        CHECK(answer->header("Connection") == "close");
        client.half_close();
        CHECK(client.read_until_close().has_value());
        const auto lines = lines_of(host.fixture());
        REQUIRE(lines.size() == before + 1);
        CHECK(told(lines.back()) == "refused -/- PUT /v1/backends/a 401 unauthenticated ->-");
      }
    }
  }
}

SCENARIO("the chain of the audit log is whole, whatever happened and however often it restarted") {
  GIVEN("a host that has been called, well and badly, and restarted twice") {
    SecuredHost host([](HostConfig& config) { config.audit.max_bytes = 4096; });
    for (int start = 0; start < 3; ++start) {
      if (start > 0) host.fixture().restart();
      for (int i = 0; i < 10; ++i) {
        host.fixture().admin("PUT", "/v1/endpoints/e" + std::to_string(i), R"({"route":null})");
        host.fixture().admin("PUT", "/v1/endpoints/E", "{}");
        host.fixture().admin("DELETE", "/v1/endpoints/e" + std::to_string(i));
      }
    }
    const std::string state = (host.fixture().directory() / "state").string();
    WHEN("it is verified, while the host runs") {
      const ProcessEnd end = HostProcess::run({"audit", "verify", state});
      THEN("all of it is there, over all files") {
        CHECK(end.code == 0);
        CHECK_MESSAGE(end.output.find("the chain is whole") != std::string::npos, end.output);
        CHECK(end.output.find(" 1 to ") != std::string::npos);
        CHECK(std::filesystem::exists(state + "/audit.jsonl"));
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::directory_iterator(state)) {
          if (entry.path().filename().string().starts_with("audit")) ++files;
        }
        CHECK(files > 3);
      }
    }
    WHEN("somebody who is in it makes one line say something else") {
      const std::filesystem::path file = log_of(host.fixture());
      host.fixture().admin("DELETE", "/v1/endpoints/hello");
      host.fixture().stop();
      std::string bytes = bytes_of(file);
      const std::size_t at = bytes.rfind("admin.token");
      const std::size_t before_last = bytes.rfind("admin.token", at - 1);
      bytes.replace(before_last, 11, "nobody-here");
      std::ofstream(file, std::ios::binary) << bytes;
      const ProcessEnd end = HostProcess::run({"audit", "verify", state});
      THEN("the line behind it is named") {
        CHECK(end.code == 1);
        const auto line = std::count(bytes.begin(), bytes.end(), '\n');
        CHECK_MESSAGE(end.errors.starts_with(file.string() + ":" + std::to_string(line) + ": "),
                      end.errors);
      }
    }
  }
}

SCENARIO("what cannot be recorded is not done, and what is served goes on") {
  GIVEN("a host whose audit log is no file") {
    const auto break_log = [](HostConfig& config) {
      std::filesystem::create_directories(config.state_directory / "audit.jsonl");
    };
    WHEN("something is to be changed") {
      HostFixture host({"hello"}, break_log);
      THEN("it is refused, and only that") {
        CHECK(host.refused("PUT", "/v1/endpoints/a", R"({"route":"/a"})") == "503 audit_failed");
        CHECK(host.refused("DELETE", "/v1/endpoints/a") == "503 audit_failed");
        CHECK(host.admin("GET", "/v1/status").status() == 200);
        CHECK(host.get("/-/healthz").status() == 200);
      }
    }
    WHEN("its configuration says that it need not be recorded") {
      HostFixture host({"hello"}, [&break_log](HostConfig& config) {
        break_log(config);
        config.audit.required = false;
      });
      THEN("it is done, and what is missing is counted") {
        CHECK(host.admin("PUT", "/v1/endpoints/a", R"({"route":"/a"})").status() == 201);
        CHECK(host.admin("GET", "/metrics").body().find("\nbackplane_audit_failures_total 2") !=
              std::string::npos);
      }
    }
  }
}

SCENARIO("faults 106: nobody can put a line of their own into the audit log") {
  GIVEN("a host") {
    SecuredHost host;
    WHEN("calls are made of what would break a line, or be a very long one") {
      const std::string evil = "%0d%0a{%22sequence%22:1}%1b[31m\"'\\";
      for (const std::string& path :
           {"/v1/endpoints/" + evil, "/v1/backends/" + std::string(7000, 'x'),
            "/v1/endpoints/a?" + evil, std::string("/\xc3\xa4\xff")}) {
        recorded(host, "DELETE", path, {bearer(host.deploy_token()), {"X-Request-Id", "a\tb"}});
        recorded(host, "DELETE", path, {{"Authorization", "Bearer \x1b[31m\xff"}});
      }
      THEN("each line is a short one of JSON, and the chain is whole") {
        for (const std::string& line : lines_of(host.fixture())) {
          CHECK(parse_json(line).ok());
          CHECK(line.size() < 4096);
          CHECK(std::none_of(line.begin(), line.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
          }));
        }
        CHECK(verify_audit({log_of(host.fixture())}).ok());
      }
    }
  }
}

SCENARIO("faults 108: a token is nowhere but in its file") {
  GIVEN("a host whose tokens have been shown to it, rightly and wrongly") {
    SecuredHost host;
    const std::string token = host.deploy_token();
    const std::string init = "a-secret-of-the-plugin";
    recorded(host, "PUT", "/v1/backends/b", {bearer(token), json},
             R"({"plugin":"hello","handler":"hello","init":")" + init + "\"}");
    recorded(host, "PUT", "/v1/backends/b", {bearer(SecuredHost::kReader), json}, "{}");
    recorded(host, "PUT", "/v1/backends/b?token=" + token, {json}, "{}");
    recorded(host, "DELETE", "/v1/backends/b", {{"Authorization", token}});
    WHEN("everything that it tells or writes is searched") {
      std::string all;
      for (const char* path :
           {"/v1/status", "/v1/backends", "/v1/endpoints", "/v1/plugins", "/metrics", "/readyz"}) {
        all += host.fixture().admin("GET", path).body();
      }
      for (const auto& entry :
           std::filesystem::recursive_directory_iterator(host.fixture().directory() / "state")) {
        if (entry.is_regular_file() && entry.path().filename() != "admin.token") {
          all += bytes_of(entry.path());
        }
      }
      THEN("no token is there") {
        CHECK(all.find(SecuredHost::kReader) == std::string::npos);
        CHECK(all.find(token) == std::string::npos);
      }
      THEN("what a plugin is told stands in no record") {
        CHECK(bytes_of(log_of(host.fixture())).find(init) == std::string::npos);
      }
    }
  }
}

}  // namespace backplane::host
