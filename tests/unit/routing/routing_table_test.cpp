#include "host/routing/routing_table.hpp"

#include <atomic>
#include <memory>

#include <doctest/doctest.h>

#include "host/base/thread.hpp"

namespace backplane::host {
namespace {

std::shared_ptr<const RoutingSnapshot> snapshot_of(std::size_t endpoints) {
  std::vector<std::shared_ptr<const Endpoint>> made;
  for (std::size_t i = 0; i < endpoints; ++i) made.push_back(std::make_shared<Endpoint>());
  return std::make_shared<const RoutingSnapshot>(std::move(made));
}

TEST_SUITE("routing") {
  TEST_CASE("RoutingTable: before anything is published it holds an empty snapshot") {
    const RoutingTable table;
    REQUIRE(table.current() != nullptr);
    CHECK(table.current()->endpoints().empty());
  }

  TEST_CASE("RoutingTable: publishing moves the version and lets the former snapshot go") {
    RoutingTable table;
    const std::uint64_t before = table.version();
    auto first = snapshot_of(1);
    table.publish(first);
    CHECK(table.version() != before);
    CHECK(table.current() == first);
    table.publish(snapshot_of(2));
    CHECK(table.current()->endpoints().size() == 2);
    CHECK(first.use_count() == 1);
  }

  TEST_CASE("RoutingTable: whoever sees a version sees its snapshot, or a later one") {
    // The n-th publish brings a snapshot of n endpoints and version 1 + n.
    constexpr std::size_t kPublishes = 300;
    RoutingTable table;
    std::atomic<bool> stale{false};
    auto reader = Thread::start("reader", ThreadRole::kIo, [&table, &stale] {
      std::uint64_t version = 0;
      while (version < 1 + kPublishes) {
        version = table.version();
        if (table.current()->endpoints().size() + 1 < version) stale = true;
      }
    });
    REQUIRE(reader.ok());
    for (std::size_t n = 1; n <= kPublishes; ++n) table.publish(snapshot_of(n));
    reader.value().join();
    CHECK_FALSE(stale);
  }
}

}  // namespace
}  // namespace backplane::host
