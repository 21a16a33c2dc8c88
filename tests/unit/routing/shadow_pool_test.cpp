#include "host/routing/shadow_pool.hpp"

#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/thread.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("routing") {
  TEST_CASE("ShadowPool: a copy owns its bytes") {
    const auto pool = std::make_shared<ShadowPool>(4);
    std::string bytes = "POST|/p%20q|a=1|host:80|the body|X-Name|value|Content-Type|text/x";
    const std::string_view all = bytes;
    HttpRequest original;
    original.method = all.substr(0, 4);
    original.path = all.substr(5, 6);
    original.query = all.substr(12, 3);
    original.authority = all.substr(16, 7);
    original.body = all.substr(24, 8);
    original.headers = {{all.substr(33, 6), all.substr(40, 5)},
                        {all.substr(46, 12), all.substr(59, 6)}};
    original.request_id = "id-1";
    original.received_at = TimePoint(std::chrono::seconds(9));
    Exchange* const copy = pool->copy(original);
    REQUIRE(copy != nullptr);
    // The client's connection has gone on to something else.
    bytes.assign(bytes.size(), '#');
    original.clear();

    const HttpRequest& request = copy->request;
    CHECK(request.method == "POST");
    CHECK(request.path == "/p%20q");
    CHECK(request.query == "a=1");
    CHECK(request.authority == "host:80");
    CHECK(request.body == "the body");
    REQUIRE(request.find_header("x-name") != nullptr);
    CHECK(*request.find_header("x-name") == "value");
    CHECK(request.content_type == "text/x");
    CHECK(request.request_id == "id-1");
    CHECK((request.received_at == TimePoint(std::chrono::seconds(9))));
    CHECK(copy->route == nullptr);
    copy->complete();
  }

  TEST_CASE("ShadowPool: over its budget it makes no copy, and counts that") {
    const auto pool = std::make_shared<ShadowPool>(2);
    const HttpRequest request;
    Exchange* const first = pool->copy(request);
    Exchange* const second = pool->copy(request);
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    CHECK(pool->copy(request) == nullptr);
    CHECK(pool->dropped() == 1);
    first->complete();
    Exchange* const third = pool->copy(request);
    CHECK(third == first);
    CHECK(pool->dropped() == 1);
    second->complete();
    third->complete();
  }

  TEST_CASE("ShadowPool: copies that are out hold no more bytes than their budget") {
    const auto pool = std::make_shared<ShadowPool>(8, 10);
    HttpRequest six;
    six.body = "sixsix";
    Exchange* const first = pool->copy(six);
    REQUIRE(first != nullptr);
    CHECK(pool->copy(six) == nullptr);
    CHECK(pool->dropped() == 1);
    first->complete();
    Exchange* const again = pool->copy(six);
    REQUIRE(again != nullptr);
    again->complete();
  }

  TEST_CASE("ShadowPool: a copy that is used again holds nothing of the former request") {
    const auto pool = std::make_shared<ShadowPool>(1);
    HttpRequest first;
    first.body = "secret";
    first.content_type = "text/x";
    first.headers = {{"Authorization", "secret"}, {"Content-Type", "text/x"}};
    Exchange* copy = pool->copy(first);
    REQUIRE(copy != nullptr);
    copy->response.body = "answer";
    copy->abandon();
    copy->complete();
    copy = pool->copy(HttpRequest());
    REQUIRE(copy != nullptr);
    CHECK(copy->request.body.empty());
    CHECK(copy->request.headers.empty());
    CHECK(copy->request.content_type.empty());
    CHECK(copy->response.body.empty());
    CHECK_FALSE(copy->abandoned());
    copy->complete();
  }

  TEST_CASE("ShadowPool: copies that are out keep the pool alive, in whatever order they return") {
    auto pool = std::make_shared<ShadowPool>(2);
    const std::weak_ptr<ShadowPool> watch = pool;
    Exchange* const first = pool->copy(HttpRequest());
    Exchange* const second = pool->copy(HttpRequest());
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    pool.reset();
    CHECK_FALSE(watch.expired());
    second->complete();
    CHECK_FALSE(watch.expired());
    first->complete();
    CHECK(watch.expired());
  }

  TEST_CASE("ShadowPool: the answer to a copy is not kept while it waits for the next request") {
    const auto pool = std::make_shared<ShadowPool>(1);
    Exchange* const copy = pool->copy(HttpRequest());
    REQUIRE(copy != nullptr);
    copy->response.body.assign(std::size_t{1} << 20U, 'x');
    copy->complete();
    CHECK(copy->response.body.capacity() <= HttpResponse::kKeptBody);
  }

  TEST_CASE("ShadowPool: copies come back on other threads while new ones are made") {
    const auto pool = std::make_shared<ShadowPool>(8);
    HttpRequest request;
    request.body = "body";
    for (int round = 0; round < 100; ++round) {
      std::vector<Exchange*> out;
      while (Exchange* const copy = pool->copy(request)) out.push_back(copy);
      REQUIRE(out.size() <= 8);
      auto replica = Thread::start("replica", ThreadRole::kReplica, [out] {
        for (Exchange* copy : out) copy->complete();
      });
      REQUIRE(replica.ok());
      Exchange* const another = pool->copy(request);
      if (another != nullptr) another->complete();
    }
    CHECK(pool->dropped() >= 100);
  }
}

}  // namespace
}  // namespace backplane::host
