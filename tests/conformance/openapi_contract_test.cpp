#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/api_contract.hpp"
#include "tests/support/body_mutations.hpp"
#include "tests/support/host_fixture.hpp"

namespace backplane::host {
namespace {

// A host with all that the examples of the document name.
class DescribedHost : public HostFixture {
 public:
  DescribedHost() : HostFixture({"hello"}), contract(admin("GET", "/openapi.json").body()) {
    restore();
  }

  // What calls of the document's examples took away is there again.
  void restore() const {
    for (const char* const tag : {"blue", "green", "spare"}) {
      if (admin("GET", "/v1/backends/" + std::string(tag)).status() == 404) {
        create_backend(tag, "hello", R"({"num_replicas":2,"max_queue":500})");
      }
    }
    if (admin("GET", "/v1/endpoints/split").status() == 404) {
      create_endpoint("split", "/split", R"({"blue":0.7,"green":0.3})", R"(["GET","POST"])");
    }
  }

  Answer ask(const ContractCall& call) const { return admin(call.method, call.target, call.body); }

  const ApiContract contract;
};

bool is_success(const std::string& status) {
  return status.starts_with('2');
}

// `target` with names in the place of its examples that nothing has.
std::string with_unknown_name(const ContractCall& call) {
  const std::size_t hole = call.path.find('{');
  std::string target = call.path;
  return target.replace(hole, call.path.find('}') - hole + 1, "nobody");
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
      CHECK(is_success(std::to_string(answer.status())));
      CHECK(host.contract.misfit(call, answer) == "");
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
        const std::string before = host.admin("GET", "/v1/status").at("/revision");
        const Answer answer = host.admin(call.method, call.target, mutation.body);
        CAPTURE(answer.body());
        CHECK(answer.refusal() == "422 " + mutation.code);
        CHECK(answer.text_at("/pointer") == mutation.pointer);
        CHECK(host.contract.misfit(call, answer) == "");
        CHECK(host.admin("GET", "/v1/status").at("/revision") == before);
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

  TEST_CASE("contract: a query parameter that is not promised is refused") {
    const DescribedHost host;
    for (const ContractCall& call : host.contract.calls()) {
      CAPTURE(call.pointer);
      const std::string before = host.state();
      const Answer answer = host.admin(call.method, call.target + "?no_such=1", call.body);
      CHECK(answer.refusal() == "400 bad_query");
      CHECK(host.contract.misfit(call, answer) == "");
      CHECK(host.state() == before);
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
