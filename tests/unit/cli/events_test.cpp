#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/cli/event_stream.hpp"
#include "host/cli/events_command.hpp"

namespace backplane::host {
namespace {

std::vector<std::string> told(const std::vector<ServerEvent>& events) {
  std::vector<std::string> lines;
  lines.reserve(events.size());
  for (const ServerEvent& event : events) {
    lines.push_back(event.name + "|" + event.id + "|" + event.data);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST_SUITE("cli") {
  TEST_CASE("EventStream: events wherever the stream's pieces end") {
    const std::string text =
        ": events\n\nevent: a\nid: 1\ndata: {}\n\n:\n\nevent: b\nid: 2\ndata: x\ndata: y\n\n";
    const Lines wanted{"a|1|{}", "b|2|x\ny"};
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      CAPTURE(cut);
      EventStream stream;
      Lines lines = told(stream.feed(text.substr(0, cut)));
      for (const std::string& line : told(stream.feed(text.substr(cut)))) lines.push_back(line);
      CHECK(lines == wanted);
    }
  }

  TEST_CASE("EventStream: what the standard allows beside") {
    EventStream stream;
    CHECK(told(stream.feed("data:1\r\n\r\n")) == Lines{"message||1"});
    CHECK(told(stream.feed("event: x\nid: 7\n\n")).empty());
    CHECK(told(stream.feed("data\n\n")) == Lines{"message|7|"});
    CHECK(told(stream.feed("unknown: x\ndata:  2\n\n")) == Lines{"message|7| 2"});
    CHECK(told(stream.feed("data: never ends\n")).empty());
  }

  TEST_CASE("render_event: a line for each kind") {
    CHECK(render_event({"revision", "1", R"({"revision":7})"}) == "revision 7");
    CHECK(render_event({"operation", "2",
                        R"({"id":"12","action":"put_backend","object":"a","state":"running",)"
                        R"("stage":"building","built":1,"to_build":3})"}) ==
          "operation 12 put_backend a: building, 1 of 3 built");
    CHECK(render_event({"operation", "2",
                        R"({"id":"12","action":"put_app","object":"","state":"succeeded",)"
                        R"("stage":"done","revision":8})"}) ==
          "operation 12 put_app: succeeded, revision 8");
    CHECK(render_event({"operation", "2",
                        R"({"id":"12","action":"put_app","state":"failed","stage":"done",)"
                        R"("error":{"code":"x","detail":"no plugin"}})"}) ==
          "operation 12 put_app: failed, no plugin");
    CHECK(render_event(
              {"backend", "3", R"({"tag":"a","state":"serving","generation":4,"replicas":2})"}) ==
          "backend a: serving, generation 4, 2 replicas");
    CHECK(render_event({"backend", "3", R"({"tag":"a","state":"failed","detail":"gone"})"}) ==
          "backend a: failed, gone");
  }

  TEST_CASE("render_event: rates of endpoints that are asked; nothing of a second without any") {
    CHECK(render_event(
              {"rates", "4",
               R"({"revision":1,"endpoints":{"a":{"requests":9,"requests_per_second":8.7},)"
               R"("b":{"requests":9,"requests_per_second":0},)"
               R"("c":{"requests":9,"requests_per_second":1.2}}})"}) == "rates a 9/s, c 1/s");
    CHECK(render_event({"rates", "4", R"({"revision":1,"endpoints":{}})"}) == "");
  }

  TEST_CASE("render_event: what it does not know is shown as it came, without controls") {
    CHECK(render_event({"later", "5", R"({"x":1})"}) == R"(later {"x":1})");
    CHECK(render_event({"revision", "5", "no \x1b[31mJSON"}) == "revision no  [31mJSON");
  }

  TEST_CASE("event_json: one object on one line") {
    CHECK(event_json({"revision", "7", R"({"revision":3})"}) ==
          R"({"event":"revision","id":"7","data":{"revision":3}})");
    CHECK(event_json({"x", "", "a\nb"}) == R"({"event":"x","id":"","data":"a\nb"})");
  }
}

}  // namespace
}  // namespace backplane::host
