#include "host/backend/in_flight.hpp"

#include <thread>

#include <doctest/doctest.h>

namespace backplane::host {

TEST_SUITE("backend") {
  TEST_CASE("InFlight: there is room for as many as the limit says") {
    InFlight out(3);
    CHECK(out.wait_for_room() == 3);
    out.enter(2);
    CHECK(out.count() == 2);
    CHECK(out.wait_for_room() == 1);
    out.leave();
    CHECK(out.wait_for_room() == 2);
  }

  TEST_CASE("InFlight: a call is answered once, before anything else") {
    InFlight out(1);
    out.call();
    CHECK(out.wait_for_room() == 0);
    CHECK(out.wait_for_room() == 1);
    out.enter(1);
    std::thread calling([&out] { out.call(); });
    CHECK(out.wait_for_room() == 0);
    calling.join();
  }

  TEST_CASE("InFlight: who waits for room has it when one leaves, or when the limit grows") {
    InFlight out(2);
    out.enter(2);
    std::thread leaving([&out] { out.leave(); });
    CHECK(out.wait_for_room() == 1);
    leaving.join();
    out.enter(1);
    std::thread growing([&out] { out.set_limit(5); });
    CHECK(out.wait_for_room() == 3);
    growing.join();
  }

  TEST_CASE("InFlight: a limit below what is out leaves no room before enough have left") {
    InFlight out(3);
    out.enter(3);
    out.set_limit(1);
    std::thread leaving([&out] {
      for (int i = 0; i < 3; ++i) out.leave();
    });
    CHECK(out.wait_for_room() == 1);
    CHECK(out.count() == 0);
    leaving.join();
  }

  TEST_CASE("InFlight: waits until the last one has left") {
    InFlight out(2);
    out.wait_until_empty();
    out.enter(2);
    std::thread leaving([&out] {
      out.leave();
      out.leave();
    });
    out.wait_until_empty();
    CHECK(out.count() == 0);
    leaving.join();
  }
}

}  // namespace backplane::host
