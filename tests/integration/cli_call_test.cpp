#include <string>

#include <doctest/doctest.h>

#include "tests/integration/served_host.hpp"

namespace backplane::host {

SCENARIO("somebody sends a request to an endpoint from the command line") {
  GIVEN("a host that serves") {
    const ServedHost host;
    WHEN("an endpoint is called by its name") {
      const ProcessEnd end = host.run({"call", "split"});
      THEN("the body is all of the output, and the rest is told beside it") {
        CHECK(end.code == 0);
        CHECK(end.output == "hello serve!");
        CHECK(end.errors.starts_with("200 OK, backend blue@"));
      }
    }
    WHEN("it is called with a path of its own") {
      THEN("that is what is asked for") {
        CHECK(host.output_of({"call", "many", "--path", "/many/x?name=ray"}) == "hello ray");
        const ProcessEnd without = host.run({"call", "many"});
        CHECK(without.code == 64);
        CHECK(without.errors.find("--path says which") != std::string::npos);
      }
    }
    WHEN("data is sent") {
      const std::string answer = host.output_of({"call", "textstats", "--data", R"({"text":"a b"})",
                                                 "--header", "Content-Type: application/json"});
      THEN("the handler gets it") {
        CHECK(answer.find(R"("words":2)") != std::string::npos);
      }
    }
    WHEN("the answer is a refusal") {
      const ProcessEnd end = host.run({"call", "split", "--method", "DELETE"});
      THEN("it is printed, and the end says that it is one") {
        CHECK(end.code == 1);
        CHECK(end.output.find(R"("status":405)") != std::string::npos);
        CHECK(end.errors.starts_with("405 Method Not Allowed"));
      }
    }
    WHEN("an endpoint that does not exist is called") {
      const ProcessEnd end = host.run({"call", "nothing"});
      THEN("the host says so") {
        CHECK(end.code == 1);
        CHECK(end.errors == "backplane: no endpoint is called 'nothing' (unknown_endpoint)\n");
      }
    }
    WHEN("requests are said to be answered elsewhere") {
      THEN("they are sent there") {
        CHECK(host.output_of({"call", "split", "--to", host.data()}) == "hello serve!");
        CHECK(host.run({"call", "split", "--to", "127.0.0.1:1"}).code == 69);
        CHECK(host.run({"call", "split", "--to", "nowhere"}).code == 64);
      }
    }
  }
}

}  // namespace backplane::host
