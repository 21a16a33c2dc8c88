#include <span>
#include <string>
#include <vector>

#include <backplane/plugin.hpp>

namespace {

// Gives the body back, bytes for bytes, with the request's id as header; alone or in a batch.
struct EchoReq {
  backplane::Response operator()(const backplane::Request& request) const {
    return backplane::Response::bytes(std::string(request.body()))
        .set_header("X-Echo-Id", std::string(request.id()));
  }
  std::vector<backplane::Response> batch(std::span<const backplane::Request> requests) const {
    return backplane::answer_each(requests, *this);
  }
};

}  // namespace

BACKPLANE_PLUGIN("echoreq", "1.0.0",
                 backplane::handler<EchoReq>("echoreq", {.max_batch = 64, .stateless = true}));
