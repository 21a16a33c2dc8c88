#include "host/admin/audit_log.hpp"

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/admin/audit_verifier.hpp"
#include "tests/support/temporary_directory.hpp"

namespace backplane::host {
namespace {

AuditRecord record(AuditEvent event = AuditEvent::kIntent) {
  AuditRecord made;
  made.event = event;
  made.action = "PUT";
  return made;
}

std::unique_ptr<AuditLog> started(const AuditConfig& config, const std::filesystem::path& file) {
  auto log = AuditLog::start(config, file);
  REQUIRE(log.ok());
  return std::move(log).value();
}

// What `log` says to one record.
Status written(AuditLog& log, AuditRecord made = record()) {
  const auto said = std::make_shared<std::promise<Status>>();
  std::future<Status> answer = said->get_future();
  log.write(std::move(made), [said](const Status& status) { said->set_value(status); });
  return answer.get();
}

TEST_SUITE("admin") {
  TEST_CASE("AuditLog: a line is in the file before its writer is told") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "audit.jsonl";
    const auto log = started({}, file);
    for (std::uint64_t line = 1; line < 4; ++line) {
      CHECK(written(*log).ok());
      const auto extent = verify_audit({file});
      REQUIRE(extent.ok());
      CHECK(extent.value().last == line);
    }
  }

  TEST_CASE("AuditLog: what is handed over before the stop is written, later records are dropped") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "audit.jsonl";
    const auto log = started({}, file);
    for (int i = 0; i < 10; ++i) log->write(record(), [](const Status&) {});
    log->stop();
    log->write(record(), [](const Status&) { FAIL("called after the stop"); });
    CHECK(verify_audit({file}).value().last == 10);
  }

  TEST_CASE("AuditLog: without a file what is required is refused, and else it is not") {
    const TemporaryDirectory directory;
    const auto required = started({}, directory.path());
    const Status refused = written(*required);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason() == "audit_failed");
    CHECK(refused.error().message().find(directory.path().string()) == std::string::npos);
    CHECK(required->failures() == 1);

    AuditConfig config;
    config.required = false;
    const auto optional = started(config, directory.path());
    CHECK(written(*optional).ok());
    CHECK(optional->failures() == 1);
  }

  TEST_CASE(
      "AuditLog: a flood of refusals gets a hundred lines, and the next one counts the rest") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "audit.jsonl";
    const auto log = started({}, file);
    std::vector<std::future<Status>> answers;
    for (int i = 0; i < 5000; ++i) {
      const auto said = std::make_shared<std::promise<Status>>();
      answers.push_back(said->get_future());
      log->write(record(AuditEvent::kRefused),
                 [said](const Status& status) { said->set_value(status); });
    }
    for (auto& answer : answers) CHECK(answer.get().ok());
    CHECK(log->unrecorded() > 0);
    CHECK(log->unrecorded() + verify_audit({file}).value().lines == 5000);
    // Those who were let in have their lines all the same.
    CHECK(written(*log).ok());
  }

  TEST_CASE("RefusalBudget: a hundred at once, then a hundred a second") {
    RefusalBudget budget;
    const TimePoint start = TimePoint{} + std::chrono::hours(1);
    int taken = 0;
    while (taken < 1000 && budget.take(start)) ++taken;
    CHECK(taken == 100);
    CHECK(budget.take(start + std::chrono::milliseconds(10)));
    CHECK_FALSE(budget.take(start + std::chrono::milliseconds(10)));
  }
}

}  // namespace
}  // namespace backplane::host
