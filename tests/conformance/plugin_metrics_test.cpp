#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/log.hpp"
#include "host/base/mutex.hpp"
#include "tests/support/background_load.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/metrics_text.hpp"

namespace backplane::host {
namespace {

using Errors = std::vector<std::string>;
using Labels = MetricsText::Labels;

MetricsText scrape(const HostFixture& host) {
  MetricsText text(host.admin("GET", "/metrics").body());
  CHECK(text.errors() == Errors{});
  return text;
}

// A host with fixture `meters` behind /meters.
class MetersHost : public HostFixture {
 public:
  MetersHost() : HostFixture({"meters"}) {
    create_backend("m", "meters", R"({"num_replicas":2})");
    create_endpoint("m", "/meters", R"({"m":1})");
  }

  // How many series the handler got for `query`.
  std::string ask(const std::string& query) const { return get("/meters?" + query).body(); }
  double dropped(const std::string& reason) const {
    return scrape(*this)
        .value("backplane_plugin_metrics_dropped_total", {{"plugin", "meters"}, {"reason", reason}})
        .value_or(-1);
  }
  Answer reload() const { return admin("POST", "/v1/plugins/meters/reload", R"({"force":true})"); }
};

// While it lives, log lines are kept instead of written: "area fields: words".
class KeptLog {
 public:
  KeptLog() { set_log_writer(keep, LogLevel::kInfo); }
  ~KeptLog() {
    set_log_writer(nullptr, LogLevel::kError);
    lines().take();
  }
  KeptLog(const KeptLog&) = delete;
  KeptLog& operator=(const KeptLog&) = delete;

  // How many lines there were that read so.
  static std::ptrdiff_t count(const std::string& line) {
    const std::vector<std::string> all = lines().copy();
    return std::count(all.begin(), all.end(), line);
  }

 private:
  class Lines {
   public:
    void add(std::string line) {
      MutexLock lock(mutex_);
      lines_.push_back(std::move(line));
    }
    std::vector<std::string> copy() {
      MutexLock lock(mutex_);
      return lines_;
    }
    void take() {
      MutexLock lock(mutex_);
      lines_.clear();
    }

   private:
    Mutex mutex_;
    std::vector<std::string> lines_ BP_GUARDED_BY(mutex_);
  };

