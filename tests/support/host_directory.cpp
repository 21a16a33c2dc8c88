#include "tests/support/host_directory.hpp"

#include <fstream>
#include <system_error>

#include <doctest/doctest.h>

#include "tests/support/built_plugin.hpp"

namespace backplane::host {
HostDirectory::HostDirectory(const std::vector<std::string>& plugins) {
  std::filesystem::create_directory(this->plugins());
  for (const std::string& plugin : plugins) {
    std::filesystem::copy_file(built_plugin(plugin), this->plugins() / (plugin + ".so"));
  }
  write_config();
  write_app(R"({"backends":{},"endpoints":{}})");
}

void HostDirectory::write_config(const std::string& members, std::uint16_t data_port,
                                 std::uint16_t admin_port) const {
  write("config.json", R"({"data":{"port":)" + std::to_string(data_port) +
                           R"(},"admin":{"auth":"none","port":)" + std::to_string(admin_port) +
                           R"(},"plugins":{"directory":"plugins"},)"
                           R"("state":{"directory":"state"},"app":"app.json")" +
                           members + "}");
}

void HostDirectory::write(const std::string& file, const std::string& bytes) const {
  std::ofstream(path() / file, std::ios::binary) << bytes;
}

std::vector<std::string> HostDirectory::serve_arguments() const {
  return {"serve", "--config", (path() / "config.json").string()};
}

}  // namespace backplane::host
