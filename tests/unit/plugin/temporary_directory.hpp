#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

namespace backplane::host {

// A directory of its own for one test, removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "backplane-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  void copy(const std::string& from, const std::string& name) const {
    std::filesystem::copy_file(from, *this / name,
                               std::filesystem::copy_options::overwrite_existing);
    chmod((*this / name).c_str(), S_IRUSR | S_IWUSR | S_IRGRP);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(*this / name, std::ios::binary) << text;
    chmod((*this / name).c_str(), S_IRUSR | S_IWUSR | S_IRGRP);
  }

 private:
  std::string path_;
};

}  // namespace backplane::host
