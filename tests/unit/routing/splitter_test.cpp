#include "host/routing/splitter.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

Endpoint endpoint_with(const std::vector<std::pair<std::string, double>>& weights) {
  Endpoint endpoint;
  for (const auto& [tag, weight] : weights) {
    Arm arm;
    arm.tag = tag;
    arm.weight = weight;
    endpoint.arms.push_back(std::move(arm));
  }
  return endpoint;
}

// This thread is about to submit nothing.
const Gathering nothing_gathered{};

HttpRequest with_key(std::string_view key) {
  HttpRequest request;
  request.shard_key = key;
  request.has_shard_key = true;
  return request;
}

TEST_SUITE("routing") {
  TEST_CASE("Splitter: without traffic it picks nothing, with or without a key") {
    const Endpoint endpoint = endpoint_with({});
    Splitter splitter(endpoint);
    Random random(1);
    CHECK(splitter.pick(HttpRequest(), random, nothing_gathered) == nullptr);
    CHECK(splitter.pick(with_key("k"), random, nothing_gathered) == nullptr);
  }

  TEST_CASE("Splitter: T63: the same key goes to the same arm, whatever was drawn between") {
    const Endpoint endpoint =
        endpoint_with({{"a", 0.2}, {"b", 0.2}, {"c", 0.2}, {"d", 0.2}, {"e", 0.2}});
    Splitter splitter(endpoint);
    Splitter of_another_thread(endpoint);
    Random random(1);
    Random another(2);
    std::vector<int> used(5, 0);
    for (int i = 0; i < 100; ++i) {
      const std::string key = "key-" + std::to_string(i);
      const Arm* const first = splitter.pick(with_key(key), random, nothing_gathered);
      splitter.pick(HttpRequest(), random, nothing_gathered);
      CHECK(splitter.pick(with_key(key), random, nothing_gathered) == first);
      CHECK(of_another_thread.pick(with_key(key), another, nothing_gathered) == first);
      ++used[static_cast<std::size_t>(first - endpoint.arms.data())];
    }
    for (const int count : used) CHECK(count > 0);
  }

  TEST_CASE("Splitter: keys do not disturb the split of those without one") {
    const Endpoint endpoint = endpoint_with({{"a", 0.5}, {"b", 0.5}});
    Splitter splitter(endpoint);
    Random random(1);
    int first = 0;
    for (int i = 0; i < 320; ++i) {
      splitter.pick(with_key("always the same"), random, nothing_gathered);
      first += splitter.pick(HttpRequest(), random, nothing_gathered) == &endpoint.arms[0] ? 1 : 0;
    }
    CHECK(first == 160);
  }

  TEST_CASE("Splitter: a canary gets its share of its arm, and of no other") {
    Endpoint endpoint = endpoint_with({{"a", 0.5}, {"b", 0.5}});
    auto canary = std::make_shared<Arm>();
    canary->tag = "a";
    endpoint.arms[0].canary = std::move(canary);
    endpoint.arms[0].canary_share = 0.25;
    Splitter splitter(endpoint);
    Random random(1);
    int former = 0;
    int tried = 0;
    for (int i = 0; i < 8000; ++i) {
      const Arm* arm = splitter.pick(HttpRequest(), random, nothing_gathered);
      former += arm == &endpoint.arms[0] ? 1 : 0;
      tried += arm == endpoint.arms[0].canary.get() ? 1 : 0;
    }
    CHECK(former == doctest::Approx(3000).epsilon(0.01));
    CHECK(tried == doctest::Approx(1000).epsilon(0.01));
  }

  TEST_CASE("Splitter: by key a trial moves clients within their arm only, and each for good") {
    Endpoint endpoint = endpoint_with({{"a", 0.5}, {"b", 0.5}});
    const Endpoint before = endpoint_with({{"a", 0.5}, {"b", 0.5}});
    auto canary = std::make_shared<Arm>();
    canary->tag = "a";
    endpoint.arms[0].canary = std::move(canary);
    endpoint.arms[0].canary_share = 0.25;
    Splitter splitter(endpoint);
    Splitter former(before);
    Random random(1);
    int tried = 0;
    for (int i = 0; i < 4000; ++i) {
      const std::string key = "key-" + std::to_string(i);
      const Arm* arm = splitter.pick(with_key(key), random, nothing_gathered);
      CHECK(arm->tag == former.pick(with_key(key), random, nothing_gathered)->tag);
      CHECK(arm == splitter.pick(with_key(key), random, nothing_gathered));
      tried += arm == endpoint.arms[0].canary.get() ? 1 : 0;
    }
    CHECK(tried > 400);
    CHECK(tried < 600);
  }

  TEST_CASE("Splitter: one arm takes all, weight 0 takes nothing") {
    const Endpoint one = endpoint_with({{"a", 1.0}});
    const Endpoint zero = endpoint_with({{"a", 0.0}, {"b", 1.0}});
    Splitter of_one(one);
    Splitter of_zero(zero);
    Random random(1);
    for (int i = 0; i < 100; ++i) {
      const std::string key = std::to_string(i);
      CHECK(of_one.pick(HttpRequest(), random, nothing_gathered) == &one.arms[0]);
      CHECK(of_zero.pick(HttpRequest(), random, nothing_gathered) == &zero.arms[1]);
      CHECK(of_zero.pick(with_key(key), random, nothing_gathered) == &zero.arms[1]);
    }
  }
}

}  // namespace
}  // namespace backplane::host
