#include <string>

#include <backplane/json.hpp>
#include <backplane/plugin.hpp>

namespace {

// "init" of the backend chooses the greeting, its "user_config" what follows the name; the latter
// can be changed while requests are served.
class Greeter {
 public:
  Greeter(const backplane::Context& context, backplane::Config init) : context_(context) {
    if (init.empty()) return;
    const auto document = backplane::JsonDocument::parse(init.json());
    greeting_ = document.root().at("greeting").as_string();
  }

  backplane::Response operator()(const backplane::Request& request) {
    const auto name = request.find_arg("name");
    if (!name) throw backplane::Error::invalid("query argument 'name' is missing");
    return greeting_ + " " + *name + ending_;
  }

  // X-Serve-Call-Method: who
  backplane::Response who(const backplane::Request&) {
    return "replica " + std::to_string(context_.replica_index());
  }

  void reconfigure(backplane::Config user_config) {
    const auto document = backplane::JsonDocument::parse(user_config.json());
    ending_ = document.root().at("ending").as_string();
  }

 private:
  const backplane::Context& context_;
  std::string greeting_ = "hello";
  std::string ending_;
};

}  // namespace

BACKPLANE_PLUGIN("greeter", "1.0.0",
                 backplane::handler<Greeter, backplane::Method<"who", &Greeter::who>>("greeter"));
