#include "host/cli/call_command.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/cli/parsed_json.hpp"
#include "tests/unit/cli/temporary_folder.hpp"

namespace backplane::host {
namespace {

Result<HttpCall> call_of(const std::vector<std::string>& arguments, std::string_view endpoint) {
  std::vector<std::string> words{"e"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const auto command = parse_command(call_syntax(), words);
  REQUIRE(command.ok());
  return data_call(command.value(), parsed_json(endpoint).root());
}

constexpr std::string_view kBoth = R"({"name":"e","route":"/e","methods":["GET","POST"]})";

std::string line_of_call(const std::vector<std::string>& arguments,
                         std::string_view endpoint = kBoth) {
  const auto call = call_of(arguments, endpoint);
  if (!call.ok()) return call.error().message();
  return call.value().method + " " + call.value().target + " " + call.value().body;
}

TEST_SUITE("cli") {
  TEST_CASE(
      "call: the endpoint's route, by GET, or by POST with data, as far as it answers those") {
    CHECK(line_of_call({}) == "GET /e ");
    CHECK(line_of_call({"--data", "x=1"}) == "POST /e x=1");
    CHECK(line_of_call({"--data="}) == "POST /e ");
    CHECK(line_of_call({"--data", "x", "--method", "PUT"}) == "PUT /e x");
    constexpr std::string_view kPut = R"({"route":"/e","methods":["PUT","GET"]})";
    CHECK(line_of_call({"--data", "x"}, kPut) == "PUT /e x");
    CHECK(line_of_call({}, R"({"route":"/e","methods":["POST"]})") == "POST /e ");
  }

  TEST_CASE("call: data from a file is sent byte for byte") {
    const TemporaryFolder folder;
    const std::string bytes("a\0\r\nb\n", 6);
    CHECK(call_of({"--data", "@" + folder.add("data", bytes)}, kBoth).value().body == bytes);
    CHECK(line_of_call({"--data", "@/nonexistent/x"}) == "--data: /nonexistent/x: no such file");
  }

  TEST_CASE("call: header fields as typed, and none that would not be one") {
    const auto call = call_of({"--header", "A: 1", "--header", "B:x: y"}, kBoth);
    REQUIRE(call.ok());
    CHECK(call.value().headers.find("A") == "1");
    CHECK(call.value().headers.find("B") == "x: y");
    CHECK(call_of({"--header", "Empty:"}, kBoth).value().headers.contains("Empty"));
    for (const char* header : {"A", ": x", "A B: x", "A: x\r\nB: y", ""}) {
      CAPTURE(header);
      CHECK_FALSE(call_of({std::string("--header=") + header}, kBoth).ok());
    }
  }

  TEST_CASE("call: a route that fits many paths needs to be told which") {
    constexpr std::string_view kMany = R"({"name":"e","route":"/e/*","methods":["GET"]})";
    CHECK(line_of_call({}, kMany).find("--path says which") != std::string::npos);
    CHECK(line_of_call({"--path", "/e/1?x=%20"}, kMany) == "GET /e/1?x=%20 ");
    for (const char* path : {"e", "", "/a b", "/a\r\nX: y"}) {
      CAPTURE(path);
      CHECK_FALSE(call_of({std::string("--path=") + path}, kMany).ok());
    }
    const auto none = call_of({}, R"({"name":"e","route":null})");
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().reason() == "no_route");
  }

  TEST_CASE("call: requests go where the host says, or where its admin listener was found") {
    const ServerAddress admin{"10.0.0.7", "8001", false};
    const auto address = [&admin](std::string_view status) {
      return data_address(parsed_json(status).root(), admin);
    };
    CHECK(address(R"({"data_url":"http://127.0.0.1:80"})").value().authority() == "127.0.0.1:80");
    CHECK(address(R"({"data_url":"https://0.0.0.0:443"})").value() ==
          ServerAddress{"10.0.0.7", "443", true});
    CHECK(address(R"({"data_url":"http://[::]:80"})").value().authority() == "10.0.0.7:80");
    CHECK(address("{}").error().message().find("--to") != std::string::npos);
  }

  TEST_CASE("render_call: status, who answered, how long it took") {
    HttpResponse response;
    response.status = 200;
    CHECK(render_call(response, std::chrono::microseconds(812), false) == "200 OK, 812 us\n");
    response.headers.add("Backplane-Backend", "hello@1");
    CHECK(render_call(response, std::chrono::microseconds(1500), true) ==
          "200 OK, backend hello@1, 1.50 ms\n");
  }

  TEST_CASE("render_call: a terminal shows it below a body that does not end its line") {
    HttpResponse response;
    response.body = "hello ray";
    CHECK(render_call(response, std::chrono::microseconds(1), true) == "\n200 OK, 1 us\n");
    CHECK(render_call(response, std::chrono::microseconds(1), false) == "200 OK, 1 us\n");
    response.body = "hello ray\n";
    CHECK(render_call(response, std::chrono::microseconds(1), true) == "200 OK, 1 us\n");
  }
}

}  // namespace
}  // namespace backplane::host
