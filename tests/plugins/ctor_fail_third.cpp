#include <stdexcept>
#include <string>

#include <backplane/json.hpp>
#include <backplane/plugin.hpp>

#include "tests/plugins/journal.hpp"

namespace {

// The third replica does not start. init {"journal": path}: "created <i>", "destroyed <i>" go
// there.
class CtorFailThird {
 public:
  CtorFailThird(const backplane::Context& context, backplane::Config init)
      : index_(std::to_string(context.replica_index())), journal_(journal_path(init)) {
    if (context.replica_index() == 2) throw std::runtime_error("replica 2 cannot start");
    journal_.write("created " + index_);
  }
  ~CtorFailThird() { journal_.write("destroyed " + index_); }

  CtorFailThird(const CtorFailThird&) = delete;
  CtorFailThird& operator=(const CtorFailThird&) = delete;

  backplane::Response operator()(const backplane::Request&) { return index_; }

 private:
  static std::string journal_path(backplane::Config init) {
    return std::string(
        backplane::JsonDocument::parse(init.json()).root().at("journal").as_string());
  }

  std::string index_;
  backplane::Journal journal_;
};

}  // namespace

BACKPLANE_PLUGIN("ctor_fail_third", "1.0.0", backplane::handler<CtorFailThird>("ctor_fail_third"));
