#include <array>
#include <span>
#include <string>
#include <string_view>

#include <backplane/json_writer.hpp>
#include <backplane/plugin.hpp>

namespace {

std::string nested() {
  const std::array<double, 3> weights{0.5, -1.0, 1e100};
  const std::array<int, 2> shape{1, 2};
  backplane::JsonWriter json;
  json.begin_object().key("tensor").begin_object();
  json.key("shape").numbers(std::span(shape));
  json.key("weights").numbers(std::span(weights));
  json.key("raw").bytes(std::string_view("\0\xff\x10", 3));
  json.end_object().end_object();
  return json.take();
}

}  // namespace

// Answers with a value of the type that ?as= names.
backplane::Response typed(const backplane::Request& request) {
  const std::string as = request.arg("as");
  if (as == "null") return nullptr;
  if (as == "string") return "text \xc3\xa9";
  if (as == "bytes") return backplane::Response::bytes(std::string("\0\xff", 2));
  if (as == "object") {
    return backplane::Response::json(
        backplane::JsonWriter().begin_object().member("a", 1).end_object().take());
  }
  if (as == "nested") return backplane::Response::json(nested());
  throw backplane::Error::invalid("'as' must be null, string, bytes, object or nested");
}

BACKPLANE_PLUGIN("typed", "1.0.0", backplane::function<typed>("typed"));
