#include "host/admin/audit_chain.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

const WallTime now = WallTime{std::chrono::seconds{1'767'323'045}};

AuditRecord attempt() {
  AuditRecord record;
  record.request_id = "id-1";
  record.peer = "127.0.0.1:5000";
  record.token = "ci";
  record.role = AdminRole::kOperate;
  record.action = "PUT";
  record.object = "/v1/endpoints/split/traffic";
  return record;
}

// Three lines, each behind the other.
std::vector<std::string> three_lines() {
  AuditChain chain;
  std::vector<std::string> lines;
  for (int i = 0; i < 3; ++i) {
    lines.push_back(chain.next_line(attempt(), now));
    REQUIRE(chain.accept(lines.back()).ok());
  }
  return lines;
}

// "ok", or what is wrong with the first line that is.
std::string followed(const std::vector<std::string>& lines) {
  AuditChain chain;
  for (const std::string& line : lines) {
    const Status follows = chain.accept(line);
    if (!follows.ok()) return std::string(follows.error().message());
  }
  return "ok";
}

TEST_SUITE("admin") {
  TEST_CASE("AuditChain: a line says what is known, when, and what the line before it was") {
    AuditChain chain;
    CHECK(chain.next_line(attempt(), now) ==
          R"({"sequence":1,"time":"2026-01-02T03:04:05Z","event":"intent","request_id":"id-1",)"
          R"("peer":"127.0.0.1:5000","token":"ci","role":"operate","action":"PUT",)"
          R"("object":"/v1/endpoints/split/traffic","previous":")" +
              std::string(AuditChain::kBeginning) + "\"}");
    AuditRecord outcome = attempt();
    outcome.event = AuditEvent::kOutcome;
    outcome.status = 409;
    outcome.code = "state_moved";
    outcome.revision_before = 0;
    outcome.revision_after = 7;
    const std::string line = chain.next_line(outcome, now);
    CHECK(
        line.find(R"("status":409,"code":"state_moved","revision_before":0,"revision_after":7)") !=
        std::string::npos);
  }

  TEST_CASE("AuditChain: lines in their order are followed, from the first or from the middle") {
    const std::vector<std::string> lines = three_lines();
    CHECK(followed(lines) == "ok");
    AuditChain chain;
    CHECK(chain.accept_first(lines[1]).ok());
    CHECK(chain.sequence() == 2);
    CHECK(chain.accept(lines[2]).ok());
  }

  TEST_CASE("AuditChain: a line that was changed, left out, put in or moved is found") {
    const std::vector<std::string> lines = three_lines();
    std::vector<std::string> changed = lines;
    changed[1].replace(changed[1].find("operate"), 7, "deploy!");
    CHECK(followed(changed).find("is not the SHA-256 of the line before it") != std::string::npos);
    CHECK(followed({lines[0], lines[2]}) == "its number is 3, wanted 2");
    CHECK(followed({lines[1], lines[0]}) == "its number is 2, wanted 1");
    CHECK(followed({lines[0], lines[0]}) == "its number is 1, wanted 2");
    CHECK(followed({lines[0], "no json"}).starts_with("it is no JSON"));
    CHECK(followed({lines[0], "{}"}) == "it has no 'sequence' and 'previous'");
    CHECK(followed({lines[0], ""}).starts_with("it is no JSON"));
  }

  // Row 106.
  TEST_CASE("AuditChain: whatever a field holds, its line is one line of JSON and not too long") {
    AuditRecord record = attempt();
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    for (std::string* field : {&record.request_id, &record.peer, &record.token, &record.object,
                               &record.query, &record.code, &record.action, &record.body_sha256}) {
      *field = all + "\r\n{\"sequence\":1}\x1b[31m";
      while (field->size() < 4096) *field += all;
    }
    AuditChain chain;
    const std::string line = chain.next_line(record, now);
    CHECK(line.find('\n') == std::string::npos);
    CHECK(line.find('\x1b') == std::string::npos);
    CHECK(line.size() <= AuditChain::kLongestLine);
    CHECK(parse_json(line).ok());
    CHECK(chain.accept(line).ok());
  }
}

}  // namespace
}  // namespace backplane::host
