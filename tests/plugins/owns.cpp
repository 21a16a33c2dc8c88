#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include <backplane/plugin.hpp>

namespace {

std::atomic<int> given_back{0};

// Answers with memory of its own, of ?size= bytes (in pieces, /pieces; else as a whole), or,
// without a size, how often such memory has been given back to this version of it.
std::shared_ptr<const std::string> make(const backplane::Request& request) {
  const std::size_t size = std::stoul(request.arg("size"));
  const auto give_back = [](const std::string* bytes) {
    const std::unique_ptr<const std::string> owned(bytes);
    ++given_back;
  };
  return {std::make_unique<const std::string>(size, 'x').release(), give_back};
}

backplane::Response owns(const backplane::Request& request) {
  if (!request.find_arg("size")) return std::to_string(given_back);
  const auto bytes = make(request);
  auto answer = backplane::Response::shared(bytes, *bytes, "text/plain");
  if (request.find_arg("bad")) answer.set_header("Content-Length", "1");
  return answer;
}

}  // namespace

BACKPLANE_PLUGIN("owns", "1.0.0", backplane::function<owns>("owns"));
