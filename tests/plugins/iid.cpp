#include <atomic>
#include <string>

#include <backplane/plugin.hpp>

namespace {

// Counts the instances that this copy of the library ever made.
std::atomic<long> instances = 0;

// Answers with an id that no other instance has: a replica that was rebuilt answers differently.
class Iid {
 public:
  Iid(const backplane::Context& context, backplane::Config)
      : id_(std::to_string(context.generation()) + "/" + std::to_string(context.replica_index()) +
            "/" + std::to_string(++instances)) {}

  backplane::Response operator()(const backplane::Request&) { return id_; }

 private:
  std::string id_;
};

}  // namespace

BACKPLANE_PLUGIN("iid", "1.0.0", backplane::handler<Iid>("iid"));
