#include "host/routing/ticket.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("routing") {
  TEST_CASE("TicketPool: two that are out are two, and one given back comes clean") {
    TicketPool pool;
    Ticket& first = pool.take();
    Ticket& second = pool.take();
    CHECK(&first != &second);
    SnapshotHold hold;
    first.hold = &hold;
    first.rerouted = true;
    pool.give_back(first);
    Ticket& again = pool.take();
    CHECK(&again == &first);
    CHECK(again.hold == nullptr);
    CHECK_FALSE(again.rerouted);
  }
}

}  // namespace
}  // namespace backplane::host
