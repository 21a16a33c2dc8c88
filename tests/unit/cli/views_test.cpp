#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/cli/backends_view.hpp"
#include "host/cli/endpoints_view.hpp"
#include "host/cli/human_numbers.hpp"
#include "host/cli/plugins_view.hpp"
#include "host/cli/status_view.hpp"
#include "host/cli/text_cells.hpp"
#include "tests/unit/cli/parsed_json.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kEndpoints = R"({"revision":4,"endpoints":{
  "idle":{"route":null,"methods":["GET"],"traffic":{},"policy":"random","shadows":{}},
  "split":{"route":"/split","methods":["GET","POST"],"traffic":{"blue":0.7,"green":0.3},
    "policy":"fixed_packing","packing_num":3,"shadows":{"dark":0.1},
    "stats":{"requests":1234,"outcomes":{"ok":1200,"client_error":4,"failed":30},
      "latency_us":{"count":1234,"sum":1,"p50":812,"p90":2000,"p99":12345},
      "backends":{"blue":{"requests":864,"outcomes":{"ok":864},
          "latency_us":{"count":864,"p50":800,"p99":9999}},
        "green":{"requests":0,"outcomes":{"ok":0},"latency_us":{"count":0,"p50":0,"p99":0}}}}}}})";

bool fits(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (width_of(line) > kTextWidth) return false;
  }
  return true;
}

