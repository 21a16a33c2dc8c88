#include <atomic>
#include <string>

#include <backplane/plugin.hpp>

namespace {

std::atomic<int> made{0};

// Answers with the number of the instance. ?do=break makes it fail for good, and not be well.
class Ailing {
 public:
  void health() const {
    if (broken_) throw backplane::Error::unavailable("the accelerator does not answer");
  }
  backplane::Response operator()(const backplane::Request& request) {
    broken_ = broken_ || request.arg("do") == "break";
    if (broken_) throw backplane::Error::internal("the accelerator does not answer");
    return std::to_string(number_);
  }

 private:
  const int number_ = ++made;
  bool broken_ = false;
};

}  // namespace

BACKPLANE_PLUGIN("ailing", "1.0.0", backplane::handler<Ailing>("ailing"));
