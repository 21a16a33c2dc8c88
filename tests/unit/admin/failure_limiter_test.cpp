#include "host/admin/failure_limiter.hpp"

#include <arpa/inet.h>
#include <cstring>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using std::chrono::milliseconds;

const TimePoint start = TimePoint{} + std::chrono::hours(1);

PeerAddress peer(std::uint32_t number) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0x0a000000U + number);
  sockaddr_in6 storage{};
  std::memcpy(&storage, &address, sizeof address);
  return PeerAddress::of(storage);
}

// Failures that `of` may make at `now` before it is heard no more.
int failures_until_deaf(FailureLimiter& limiter, const PeerAddress& of, TimePoint now) {
  int failures = 0;
  while (failures < 100 && limiter.hears(of, now)) {
    limiter.note_failure(of, now);
    ++failures;
  }
  return failures;
}

TEST_SUITE("admin") {
  TEST_CASE("FailureLimiter: ten failures at once, and ten a second from then on") {
    FailureLimiter limiter(8);
    CHECK(failures_until_deaf(limiter, peer(1), start) == 10);
    CHECK_FALSE(limiter.hears(peer(1), start + milliseconds(99)));
    CHECK(failures_until_deaf(limiter, peer(1), start + milliseconds(100)) == 1);
    CHECK(failures_until_deaf(limiter, peer(1), start + milliseconds(600)) == 5);
    // After a second without a failure it is as if there had been none.
    CHECK(failures_until_deaf(limiter, peer(1), start + milliseconds(1600)) == 10);
  }

  TEST_CASE("FailureLimiter: a steady ten a second are heard for ever, one more is not") {
    FailureLimiter limiter(8);
    for (int i = 0; i < 1000; ++i) {
      const TimePoint now = start + i * milliseconds(100);
      CHECK(limiter.hears(peer(1), now));
      limiter.note_failure(peer(1), now);
    }
  }

  TEST_CASE("FailureLimiter: who is not heard waits no longer than it is told") {
    FailureLimiter limiter(8);
    failures_until_deaf(limiter, peer(1), start);
    CHECK(limiter.hears(peer(1), start + FailureLimiter::kLongestWait));
  }

  TEST_CASE("FailureLimiter: one peer's failures are not another's") {
    FailureLimiter limiter(8);
    failures_until_deaf(limiter, peer(1), start);
    CHECK(limiter.hears(peer(2), start));
  }

  TEST_CASE("FailureLimiter: it remembers no more peers than it may, and the worst the longest") {
    FailureLimiter limiter(8);
    failures_until_deaf(limiter, peer(0), start);
    for (std::uint32_t i = 1; i < 1000; ++i) limiter.note_failure(peer(i), start);
    CHECK(limiter.peers() == 8);
    CHECK_FALSE(limiter.hears(peer(0), start));
  }

  TEST_CASE("FailureLimiter: peers whose failures are forgiven make room first") {
    FailureLimiter limiter(2);
    limiter.note_failure(peer(1), start);
    limiter.note_failure(peer(2), start);
    limiter.note_failure(peer(3), start + std::chrono::seconds(1));
    CHECK(limiter.peers() == 1);
  }
}

}  // namespace
}  // namespace backplane::host
