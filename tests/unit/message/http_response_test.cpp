#include "host/message/http_response.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("message") {
  TEST_CASE("HttpResponse: cleared, it keeps the memory of a small body and not of a large one") {
    HttpResponse response;
    response.status = 404;
    response.headers.add("Allow", "GET");
    response.body.assign(1000, 'x');
    response.clear();
    CHECK(response.status == 200);
    CHECK(response.headers.empty());
    CHECK(response.body.empty());
    CHECK(response.body.capacity() >= 1000);

    response.body.assign(HttpResponse::kKeptBody + 1, 'x');
    response.clear();
    CHECK(response.body.empty());
    CHECK(response.body.capacity() <= HttpResponse::kKeptBody);
  }
}

}  // namespace
}  // namespace backplane::host
