#include "host/batching/request_list.hpp"

#include <array>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/test_exchange.hpp"

namespace backplane::host {
namespace {

template <std::size_t N>
RequestList list_of(std::array<TestExchange, N>& exchanges) {
  RequestList list;
  for (TestExchange& exchange : exchanges) list.push_back(PendingRequest(exchange));
  return list;
}

std::vector<Exchange*> empty_out(RequestList& list) {
  std::vector<Exchange*> order;
  while (!list.empty()) {
    PendingRequest request = list.pop_front();
    order.push_back(&request.exchange());
    std::move(request).complete();
  }
  return order;
}

TEST_SUITE("batching") {
  TEST_CASE("RequestList: first in, first out, and it knows its size") {
    std::array<TestExchange, 3> exchanges;
    RequestList list = list_of(exchanges);
    CHECK(list.size() == 3);
    CHECK(list.front() == &exchanges[0]);
    CHECK(list.front()->next == &exchanges[1]);
    const std::vector<Exchange*> wanted{&exchanges[0], &exchanges[1], &exchanges[2]};
    CHECK(empty_out(list) == wanted);
    CHECK(list.size() == 0);
    CHECK(list.front() == nullptr);
  }

  TEST_CASE("RequestList: a request that left it has no neighbour any more") {
    std::array<TestExchange, 2> exchanges;
    RequestList list = list_of(exchanges);
    const PendingRequest first = list.pop_front();
    REQUIRE(first.valid());
    CHECK(exchanges[0].next == nullptr);
  }

  TEST_CASE("RequestList: emptied, it can be filled again") {
    std::array<TestExchange, 2> exchanges;
    TestExchange another;
    RequestList list = list_of(exchanges);
    empty_out(list);
    CHECK_FALSE(list.pop_front().valid());
    list.push_back(PendingRequest(another));
    CHECK(list.size() == 1);
    CHECK(list.front() == &another);
  }

  TEST_CASE("RequestList: appending moves all, in order, also from and to an empty one") {
    std::array<TestExchange, 2> one;
    std::array<TestExchange, 2> two;
    TestExchange last;
    RequestList list;
    list.append(list_of(one));
    RequestList rest = list_of(two);
    list.append(std::move(rest));
    CHECK(rest.empty());  // NOLINT(bugprone-use-after-move): what a moved one says
    CHECK(rest.size() == 0);
    list.append(RequestList());
    CHECK(list.size() == 4);
    // The end has moved as well: what is pushed now comes last.
    list.push_back(PendingRequest(last));
    const std::vector<Exchange*> wanted{&one[0], &one[1], &two[0], &two[1], &last};
    CHECK(empty_out(list) == wanted);
  }

  TEST_CASE(
      "RequestList: inserting by due keeps that order, and the order of arrival among equals") {
    std::array<TestExchange, 7> e;
    const std::array<int, 7> due{5, 3, 5, 9, 1, 3, 9};
    RequestList list;
    for (std::size_t i = 0; i < e.size(); ++i) {
      e[i].due = TimePoint(std::chrono::seconds(due[i]));
      list.insert_by_due(PendingRequest(e[i]));
    }
    CHECK(list.size() == 7);
    const std::vector<Exchange*> wanted{&e[4], &e[1], &e[5], &e[0], &e[2], &e[3], &e[6]};
    CHECK(empty_out(list) == wanted);
  }

  TEST_CASE("RequestList: what stands in a dropped one, or one assigned over, is answered 500") {
    std::array<TestExchange, 3> dropped;
    std::array<TestExchange, 1> kept;
    RequestList list = list_of(dropped);
    list = list_of(kept);
    for (const TestExchange& exchange : dropped) {
      CHECK(exchange.completions() == 1);
      CHECK(exchange.response.status == 500);
    }
    CHECK_FALSE(kept[0].done());
    { const RequestList last = std::move(list); }
    CHECK(kept[0].completions() == 1);
  }
}

}  // namespace
}  // namespace backplane::host
