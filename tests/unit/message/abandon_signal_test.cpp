#include "host/message/abandon_signal.hpp"

#include <atomic>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "tests/support/gate.hpp"

namespace backplane::host {
namespace {

void count(void* times) {
  ++*static_cast<int*>(times);
}

}  // namespace

TEST_SUITE("message") {
  TEST_CASE("AbandonSignal: whoever listens is told once, as it is raised") {
    AbandonSignal signal;
    int told = 0;
    CHECK(signal.listen(count, &told));
    CHECK(told == 0);
    signal.raise();
    CHECK(signal.raised());
    CHECK(told == 1);
    signal.raise();
    CHECK(told == 1);
  }

  TEST_CASE("AbandonSignal: who listens when it is raised already is told at once") {
    AbandonSignal signal;
    signal.raise();
    int told = 0;
    CHECK(signal.listen(count, &told));
    CHECK(told == 1);
  }

  TEST_CASE("AbandonSignal: there is one listener, until it is reset") {
    AbandonSignal signal;
    int first = 0;
    int second = 0;
    CHECK(signal.listen(count, &first));
    CHECK_FALSE(signal.listen(count, &second));
    signal.raise();
    CHECK(first == 1);
    CHECK(second == 0);
    CHECK_FALSE(signal.listen(count, &second));
    signal.reset();
    CHECK_FALSE(signal.raised());
    CHECK(signal.listen(count, &second));
    signal.raise();
    CHECK(first == 1);
    CHECK(second == 1);
  }

  TEST_CASE("AbandonSignal: one who listens for the next time is not taken for the one before") {
    AbandonSignal signal;
    Gate gate;
    int first = 0;
    int second = 0;
    const auto listener = [&gate](int& times) {
      return AbandonSignal::Listener{.call =
                                         [](const AbandonSignal::Listener& self) {
                                           static_cast<Gate*>(self.subject)->enter();
                                           self.callback(self.user);
                                         },
                                     .subject = &gate,
                                     .callback = count,
                                     .user = &times};
    };
    REQUIRE(signal.listen(listener(first)));
    std::thread raiser([&signal] { signal.raise(); });
    CHECK(gate.wait_entered());
    signal.rearm();
    CHECK(signal.listen(listener(second)));
    gate.open();
    raiser.join();
    CHECK(first == 1);
    CHECK(second == 0);
    signal.raise();
    CHECK(first == 1);
    CHECK(second == 1);
  }

  TEST_CASE("AbandonSignal: who forgets is not told") {
    AbandonSignal signal;
    int told = 0;
    REQUIRE(signal.listen(count, &told));
    signal.forget();
    signal.raise();
    CHECK(told == 0);
  }

  TEST_CASE("AbandonSignal: a callback may forget") {
    AbandonSignal signal;
    REQUIRE(signal.listen([](void* of) { static_cast<AbandonSignal*>(of)->forget(); }, &signal));
    signal.raise();
    CHECK(signal.raised());
  }

  TEST_CASE("AbandonSignal: forget() waits for a callback that runs on another thread") {
    struct Shared {
      AbandonSignal signal;
      Gate gate;
      std::atomic<bool> ended{false};
    } shared;
    REQUIRE(shared.signal.listen(
        [](void* user) {
          auto& own = *static_cast<Shared*>(user);
          own.gate.enter();
          own.ended = true;
        },
        &shared));
    std::thread raising([&shared] { shared.signal.raise(); });
    REQUIRE(shared.gate.wait_entered());
    std::thread opening([&shared] { shared.gate.open(); });
    shared.signal.forget();
    CHECK(shared.ended);
    opening.join();
    raising.join();
  }

  TEST_CASE("AbandonSignal: forget() waits for a callback that listen() runs, too") {
    struct Shared {
      AbandonSignal signal;
      Gate gate;
      std::atomic<bool> ended{false};
    } shared;
    shared.signal.raise();
    std::thread listening([&shared] {
      CHECK(shared.signal.listen(
          [](void* user) {
            auto& own = *static_cast<Shared*>(user);
            own.gate.enter();
            own.ended = true;
          },
          &shared));
    });
    REQUIRE(shared.gate.wait_entered());
    std::thread opening([&shared] { shared.gate.open(); });
    shared.signal.forget();
    CHECK(shared.ended);
    opening.join();
    listening.join();
  }

  TEST_CASE("AbandonSignal: a callback that listen() runs may forget, and all may be reset then") {
    struct Shared {
      AbandonSignal signal;
      int told = 0;
    } shared;
    shared.signal.raise();
    CHECK(shared.signal.listen(
        [](void* user) {
          auto& own = *static_cast<Shared*>(user);
          ++own.told;
          own.signal.forget();
          // As the next request of the connection begins.
          own.signal.reset();
        },
        &shared));
    CHECK(shared.told == 1);
    CHECK_FALSE(shared.signal.raised());
    CHECK(shared.signal.listen(count, &shared.told));
  }

  TEST_CASE(
      "AbandonSignal: a callback may listen for the next time, which may come while it runs") {
    struct Shared {
      AbandonSignal signal;
      std::string told;
    } shared;
    shared.signal.raise();
    CHECK(shared.signal.listen(
        [](void* user) {
          auto& own = *static_cast<Shared*>(user);
          own.told += "<";
          own.signal.rearm();
          CHECK(own.signal.listen(
              [](void* again) {
                auto& inner = *static_cast<Shared*>(again);
                inner.told += "inner";
                inner.signal.forget();
                inner.signal.reset();
              },
              user));
          own.signal.raise();
          own.told += ">";
        },
        &shared));
    CHECK(shared.told == "<inner>");
    // Nobody runs one any more, so this waits for nobody.
    shared.signal.forget();
    CHECK_FALSE(shared.signal.raised());
  }
}

}  // namespace backplane::host
