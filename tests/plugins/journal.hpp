#pragma once

#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace backplane {

// A file to which the replicas of a fixture append what happens to them, one line each; a test
// reads it. One write() per line with O_APPEND, so lines of several replicas never mix.
class Journal {
 public:
  explicit Journal(std::string path) : path_(std::move(path)) {}

  void write(const std::string& line) const {
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return;
    const std::string text = line + "\n";
    [[maybe_unused]] const auto written = ::write(file, text.data(), text.size());
    ::close(file);
  }

 private:
  std::string path_;
};

}  // namespace backplane
