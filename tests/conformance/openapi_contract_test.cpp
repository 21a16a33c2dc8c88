#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/clock.hpp"
#include "tests/support/api_contract.hpp"
#include "tests/support/body_mutations.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/host_fixture.hpp"

namespace backplane::host {
namespace {

// All that the examples of the document name.
constexpr const char* kApp =
    R"({"backends":{"blue":{"plugin":"hello","handler":"hello"},
                    "green":{"plugin":"hello","handler":"hello",
                             "config":{"num_replicas":2,"max_queue":500}},
                    "spare":{"plugin":"hello","handler":"hello"}},
        "endpoints":{"split":{"route":"/split","methods":["GET","POST"],
                              "traffic":{"blue":0.7,"green":0.3}}}})";

// A host as the document's examples need it.
class DescribedHost : public HostFixture {
 public:
  DescribedHost() : HostFixture({"hello"}), contract(admin("GET", "/openapi.json").body()) {
    // So that there is something to undo.
    REQUIRE(admin("PUT", "/v1/endpoints/early", "{}").status() == 201);
    restore();
  }

  // What examples changed is as before.
  void restore() const {
    const Answer answer = admin("PUT", "/v1/app", kApp);
    REQUIRE_MESSAGE(answer.status() == 200, answer.body());
  }

  // Of a stream, the head.
  Answer ask(const ContractCall& call, const std::string& query = {}) const {
    return admin(call.streams ? "HEAD" : call.method, call.target + query, call.body);
  }
  std::string revision() const { return admin("GET", "/v1/status").at("/revision"); }

  // What became of the operation at `location`, by asking again and again; "running" when that
  // takes over kPatience.
  std::string end_of(const std::string& location) const {
    const TimePoint deadline = Clock::now() + kPatience;
    while (Clock::now() < deadline) {
      std::string state = admin("GET", location).text_at("/state");
      if (state != "running") return state;
    }
    return "running";
  }

  const ApiContract contract;
};

// An operation that can still be aborted, a version to go back to, or one on trial takes more than
// an example.
bool wants_more(const ContractCall& call) {
  return (call.method == "DELETE" && call.path == "/v1/operations/{id}") ||
         call.path == "/v1/plugins/{name}/rollback" || call.path == "/v1/plugins/{name}/promote";
}

bool takes(const ContractCall& call, std::string_view parameter) {
  return std::any_of(
      call.query.begin(), call.query.end(),
      [parameter](const ContractParameter& candidate) { return candidate.name == parameter; });
}

// The target with a name, or a number, in the place of its example that nothing has.
std::string with_unknown_name(const ContractCall& call) {
  const std::size_t hole = call.path.find('{');
  const bool numbered = call.target[hole] >= '0' && call.target[hole] <= '9';
  std::string target = call.path;
  return target.replace(hole, call.path.find('}') - hole + 1, numbered ? "987654321" : "nobody");
}

}  // namespace

