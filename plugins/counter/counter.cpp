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

 private:
  long count_ = 0;
};

}  // namespace

BACKPLANE_PLUGIN("counter", "1.0.0", backplane::handler<Counter>("counter"));
