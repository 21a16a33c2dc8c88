#include "host/http/phase_list.hpp"

#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

struct Hook final : PhaseHook {};

std::vector<const PhaseHook*> members(const PhaseList& list) {
  std::vector<const PhaseHook*> result;
  for (const PhaseHook* hook = list.front(); hook != nullptr; hook = PhaseList::after(*hook)) {
    result.push_back(hook);
  }
  return result;
}

TEST_SUITE("http") {
  TEST_CASE("PhaseList: members stand in the order in which they came, whoever leaves") {
    using Members = std::vector<const PhaseHook*>;
    PhaseList list;
    Hook a;
    Hook b;
    Hook c;
    CHECK(list.front() == nullptr);
    list.push_back(a);
    list.push_back(b);
    list.push_back(c);
    CHECK(members(list) == Members{&a, &b, &c});
    list.remove(b);
    CHECK(members(list) == Members{&a, &c});
    list.push_back(b);
    list.remove(a);
    CHECK(members(list) == Members{&c, &b});
    list.remove(b);
    list.remove(c);
    CHECK(members(list).empty());
    list.push_back(a);
    CHECK(members(list) == Members{&a});
  }
}

}  // namespace
}  // namespace backplane::host
