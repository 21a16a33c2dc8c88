#include <atomic>
#include <string>

#include <backplane/plugin.hpp>

// Counts the instances that this copy of the library ever made. Visible and inline on purpose: what
// is both is one for the whole process in plugins that are not linked as ours are.
struct __attribute__((visibility("default"))) Instances {
  static inline std::atomic<long> made = 0;
};

namespace {

// Answers with an id that no other instance has: a replica that was rebuilt answers differently.
class Iid {
 public:
  Iid(const backplane::Context& context, backplane::Config)
      : id_(std::to_string(context.generation()) + "/" + std::to_string(context.replica_index()) +
            "/" + std::to_string(++Instances::made)) {}

  backplane::Response operator()(const backplane::Request&) { return id_; }

 private:
  std::string id_;
};

}  // namespace

BACKPLANE_PLUGIN("iid", "1.0.0", backplane::handler<Iid>("iid"));
