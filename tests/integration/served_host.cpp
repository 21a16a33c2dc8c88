#include "tests/integration/served_host.hpp"

#include <filesystem>
#include <utility>

#include <doctest/doctest.h>

#include "tests/support/built_plugin.hpp"

namespace backplane::host {
namespace {

constexpr const char* kApp = R"({"backends":{"blue":{"plugin":"hello","handler":"hello"},
  "green":{"plugin":"hello","handler":"hello","config":{"num_replicas":2}},
  "textstats":{"plugin":"textstats","handler":"textstats"}},
  "endpoints":{"split":{"route":"/split","traffic":{"blue":1}},
  "textstats":{"route":"/textstats","methods":["POST"],"traffic":{"textstats":1}},
  "many":{"route":"/many/*","traffic":{"green":1}}}})";

}  // namespace

ServedHost::ServedHost(const std::string& members) : directory_({"hello", "textstats"}) {
  directory_.write_config(members);
  directory_.write_app(kApp);
  start();
}

ServedHost::ServedHost(const std::string& app, const std::map<std::string, std::string>& plugins) {
  for (const auto& [name, built] : plugins) {
    std::filesystem::copy_file(built_plugin(built), directory_.plugins() / (name + ".so"));
  }
  directory_.write_app(app);
  start();
}

void ServedHost::start() {
  process_.emplace(directory_.serve_arguments());
  REQUIRE(process_->wait_ready());
}

ProcessEnd ServedHost::run(std::vector<std::string> words) const {
  words.insert(words.end(), {"--admin", admin()});
  return HostProcess::run(words);
}

std::string ServedHost::output_of(const std::vector<std::string>& words) const {
  const ProcessEnd end = run(words);
  CAPTURE(end.errors);
  CHECK(end.code == 0);
  return end.output;
}

}  // namespace backplane::host