TEST_SUITE("openapi") {
  TEST_CASE("contract: every example is answered with success, as its schema says") {
    const DescribedHost host;
    for (const ContractCall& call : host.contract.calls()) {
      CAPTURE(call.pointer);
      host.restore();
      const Answer answer = host.ask(call);
      CAPTURE(answer.body());
      CHECK((answer.status() / 100 == 2 || wants_more(call)));
      CHECK(host.contract.misfit(call, answer) == "");
    }
  }

  TEST_CASE("contract: a change that is only tried is answered with what it would change") {
    const DescribedHost host;
    for (const ContractCall& call : host.contract.calls()) {
      if (!takes(call, "dry_run")) continue;
      CAPTURE(call.pointer);
      host.restore();
      const std::string before = host.revision();
      const Answer answer = host.ask(call, "?dry_run=true");
      CAPTURE(answer.body());
      CHECK(answer.status() == 200);
      CHECK(answer.at("/dry_run") == "true");
      CHECK(host.contract.misfit(call, answer) == "");
      CHECK(host.revision() == before);
    }
  }

  TEST_CASE("contract: a change that is not waited for is an operation, which ends") {
    const DescribedHost host;
    for (const ContractCall& call : host.contract.calls()) {
      if (!takes(call, "wait_ms") || wants_more(call)) continue;
      CAPTURE(call.pointer);
      host.restore();
      const Answer answer = host.ask(call, "?wait_ms=0");
      CAPTURE(answer.body());
      CHECK(host.contract.misfit(call, answer) == "");
      if (answer.status() == 200) continue;  // there was nothing to do
      CHECK(answer.status() == 202);
      CHECK(host.end_of(answer.header("Location")) == "succeeded");
    }
  }

  TEST_CASE("contract: each property made wrong is refused with its code, at its place") {
    const DescribedHost host;
    int tried = 0;
    for (const ContractCall& call : host.contract.calls()) {
      for (const BodyMutation& mutation : mutations_of(host.contract, call)) {
        CAPTURE(call.pointer);
        CAPTURE(mutation.what);
        CAPTURE(mutation.body);
        const std::string before = host.revision();
        const Answer answer = host.admin(call.method, call.target, mutation.body);
        CAPTURE(answer.body());
        CHECK(answer.refusal() == "422 " + mutation.code);
        CHECK(answer.text_at("/pointer") == mutation.pointer);
        CHECK(host.contract.misfit(call, answer) == "");
        CHECK(host.revision() == before);
        ++tried;
      }
    }
    CHECK(tried > 30);
  }

  TEST_CASE("contract: a name that nothing has is answered as promised") {
    const DescribedHost host;
    for (const ContractCall& call : host.contract.calls()) {
      const std::vector<std::string> statuses = host.contract.statuses_of(call);
      if (std::count(statuses.begin(), statuses.end(), "404") == 0) continue;
      CAPTURE(call.pointer);
      const Answer answer = host.admin(call.method, with_unknown_name(call), call.body);
      CHECK(answer.status() == 404);
      CHECK(host.contract.misfit(call, answer) == "");
    }
  }

  TEST_CASE("contract: a query that is not promised is refused") {
    const DescribedHost host;
    for (const ContractCall& call : host.contract.calls()) {
      std::vector<std::string> queries{"?no_such=1"};
      for (const ContractParameter& parameter : call.query) {
        const std::string good = "?" + parameter.name + "=" + parameter.example;
        queries.push_back(good + "&" + good.substr(1));
        queries.push_back(good + "&no_such=1");
        for (const std::string& wrong : parameter.wrong) {
          queries.push_back("?" + parameter.name + "=" + wrong);
        }
      }
      const std::string before = host.revision();
      for (const std::string& query : queries) {
        CAPTURE(call.pointer);
        CAPTURE(query);
        const Answer answer = host.admin(call.method, call.target + query, call.body);
        CHECK(answer.refusal() == "400 bad_query");
        CHECK(host.contract.misfit(call, answer) == "");
      }
      CHECK(host.revision() == before);
    }
  }

  TEST_CASE("contract: a method that is not promised is answered 405, with those that are") {
    const DescribedHost host;
    std::set<std::string> seen;
    for (const ContractCall& call : host.contract.calls()) {
      if (!seen.insert(call.path).second) continue;
      const std::vector<std::string> methods = host.contract.methods_of(call.path);
      for (const char* const method : {"GET", "PUT", "POST", "PATCH", "DELETE"}) {
        if (std::count(methods.begin(), methods.end(), method) > 0) continue;
        CAPTURE(call.path);
        CAPTURE(method);
        const Answer answer = host.admin(method, call.target);
        CHECK(answer.refusal() == "405 method_not_allowed");
        for (const std::string& promised : methods) {
          CHECK(answer.header("Allow").find(promised) != std::string::npos);
        }
        CHECK(host.contract.misfit(call, answer) == "");
      }
    }
  }
}

}  // namespace backplane::host
