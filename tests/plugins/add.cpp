#include <charconv>
#include <cstdint>
#include <string>

#include <backplane/json.hpp>
#include <backplane/plugin.hpp>

namespace {

// init {"n": 3}; answers ?value=333 with 336.
class Add {
 public:
  explicit Add(backplane::Config init)
      : n_(backplane::JsonDocument::parse(init.json()).root().at("n").as_integer()) {}

  backplane::Response operator()(const backplane::Request& request) {
    const std::string text = request.arg("value");
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      throw backplane::Error::invalid("query argument 'value' must be an integer, not '" + text +
                                      "'");
    }
    return std::to_string(n_ + value);
  }

 private:
  std::int64_t n_;
};

}  // namespace

BACKPLANE_PLUGIN("add", "1.0.0", backplane::handler<Add>("add"));
