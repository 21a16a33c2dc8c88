#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include <backplane/error.hpp>
#include <backplane/json_writer.hpp>
#include <backplane/plugin.hpp>

namespace {

// Counts the requests of its replica. Each replica has a Counter of its own.
class Counter {
 public:
  backplane::Response operator()(const backplane::Request&) {
    // No lock: a replica is one thread and owns one handler.
    ++count_;
    backplane::JsonWriter json;
    json.begin_object().member("current_counter", count_).end_object();
    return backplane::Response::json(json.take());
  }

  // A reload goes on counting, unless it is asked to begin afresh.
  std::string save_state() const { return std::to_string(count_); }
  void restore_state(std::string_view bytes, std::uint32_t /*version*/) {
    long count = 0;
    const char* const end = bytes.data() + bytes.size();
    const auto read = std::from_chars(bytes.data(), end, count);
    if (read.ec != std::errc() || read.ptr != end) {
      throw backplane::Error::invalid("the state is no number: '" + std::string(bytes) + "'");
    }
    count_ = count;
  }

 private:
  long count_ = 0;
};

}  // namespace

BACKPLANE_PLUGIN("counter", "1.0.0", backplane::handler<Counter>("counter"));
