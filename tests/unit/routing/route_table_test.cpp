#include "host/routing/route_table.hpp"

#include <cstddef>
#include <optional>
#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("routing") {
  TEST_CASE("RouteTable: an exact route wins over a prefix, a prefix over parameters") {
    RouteTable table;
    table.add("/a/{id}", 0);
    table.add("/a/*", 1);
    table.add("/a/b", 2);
    CHECK(table.find("/a/b") == 2);
    CHECK(table.find("/a/c") == 1);
    RouteTable without_prefix;
    without_prefix.add("/a/{id}", 0);
    without_prefix.add("/a/b", 2);
    CHECK(without_prefix.find("/a/b") == 2);
    CHECK(without_prefix.find("/a/c") == 0);
  }

  TEST_CASE("RouteTable: routes of every length are found, and none that differs in one byte") {
    const std::string longest = "/abcdefghijklmnopqrs";
    RouteTable table;
    for (std::size_t size = 1; size <= longest.size(); ++size) {
      table.add(longest.substr(0, size), size);
    }
    for (std::size_t size = 1; size <= longest.size(); ++size) {
      std::string path = longest.substr(0, size);
      CHECK(table.find(path) == size);
      for (char& c : path) {
        ++c;
        CHECK(table.find(path) == std::nullopt);
        --c;
      }
    }
  }

  TEST_CASE("RouteTable: the longest prefix wins, in whatever order they were added") {
    RouteTable table;
    table.add("/a/b/*", 1);
    table.add("/*", 0);
    table.add("/a/b/c/*", 2);
    table.add("/a/*", 3);
    CHECK(table.find("/x") == 0);
    CHECK(table.find("/a/x") == 3);
    CHECK(table.find("/a/b/x") == 1);
    CHECK(table.find("/a/b/c/x/y") == 2);
    CHECK(table.find("/a/bx") == 3);
  }

  TEST_CASE("RouteTable: a prefix route covers what is below it, not its name alone") {
    RouteTable table;
    table.add("/files/*", 0);
    CHECK(table.find("/files/a/b") == 0);
    CHECK_FALSE(table.find("/files"));
    CHECK_FALSE(table.find("/filesystem"));
  }

  TEST_CASE("RouteTable: T14: a trailing slash is another path") {
    RouteTable table;
    table.add("/api", 0);
    table.add("/dir/", 1);
    CHECK(table.find("/api") == 0);
    CHECK_FALSE(table.find("/api/"));
    CHECK_FALSE(table.find("/dir"));
    CHECK(table.find("/dir/") == 1);
    CHECK_FALSE(table.find("/API"));
    CHECK_FALSE(table.find(""));
    CHECK_FALSE(table.find("/"));
  }

  TEST_CASE("matches_pattern: a parameter stands for one segment that is not empty") {
    CHECK(matches_pattern("/users/{id}", "/users/7"));
    CHECK(matches_pattern("/users/{id}/posts/{post}", "/users/7/posts/x"));
    CHECK(matches_pattern("/{a}/{b}", "/x/y"));
    CHECK_FALSE(matches_pattern("/users/{id}", "/users/"));
    CHECK_FALSE(matches_pattern("/users/{id}", "/users"));
    CHECK_FALSE(matches_pattern("/users/{id}", "/users/7/"));
    CHECK_FALSE(matches_pattern("/users/{id}", "/users/7/posts"));
    CHECK_FALSE(matches_pattern("/users/{id}/posts", "/users//posts"));
    CHECK_FALSE(matches_pattern("/users/{id}", "/people/7"));
    CHECK_FALSE(matches_pattern("/users/{id}", ""));
  }
}

}  // namespace
}  // namespace backplane::host