TEST_SUITE("cli") {
  TEST_CASE("render_status: the host in a few lines, its backends as a table") {
    const auto answer = parsed_json(R"({"version":"0.1.0","abi":"1.0","uptime_seconds":11520.5,
      "revision":7,"ready":false,"data_url":"http://127.0.0.1:8000",
      "causes":["backend 'bad' failed"],"backends":{"good":{"ready":true,"replicas":2,"queued":15},
      "bad":{"ready":false,"error":"no plugin 'gone'"}},"draining":["old@1","older@2"]})");
    CHECK(render_status(answer.root()) ==
          "version     0.1.0, ABI 1.0, up 3 h 12 min\n"
          "revision    7\n"
          "answers at  http://127.0.0.1:8000\n"
          "ready       no\n"
          "            backend 'bad' failed\n"
          "draining    old@1, older@2\n"
          "\n"
          "BACKEND  STATE   REPLICAS  QUEUED  ERROR\n"
          "good     ready          2      15\n"
          "bad      failed                    no plugin 'gone'\n");
  }

  TEST_CASE("render_status: an answer of another version makes holes, not errors") {
    const auto answer = parsed_json(R"({"ready":true,"backends":{},"uptime_seconds":"x"})");
    CHECK(render_status(answer.root()) ==
          "version     , ABI , up 0 s\nready       yes\n\nno backends\n");
  }

  TEST_CASE("render_endpoints: a line for each, traffic in the form that commands take") {
    const auto answer = parsed_json(kEndpoints);
    const std::string text = render_endpoints(answer.root());
    CHECK(fits(text));
    CHECK(text ==
          "ENDPOINT  METHODS   ROUTE   POLICY           TRAFFIC               "
          "REQUESTS  NOT OK     P50      P99\n"
          "idle      GET       (none)  random           (none)                "
          "       -       -       -        -\n"
          "split     GET,POST  /split  fixed_packing 3  blue=0.7 green=0.3 …  "
          "    1234      34  812 us  12.3 ms\n");
    CHECK(render_endpoints(parsed_json(R"({"endpoints":{}})").root()) == "no endpoints\n");
  }

  TEST_CASE("render_endpoint: what it is, and each backend's share of the counts") {
    const auto answer = parsed_json(R"({"name":"split","route":"/split","methods":["GET"],
      "traffic":{"blue":1.0},"policy":"random","shadows":{"dark":0.1},"stats":{"backends":{"blue":
      {"requests":2,"outcomes":{"ok":1},"latency_us":{"count":2,"p50":1500,"p99":2000000}}}}})");
    CHECK(render_endpoint(answer.root()) ==
          "endpoint    split\n"
          "answers     GET /split\n"
          "policy      random\n"
          "shadows     dark=0.1\n"
          "\n"
          "BACKEND  WEIGHT  REQUESTS  NOT OK      P50     P99\n"
          "blue        1.0         2       1  1.50 ms  2.00 s\n");
  }

  TEST_CASE("render_backends: a line for each, with what is wrong where something is") {
    const auto answer = parsed_json(R"({"backends":{
      "bad":{"plugin":"gone","handler":"h","config":{"num_replicas":1,"max_batch_size":1},
        "state":"failed","error":{"code":"no_plugin","detail":"words"}},
      "good":{"plugin":"hello","handler":"hello","config":{"num_replicas":12,"max_batch_size":8},
        "state":"serving","handler_version":"1.2.0",
        "stats":{"requests":100,"failures":3,"queued":0}}}})");
    CHECK(render_backends(answer.root()) ==
          "BACKEND  PLUGIN/HANDLER  VERSION  STATE              REPLICAS  BATCH  QUEUED  REQUESTS  "
          "FAILED\n"
          "bad      gone/h          -        failed: no_plugin         1      1       -         -  "
          "     -\n"
          "good     hello/hello     1.2.0    serving                  12      8       0       100  "
          "     3\n");
    CHECK(render_backends(parsed_json("{}").root()) == "no backends\n");
  }

  TEST_CASE("render_backend: all that is known of one") {
    const auto answer = parsed_json(R"({"tag":"a","plugin":"p","handler":"h","init":{"x":[1]},
      "config":{"num_replicas":2,"user_config":{"k":"v"}},"state":"serving","generation":3,
      "stats":{"queued":5}})");
    CHECK(render_backend(answer.root()) ==
          "backend                       a\n"
          "handler                       p/h\n"
          "state                         serving\n"
          "generation                    3\n"
          "init                          {\"x\":[1]}\n"
          "config.num_replicas           2\n"
          "config.user_config            {\"k\":\"v\"}\n"
          "stats.queued                  5\n");
  }

  TEST_CASE("render_plugins: whether the host would load each file, what runs, what is loaded") {
    const std::string digest(64, 'f');
    const std::string former(64, 'e');
    const auto answer = parsed_json(R"({"plugins":{"bad":{"file":"bad.so","size":4,
      "loadable":false,"error":{"code":"not_elf","detail":"no ELF"},"generations":[]},
      "hello":{"file":"hello.so","size":16,"loadable":true,"sha256":")" +
                                    digest +
                                    R"(","version":"1.0.0","abi":"1.0",
      "warnings":[{"code":"w","detail":"careful"}],"running_sha256":")" +
                                    former + R"(","previous_sha256":")" + digest +
                                    R"(","last_error":{"code":"unknown_handler",
      "detail":"no 'x'","stage":"building"},"generations":[{"generation":1,"state":"retiring",
      "sha256":")" + digest + R"(","in_flight":2,"handlers":[{"name":"hello",
      "version":"1.0.0","max_batch":1}]},{"generation":4,"state":"serving","in_flight":0,
      "handlers":[]}]}}})");
    CHECK(render_plugins(answer.root()) ==
          "PLUGIN  VERSION  ABI  FILE                 SHA-256       RUNNING       LOADED AS\n"
          "bad                   refused: not_elf\n"
          "hello   1.0.0    1.0  loadable, 1 warning  ffffffffffff  eeeeeeeeeeee  "
          "1 retiring, 4\n");
    const auto plugins = answer.root().find("plugins");
    const std::string bad = render_plugin(*plugins->find("bad"));
    CHECK(bad.find("error       no ELF\n") != std::string::npos);
    const std::string hello = render_plugin(*plugins->find("hello"));
    const std::vector<std::string> lines{
        "sha-256     " + digest,
        "warning     careful",
        "running     " + former,
        "before      " + digest,
        "last reload failed while building: no 'x' (unknown_handler)",
        "loaded      generation 1, retiring, sha-256 ffffffffffff, 2 in flight: hello 1.0.0"};
    for (const std::string& line : lines) {
      CAPTURE(line);
      CHECK(hello.find(line + "\n") != std::string::npos);
    }
  }

  TEST_CASE("human_microseconds: three digits and a unit") {
    CHECK(human_microseconds(0) == "0 us");
    CHECK(human_microseconds(999) == "999 us");
    CHECK(human_microseconds(1000) == "1.00 ms");
    CHECK(human_microseconds(9996) == "10.0 ms");
    CHECK(human_microseconds(99'960) == "100 ms");
    CHECK(human_microseconds(999'499) == "999 ms");
    CHECK(human_microseconds(999'500) == "1.00 s");
    CHECK(human_microseconds(75'000'000) == "75.0 s");
  }

  TEST_CASE("human_seconds: the two largest units") {
    CHECK(human_seconds(59) == "59 s");
    CHECK(human_seconds(185) == "3 min 5 s");
    CHECK(human_seconds(11520) == "3 h 12 min");
    CHECK(human_seconds(2 * 86400 + 3 * 3600 + 59) == "2 d 3 h");
  }
}

}  // namespace
}  // namespace backplane::host
