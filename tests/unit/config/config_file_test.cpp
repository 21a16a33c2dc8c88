#include "host/config/config_file.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include <doctest/doctest.h>

#include "host/config/app_document_reader.hpp"
#include "host/config/host_config_reader.hpp"

namespace backplane::host {
namespace {

// A file with `text`, for the life of the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text) {
    std::string folder = (std::filesystem::temp_directory_path() / "bp-config-XXXXXX").string();
    REQUIRE(mkdtemp(folder.data()) != nullptr);
    folder_ = folder;
    std::ofstream(path()) << text;
  }
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  std::filesystem::path folder() const { return folder_; }
  std::filesystem::path path() const { return folder_ / "f.json"; }

 private:
  std::filesystem::path folder_;
};

TEST_SUITE("config") {
  TEST_CASE("ConfigFile: an error is shown with file, line, column, pointer and words") {
    const TemporaryFile file("{\n  \"data\": {\n    \"port\": -1\n  },\n  \"log\": 3\n}\n");
    const auto config = load_host_config(file.path());
    REQUIRE_FALSE(config.ok());
    CHECK(config.error().message() ==
          file.path().string() +
              ":3:13: /data/port: found -1 for 'port', wanted an integer from 0 to 65535 "
              "(and 1 more; 'backplane check' lists all)");
    CHECK(config.error().code() == ErrorCode::kInvalidArgument);
  }

  TEST_CASE("ConfigFile: text that is not JSON is refused with its place") {
    const TemporaryFile file("{\n  \"data\": nope\n}\n");
    const auto document = load_app_document(file.path(), AppLimits{});
    REQUIRE_FALSE(document.ok());
    CHECK(document.error().reason() == "invalid_json");
    CHECK(document.error().message().starts_with(file.path().string() + ": "));
    CHECK(document.error().message().find("line 2") != std::string::npos);
  }

  TEST_CASE("ConfigFile: a file that is not there, or is a folder, is one clear error") {
    const TemporaryFile file("{}");
    const auto missing = load_host_config(file.folder() / "none.json");
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().reason() == "no_such_file");
    CHECK(missing.error().message().ends_with("none.json: no such file"));
    const auto folder = load_host_config(file.folder());
    REQUIRE_FALSE(folder.ok());
    CHECK(folder.error().reason() == "unreadable_file");
  }

  TEST_CASE("ConfigFile: relative paths start at the file's folder") {
    const TemporaryFile file(R"({"plugins":{"directory":"x/../plugins"},"app":"a.json"})");
    const auto config = load_host_config(file.path());
    REQUIRE(config.ok());
    CHECK(config.value().plugin_directory == file.folder() / "plugins");
    CHECK(config.value().app_file == file.folder() / "a.json");
  }

  TEST_CASE("ConfigFile: a file of more than 4 MiB is refused without being read whole") {
    const TemporaryFile file(std::string(std::size_t{5} * 1024 * 1024, ' '));
    const auto config = load_host_config(file.path());
    REQUIRE_FALSE(config.ok());
    CHECK(config.error().code() == ErrorCode::kPayloadTooLarge);
  }
}

}  // namespace
}  // namespace backplane::host
