#include "host/http/http_date.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("http") {
  TEST_CASE("HttpDate: the text is the fixed-length date of RFC 9110") {
    HttpDate date;
    date.refresh(784111777);
    CHECK(date.text() == "Sun, 06 Nov 1994 08:49:37 GMT");
    date.refresh(951827696);
    CHECK(date.text() == "Tue, 29 Feb 2000 12:34:56 GMT");
    date.refresh(4102444800);
    CHECK(date.text() == "Fri, 01 Jan 2100 00:00:00 GMT");
    date.refresh(0);
    CHECK(date.text() == "Thu, 01 Jan 1970 00:00:00 GMT");
  }
}

}  // namespace
}  // namespace backplane::host
