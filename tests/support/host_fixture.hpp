#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/config/host_config.hpp"
#include "tests/support/answer.hpp"
#include "tests/support/pending_answer.hpp"
#include "tests/support/temporary_directory.hpp"

namespace backplane::host {

class Host;

// A whole host in the test's process: listeners on ports that the kernel chooses, a plugin and a
// state directory of its own, no admin token. Owned by the test case; its thread.
class HostFixture {
 public:
  using Adjust = std::function<void(HostConfig&)>;
  using Fields = std::vector<std::pair<std::string, std::string>>;

  // Starts a host that finds `plugins` (stems of files of the build) in its plugin directory.
  // `adjust` may change the configuration before.
  explicit HostFixture(const std::vector<std::string>& plugins, const Adjust& adjust = {});
  // Stops it; what is still running is answered 503.
  ~HostFixture();
  HostFixture(const HostFixture&) = delete;
  HostFixture& operator=(const HostFixture&) = delete;

  Host& host() { return *host_; }
  std::uint16_t data_port() const;
  std::uint16_t admin_port() const;
  // For FIFOs, journals and documents of the test; holds plugins/ and state/.
  const std::filesystem::path& directory() const { return directory_.path(); }
  std::filesystem::path plugin_directory() const { return directory_.path() / "plugins"; }
  // Copies plugin `name` of the build into the plugin directory, as `file_stem` where given.
  void add_plugin(const std::string& name, const std::string& file_stem = {});

  // Ends the host and starts another one with the same configuration and directories.
  void restart();
  // Ends the host; nothing but the directories may be used afterwards.
  void stop();

  // Every admin call shows `token` from now on.
  void show_token(const std::string& token) {
    admin_fields_ = {{"Authorization", "Bearer " + token}};
  }

  // One request on a connection of its own, to the admin or the data listener, and its answer.
  Answer admin(std::string_view method, std::string_view path, std::string_view json = {}) const;
  Answer data(std::string_view method, std::string_view target, const Fields& fields = {},
              std::string_view body = {}) const;
  Answer get(std::string_view target) const { return data("GET", target); }
  // The same without waiting for the answer.
  PendingAnswer admin_async(std::string_view method, std::string_view path,
                            std::string_view json = {}) const;
  PendingAnswer data_async(std::string_view method, std::string_view target,
                           const Fields& fields = {}, std::string_view body = {}) const;
  PendingAnswer get_async(std::string_view target) const { return data_async("GET", target); }

  // Each of these must succeed. A backend of handler `handler` of the plugin with the same name;
  // `config` and `init` are JSON.
  void create_backend(const std::string& tag, const std::string& handler,
                      const std::string& config = "{}", const std::string& init = "null") const;
  // `traffic` is JSON; "{}" sets none. `methods` is a JSON list.
  void create_endpoint(const std::string& name, const std::string& route,
                       const std::string& traffic, const std::string& methods = R"(["GET"])") const;
  void set_traffic(const std::string& endpoint, const std::string& traffic) const;

  // Sends GET `target` `requests` times over eight connections that stay open; how often each
  // answer came, by body for 200, else by status and code: {"hello": 99, "503 no_traffic": 1}.
  std::map<std::string, int> tally(const std::string& target, int requests) const;

  // Makes an admin call that must be refused: "409 route_conflict", and what it changed all the
  // same, which must be nothing. No data request may be out.
  std::string refused(std::string_view method, std::string_view path,
                      std::string_view json = {}) const;
  // Every endpoint, every backend and the revision, as the admin listener tells them.
  std::string state() const;

  // Blocks until `queued` requests wait in the backend's queue, by asking the admin listener again
  // and again. False when that takes over kPatience.
  bool wait_queued(const std::string& tag, std::size_t queued) const;

 private:
  void start();

  // First: the host keeps files open in it.
  TemporaryDirectory directory_;
  HostConfig config_;
  Fields admin_fields_;
  std::unique_ptr<Host> host_;
};

// The bytes of one request to a listener of this machine.
std::string request_text(std::string_view method, std::string_view target,
                         const HostFixture::Fields& fields = {}, std::string_view body = {});

}  // namespace backplane::host
