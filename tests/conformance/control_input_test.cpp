#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"

namespace backplane::host {
namespace {

using namespace std::string_literals;

constexpr const char* kTraffic = "/v1/endpoints/e/traffic";

// A host that serves /e by backend a, and has a backend b.
class ServingHost : public HostFixture {
 public:
  ServingHost() : HostFixture({"hello"}) {
    create_backend("a", "hello");
    create_backend("b", "hello");
    create_endpoint("e", "/e", R"({"a":1})");
  }

  bool is_served_by_a() const {
    return data("GET", "/e").header("Backplane-Backend").starts_with("a@");
  }

  // The answer to one request with these fields.
  std::string answer_to(std::string_view method, std::string_view target, const Fields& fields,
                        std::string_view body) const {
    RawClient client(admin_port());
    const auto answer = client.ask(request_text(method, target, fields, body));
    return answer ? Answer(*answer).refusal() : "none";
  }
};

// `depth` opening brackets.
std::string nested(std::size_t depth) {
  return std::string(depth, '[');
}

std::string backend_with(const std::string& key, const std::string& value) {
  return R"({"plugin":"hello","handler":"hello","config":{")" + key + "\":" + value + "}}";
}

}  // namespace

TEST_SUITE("control input") {
  TEST_CASE("row 69: weights that are none are refused with their place and change nothing") {
    const ServingHost host;
    const std::vector<std::pair<std::string, std::string>> bodies{{R"({"a":1.1,"b":-0.1})", "/b"},
                                                                  {R"({"a":1e309})", "/a"},
                                                                  {R"({"a":"1"})", "/a"},
                                                                  {R"({"a":true})", "/a"},
                                                                  {R"({"a":null})", "/a"},
                                                                  {R"({"a":0.5,"b":0.4989})", ""},
                                                                  {R"({"a":0,"b":0})", ""},
                                                                  {"{}", ""},
                                                                  {"[]", ""}};
    for (const auto& entry : bodies) {
      const std::string& body = entry.first;
      CAPTURE(body);
      CHECK(host.refused("PUT", kTraffic, body) == "422 invalid_weights");
      CHECK(host.admin("PUT", kTraffic, body).text_at("/pointer") == entry.second);
    }
    std::string many = R"({"a":1)";
    for (int i = 0; i < 64; ++i) many += ",\"b" + std::to_string(i) + "\":0";
    CHECK(host.refused("PUT", kTraffic, many + "}") == "422 invalid_weights");
    for (const char* const body : {R"({"a":NaN})", R"({"a":Infinity})", R"({"a":-Infinity})"}) {
      CHECK(host.refused("PUT", kTraffic, body) == "400 invalid_json");
    }
    CHECK(host.is_served_by_a());
  }

  TEST_CASE("row 70: what is not there is 404 in the path and 422 in the body") {
    const ServingHost host;
    CHECK(host.refused("PUT", "/v1/endpoints/nobody/traffic", R"({"a":1})") ==
          "404 unknown_endpoint");
    CHECK(host.refused("DELETE", "/v1/backends/nobody") == "404 unknown_backend");
    CHECK(host.refused("PUT", kTraffic, R"({"nobody":1})") == "422 unknown_backend");
    CHECK(host.refused("PUT", "/v1/endpoints/f", R"({"traffic":{"a":0.5,"nobody":0.5}})") ==
          "422 unknown_backend");
    CHECK(host.refused("PUT", "/v1/endpoints/f", R"({"shadows":{"nobody":0.5}})") ==
          "422 unknown_backend");
  }

  TEST_CASE("row 71: what is not strictly JSON is refused, and so are unknown members") {
    const ServingHost host;
    for (const std::string& body :
         {R"({"a":0.5,"a":0.5})"s, R"({"a":1} // all)"s, R"(/* all */{"a":1})"s, R"({"a":1}x)"s,
          R"({"a":1}{"a":1})"s, "\xef\xbb\xbf{\"a\":1}"s, "{\"a\":1}\0junk"s, "{\"a\0\":1}"s,
          R"({"\ud800":1})"s, "{\"\xff\":1}"s, "{\"\xc0\x80\":1}"s, "{'a':1}"s, R"({"a":1,})"s,
          " "s, R"({"a":01})"s, R"({"a":+1})"s}) {
      CAPTURE(body);
      CHECK(host.refused("PUT", kTraffic, body) == "400 invalid_json");
    }
    CHECK(host.refused("PUT", "/v1/backends/x", R"({"plugin":"hello","handler":"hello","h":1})") ==
          "422 unknown_field");
    CHECK(host.refused("PUT", "/v1/backends/x", backend_with("__proto__", "{}")) ==
          "422 unknown_field");
  }

  TEST_CASE("row 72: bodies that are deep, large or full of numbers cost little and are refused") {
    const ServingHost host;
    CHECK(host.refused("PUT", kTraffic, nested(100'000)) == "400 json_too_deep");
    CHECK(host.refused("PUT", kTraffic, R"({"a":)" + nested(32) + "}") == "400 json_too_deep");
    std::string zeros = "[0";
    for (int i = 0; i < 499'999; ++i) zeros += ",0";
    CHECK(host.refused("PUT", kTraffic, zeros + "]") == "413 payload_too_large");
    // By its length alone, before a byte of it has been read.
    for (const char* const length : {"10485760", "2000001"}) {
      CHECK(host.answer_to("PUT", kTraffic,
                           {{"Content-Type", "application/json"}, {"Content-Length", length}},
                           "") == "413 payload_too_large");
    }
    CHECK(host.refused("PUT", "/v1/backends/x",
                       backend_with("num_replicas", "100000000000000000000000000000")) ==
          "422 invalid_argument");
    CHECK(host.refused("PUT", kTraffic, R"({"a":0.1e-400})") == "422 invalid_weights");
    CHECK(host.refused("PUT", kTraffic, R"({"a":1e-999999999999999999999})") ==
          "422 invalid_weights");
    CHECK(host.is_served_by_a());
  }

  TEST_CASE("row 73: a name is 1 to 63 small letters, digits, '_' and '-'") {
    const ServingHost host;
    const std::string body = backend_with("num_replicas", "1");
    for (const std::string& name :
         {""s, std::string(64, 'a'), std::string(300, 'a'), "%F0%9F%98%80"s, "__proto__"s, "A"s,
          "aB"s, "-a"s, "a-"s, "a.b"s, "a;b"s}) {
      CAPTURE(name);
      CHECK(host.refused("PUT", "/v1/backends/" + name, body) == "400 bad_name");
      CHECK(host.refused("PUT", "/v1/endpoints/" + name, "{}") == "400 bad_name");
    }
    // Not even a path to the listener.
    for (const char* const name : {"%2e%2e", "../x", "a/../../x", "a%0d%0aX-Evil:1", "a%00"}) {
      CAPTURE(name);
      CHECK(host.refused("PUT", "/v1/backends/" + std::string(name), body) == "400 bad_target");
    }
    CHECK(host.admin("PUT", "/v1/endpoints/" + std::string(63, 'a'), "{}").status() == 201);
  }

  TEST_CASE("row 74: routes that clash are conflicts, and odd ones are refused") {
    const ServingHost host;
    const auto refused = [&host](const std::string& route) {
      return host.refused("PUT", "/v1/endpoints/f", R"({"route":")" + route + "\"}");
    };
    CHECK(refused("/e") == "409 route_conflict");
    host.create_endpoint("users", "/users/{id}", R"({"a":1})");
    CHECK(refused("/users/{name}") == "409 route_conflict");
    for (const char* const route :
         {"//", "//e", "/a//b", "/a?b=1", "/a#b", "/a/../b", "/a/./b", "/-/routes", "/-", "/a*",
          "/*/a", "/%61", "/a b", "/a\\\\b", "e", "", "/{a}/{a}", "/{a}/*", "http://x/y"}) {
      CAPTURE(route);
      CHECK(refused(route) == "422 bad_route");
    }
    CHECK(refused(std::string(1100, '/')) == "422 bad_route");
    // The listeners have routers of their own: an admin path is a path like any other here.
    host.create_endpoint("shade", "/v1/status", R"({"a":1})");
    CHECK(host.get("/v1/status").body() == "hello serve!");
    CHECK(host.admin("GET", "/v1/status").at("/ready") == "true");
    host.create_endpoint("root", "/", R"({"a":1})");
    CHECK(host.get("/").status() == 200);
  }

  TEST_CASE("row 75: a body that is not declared JSON is refused") {
    const ServingHost host;
    const std::string before = host.state();
    for (const char* const type :
         {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "",
          "application/json; charset=utf-16", "application/jsonx", "text/json"}) {
      CAPTURE(type);
      CHECK(host.answer_to("PUT", kTraffic, {{"Content-Type", type}}, R"({"b":1})") ==
            "415 unsupported_media_type");
    }
    CHECK(host.answer_to("PUT", kTraffic, {}, R"({"b":1})") == "415 unsupported_media_type");
    CHECK(host.answer_to("PUT", kTraffic,
                         {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}},
                         R"({"b":1})") == "415 unsupported_media_type");
    CHECK(host.state() == before);
  }

  TEST_CASE("row 79: counts and times out of their range are refused with the range") {
    const ServingHost host;
    const std::vector<std::pair<std::string, std::string>> bounds{
        {"num_replicas", "0"},        {"num_replicas", "-1"},          {"num_replicas", "1.5"},
        {"num_replicas", "1e9"},      {"num_replicas", "1000000000"},  {"max_batch_size", "0"},
        {"request_timeout_ms", "-1"}, {"batch_wait_timeout_ms", "-1"}, {"max_queue", "-1"}};
    for (const auto& entry : bounds) {
      const std::string& key = entry.first;
      const std::string body = backend_with(key, entry.second);
      CAPTURE(body);
      CHECK(host.refused("PUT", "/v1/backends/x", body) == "422 invalid_argument");
      const Answer answer = host.admin("PUT", "/v1/backends/x", body);
      CHECK(answer.text_at("/pointer") == "/config/" + key);
      std::string wanted = "found ";
      wanted.append(entry.second).append(" for '").append(key).append("', wanted an integer ");
      CHECK(answer.detail().starts_with(wanted));
    }
  }
}

}  // namespace backplane::host