  // A LogWriter is a function, so what it keeps is the program's.
  static Lines& lines() {
    static Lines kept;
    return kept;
  }
  static void keep(LogLevel /*level*/, std::string_view area, const std::string& line) {
    lines().add(std::string(area) + ": " + line);
  }
};

}  // namespace

TEST_SUITE("metrics") {
  TEST_CASE("plugin metrics: what replicas measure is on the page, under the plugin's name") {
    MetersHost host;
    for (int i = 0; i < 10; ++i) CHECK(host.ask("counter=hits_total&value=0.5&label=a") == "1");
    CHECK(host.ask("gauge=level&value=-2.5") == "1");
    CHECK(host.ask("histogram=sizes&value=10&label=%22%5C%0A") == "1");
    CHECK(host.ask("histogram=sizes&value=11&label=%22%5C%0A") == "1");
    const MetricsText text = scrape(host);
    CHECK(text.value("meters_requests_total", {{"plugin", "meters"}}) == 13.0);
    CHECK(text.value("hits_total", {{"plugin", "meters"}, {"l", "a"}}) == 5.0);
    CHECK(text.value("level", {{"plugin", "meters"}}) == -2.5);
    Labels labels{{"plugin", "meters"}, {"l", "\"\\\n"}};
    CHECK(text.value("sizes_sum", labels) == 21.0);
    CHECK(text.value("sizes_count", labels) == 2.0);
    labels["le"] = "1";
    CHECK(text.value("sizes_bucket", labels) == 0.0);
    labels["le"] = "10";
    CHECK(text.value("sizes_bucket", labels) == 1.0);
    CHECK(host.dropped("full") == 0);
  }

  TEST_CASE(
      "plugin metrics: names against the rules, and of another kind, are dropped and counted") {
    MetersHost host;
    CHECK(host.ask("gauge=bad-name") == "0");
    CHECK(host.ask("counter=backplane_requests_total") == "0");
    CHECK(host.ask("counter=hits_total&label=%FF") == "0");
    CHECK(host.ask("gauge=level") == "1");
    CHECK(host.ask("histogram=level") == "0");
    CHECK(host.dropped("name") == 2);
    CHECK(host.dropped("labels") == 1);
    CHECK(host.dropped("conflict") == 1);
    CHECK(host.dropped("bounds") == 0);
  }

  TEST_CASE("plugin metrics: a plugin has a thousand lines of the page, the host keeps its own") {
    MetersHost host;
    CHECK(host.ask("many=2000") == "999");
    CHECK(host.ask("counter=hits_total") == "0");
    CHECK(host.dropped("full") == 1002);
    const MetricsText text = scrape(host);
    CHECK(text.sum("many") == 0);
    CHECK(text.value("meters_requests_total", {{"plugin", "meters"}}) == 2.0);
    CHECK(text.value("backplane_metrics_dropped_series") == 0.0);
    CHECK(text.has_family("backplane_request_seconds"));
  }

  TEST_CASE("plugin metrics: two plugins with one name keep apart; of two kinds one is left out") {
    MetersHost host;
    host.add_plugin("meters", "second");
    const Answer made =
        host.admin("PUT", "/v1/backends/s", R"({"plugin":"second","handler":"meters"})");
    REQUIRE_MESSAGE(made.status() == 201, made.body());
    host.create_endpoint("s", "/second", R"({"s":1})");
    CHECK(host.ask("gauge=level&value=1") == "1");
    CHECK(host.get("/second?gauge=level&value=2").body() == "1");
    MetricsText text = scrape(host);
    CHECK(text.value("level", {{"plugin", "meters"}}) == 1.0);
    CHECK(text.value("level", {{"plugin", "second"}}) == 2.0);
    CHECK(host.ask("gauge=both") == "1");
    CHECK(host.get("/second?histogram=both").body() == "1");
    text = scrape(host);
    CHECK(text.value("both", {{"plugin", "meters"}}) == 1.0);
    CHECK(text.value("backplane_metrics_dropped_series") == 5.0);
  }

  TEST_CASE("plugin metrics: counters go on across reloads, and go with the plugin") {
    MetersHost host;
    BackgroundLoad load(host.data_port(), "/meters");
    const Labels labels{{"plugin", "meters"}};
    double before = 0;
    for (int i = 0; i < 5; ++i) {
      REQUIRE(load.wait_answered(10));
      REQUIRE(host.reload().status() == 200);
      const double now = scrape(host).value("meters_requests_total", labels).value_or(-1);
      CHECK(now > before);
      before = now;
    }
    int answered = 0;
    for (const auto& answer : load.stop()) answered += answer.second;
    CHECK(scrape(host).value("meters_requests_total", labels) == answered);
    CHECK(host.admin("DELETE", "/v1/endpoints/m").status() == 200);
    CHECK(host.admin("DELETE", "/v1/backends/m").status() == 200);
    const TimePoint deadline = Clock::now() + kPatience;
    while (host.admin("GET", "/v1/plugins/meters").at("/generations") != "[]") {
      REQUIRE(Clock::now() < deadline);
    }
    CHECK_FALSE(scrape(host).has_family("meters_requests_total"));
    host.create_backend("m", "meters");
    CHECK(scrape(host).value("meters_requests_total", labels) == 0.0);
  }

  TEST_CASE("plugin metrics: a plugin in C measures and logs as others do") {
    HostFixture host({"measures"});
    const KeptLog log;
    host.create_backend("c", "measures");
    host.create_endpoint("c", "/c", R"({"c":1})");
    CHECK(host.data("GET", "/c", {{"X-Request-Id", "id-1"}}).status() == 200);
    CHECK(host.data("GET", "/c", {{"X-Request-Id", "id-2"}}).status() == 200);
    CHECK(scrape(host).value("measures_requests_total",
                             {{"plugin", "measures"}, {"backend", "c"}}) == 2.0);
    CHECK(KeptLog::count("measures backend=c replica=0 generation=1: created") == 1);
    CHECK(KeptLog::count("measures backend=c replica=0 generation=1 request=id-2: executes") == 1);
  }

  TEST_CASE("plugin log: a line names backend, replica, generation and request") {
    HostFixture host({"meters"});
    const KeptLog log;
    host.create_backend("m", "meters");
    host.create_endpoint("m", "/meters", R"({"m":1})");
    host.data("GET", "/meters", {{"X-Request-Id", "first"}});
    CHECK(KeptLog::count("meters backend=m replica=0 generation=1 request=first: measures") == 1);
    REQUIRE(host.admin("POST", "/v1/plugins/meters/reload", R"({"force":true})").status() == 200);
    host.data("GET", "/meters", {{"X-Request-Id", "second"}});
    CHECK(KeptLog::count("meters backend=m replica=0 generation=2 request=second: measures") == 1);
  }
}

}  // namespace backplane::host
