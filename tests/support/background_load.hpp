#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/base/mutex.hpp"
#include "host/base/thread.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {

// A client that asks for one target again and again over four connections, on a thread of its own,
// while the test changes the host under it. Owned by the test case, declared after the host.
// Thread-safe.
class BackgroundLoad {
 public:
  BackgroundLoad(std::uint16_t port, const std::string& target);
  // Stops.
  ~BackgroundLoad();

  // Blocks until `count` more requests have been answered, all of them sent after the call. False
  // when that takes over kPatience or a connection was closed.
  bool wait_answered(int count);
  // Ends the client; how often each answer came: by body for 200, else "<status> <code>", and
  // "closed" for a request that got none.
  std::map<std::string, int> stop();

 private:
  void run(std::uint16_t port, const std::string& request);
  bool ask_all(std::vector<RawClient>& clients, const std::string& request);

  Mutex mutex_;
  CondVar changed_;
  bool stopping_ BP_GUARDED_BY(mutex_) = false;
  bool ended_ BP_GUARDED_BY(mutex_) = false;
  int rounds_ BP_GUARDED_BY(mutex_) = 0;
  std::map<std::string, int> answers_ BP_GUARDED_BY(mutex_);
  Thread thread_;  // last: it uses the others
};

}  // namespace backplane::host
