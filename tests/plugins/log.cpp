#include <string>

#include <backplane/plugin.hpp>

namespace {

// ?id=x is noted; a request without id answers with all that were noted, in their order: "x,y".
struct Log {
  std::string noted;
  backplane::Response operator()(const backplane::Request& request) {
    const auto id = request.find_arg("id");
    if (!id) return noted;
    noted += (noted.empty() ? "" : ",") + *id;
    return *id;
  }
};

}  // namespace

BACKPLANE_PLUGIN("log", "1.0.0", backplane::handler<Log>("log"));
