#include "host/message/call_chain.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

// The calls of handlers that these execute, one after the other.
CallChain chain_of(std::initializer_list<std::uint64_t> callers) {
  CallChain chain;
  for (const std::uint64_t caller : callers) chain = extended(&chain, caller);
  return chain;
}

TEST_SUITE("message") {
  TEST_CASE("CallChain: each call makes it longer by its caller") {
    const CallChain first = extended(nullptr, 7);
    CHECK(first.hops == 1);
    CHECK(first.callers[0] == 7);
    const CallChain second = extended(&first, 8);
    CHECK(second.hops == 2);
    CHECK(second.callers[0] == 7);
    CHECK(second.callers[1] == 8);
  }

  TEST_CASE("CallChain: one that is too long stays too long") {
    CallChain chain = chain_of({1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(chain.hops == CallChain::kMaxHops);
    chain = extended(&chain, 9);
    CHECK(chain.hops == CallChain::kMaxHops + 1);
    chain = extended(&chain, 10);
    CHECK(chain.hops == CallChain::kMaxHops + 1);
  }

  TEST_CASE("CallChain: a call must wait for itself when its callers hold all that would run it") {
    CHECK_FALSE(must_deadlock(chain_of({1}), 2, 1));
    CHECK(must_deadlock(chain_of({1}), 1, 1));
    CHECK(must_deadlock(chain_of({1, 2}), 1, 1));
    CHECK_FALSE(must_deadlock(chain_of({1, 2}), 1, 2));
    CHECK(must_deadlock(chain_of({1, 2, 1}), 1, 2));
    CHECK_FALSE(must_deadlock(chain_of({1, 2, 1}), 2, 2));
    // An async handler with room for a hundred.
    CHECK_FALSE(must_deadlock(chain_of({1, 1, 1, 1, 1, 1, 1, 1}), 1, 100));
  }

  TEST_CASE("CallChain: one that is too long is looked at as far as it is known") {
    const CallChain chain = chain_of({1, 1, 1, 1, 1, 1, 1, 1, 2});
    CHECK(must_deadlock(chain, 1, 8));
    CHECK_FALSE(must_deadlock(chain, 2, 1));
  }
}

}  // namespace
}  // namespace backplane::host
