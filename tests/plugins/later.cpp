#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <backplane/plugin.hpp>

namespace {

// Keeps calls until another tells it what to do with them: ?do=
//   hold       keep this one
//   hand_back  keep this one; it is answered as soon as nobody waits for it
//   barrier    keep this one; with the n-th that is kept (?n=), all are answered
//   release    answer all that are kept, from a thread of its own; says how many there were
//   forget     let go of all that are kept without an answer
//   kept       say how many are kept
class Later {
 public:
  void operator()(backplane::OwnedCall call) {
    const std::string what = call.request().arg("do");
    const std::string n = call.request().arg("n");
    if (what == "release" || what == "forget") return let_go(std::move(call), what == "release");
    if (what == "hand_back") {
      backplane::OwnedCall& mine = keep(std::move(call));
      mine.on_cancel([this, &mine] { hand_back(mine); });
      return;
    }
    if (what == "hold" || what == "barrier") {
      keep(std::move(call));
      if (what == "barrier" && std::to_string(size()) == n) answer(take(), "all here");
      return;
    }
    call.reply(std::to_string(size()));
  }

 private:
  using Calls = std::list<backplane::OwnedCall>;

  static void answer(Calls calls, const char* words) {
    for (backplane::OwnedCall& call : calls) call.reply(words);
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return kept_.size();
  }
  backplane::OwnedCall& keep(backplane::OwnedCall call) {
    const std::lock_guard lock(mutex_);
    return kept_.emplace_back(std::move(call));
  }
  Calls take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(kept_, {});
  }

  void let_go(backplane::OwnedCall call, bool answered) {
    Calls all = take();
    const std::size_t count = all.size();
    if (answered) std::thread([&all] { answer(std::move(all), "released"); }).join();
    all.clear();
    call.reply(std::to_string(count));
  }

  // On a thread of the host. It is kept no more before its room is free; and it may not be
  // destroyed here.
  void hand_back(backplane::OwnedCall& call) {
    {
      const std::lock_guard lock(mutex_);
      for (auto it = kept_.begin(); it != kept_.end(); ++it) {
        if (&*it != &call) continue;
        gone_.splice(gone_.begin(), kept_, it);
        break;
      }
    }
    call.fail(BP_CANCELLED, "nobody waits");
  }

  mutable std::mutex mutex_;
  Calls kept_;
  Calls gone_;
};

}  // namespace

BACKPLANE_PLUGIN("later", "1.0.0", backplane::handler<Later>("later"));
