#include <string>
#include <string_view>

#include <backplane/plugin.hpp>

namespace {

// Answers with its user_config, "none" before it had one. {"refuse": …} is refused.
class UserConfigEcho {
 public:
  void reconfigure(backplane::Config config) {
    if (config.json().find("refuse") != std::string_view::npos) {
      throw backplane::Error::invalid("'/refuse' is not known");
    }
    config_ = config.json();
  }

  backplane::Response operator()(const backplane::Request&) { return config_; }

 private:
  std::string config_ = "none";
};

}  // namespace

BACKPLANE_PLUGIN("user_config_echo", "1.0.0",
                 backplane::handler<UserConfigEcho>("user_config_echo"));
