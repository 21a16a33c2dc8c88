#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include <backplane/plugin.hpp>

namespace {

// Hands over what it is asked for to threads of the host: ?do=
//   answer   that one of them answers: on which thread was what, "replica elsewhere"
//   hold     that one waits until there is a file ?file=, then makes ?file=.done
//   fill     as many such ones as are taken; how many
class Tasks {
 public:
  explicit Tasks(const backplane::Context& context) : context_(context) {}

  void operator()(backplane::OwnedCall call) {
    const std::string what = call.request().arg("do");
    const std::string file = call.request().arg("file");
    if (what == "hold") {
      hold(file);
      return call.reply("held");
    }
    if (what == "fill") return call.reply(std::to_string(fill(file)));
    context_.run([this, here = where(), call = std::move(call)]() mutable {
      call.reply(here + " " + where());
    });
  }

 private:
  std::string where() const { return context_.on_replica_thread() ? "replica" : "elsewhere"; }

  void hold(const std::string& file) {
    context_.run([file] {
      while (!std::filesystem::exists(file)) std::this_thread::yield();
      std::ofstream(file + ".done", std::ios::app) << "1\n";
    });
  }

  int fill(const std::string& file) {
    int count = 0;
    try {
      for (;; ++count) hold(file);
    } catch (const backplane::Error& full) {
      if (full.status() != BP_EXHAUSTED) throw;
    }
    return count;
  }

  const backplane::Context& context_;
};

}  // namespace

BACKPLANE_PLUGIN("tasks", "1.0.0", backplane::handler<Tasks>("tasks"));
