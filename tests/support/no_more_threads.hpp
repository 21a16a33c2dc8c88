#pragma once

#include <cstddef>
#include <pthread.h>

namespace backplane::host {

// For its lifetime no thread can be started in this process: each would need a stack larger than
// any address space. A local variable of a test case.
class NoMoreThreads {
 public:
  NoMoreThreads() {
    pthread_getattr_default_np(&former_);
    pthread_attr_t impossible;
    pthread_attr_init(&impossible);
    pthread_attr_setstacksize(&impossible, std::size_t{1} << 50U);
    pthread_setattr_default_np(&impossible);
    pthread_attr_destroy(&impossible);
  }
  ~NoMoreThreads() {
    pthread_setattr_default_np(&former_);
    pthread_attr_destroy(&former_);
  }
  NoMoreThreads(const NoMoreThreads&) = delete;
  NoMoreThreads& operator=(const NoMoreThreads&) = delete;

 private:
  pthread_attr_t former_{};
};

}  // namespace backplane::host
