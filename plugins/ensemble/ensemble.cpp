#include <charconv>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <backplane/json.hpp>
#include <backplane/plugin.hpp>

// Asks all its members at once and answers the weighted mean of the numbers that they say. `init`:
// {"members": {"backend:small": 0.3, "backend:large": 0.7}}, or names of endpoints.
class Ensemble {
 public:
  explicit Ensemble(backplane::Config config) {
    const backplane::JsonDocument init = backplane::JsonDocument::parse(config.json());
    const auto members = init.root().at("members");
    members.for_each_member([this](std::string_view name, const backplane::JsonView& weight) {
      if (!(weight.as_number() > 0)) throw weight.wrong("a number over 0");
      members_.push_back({std::string(name), weight.as_number()});
      weights_ += weight.as_number();
    });
    if (members_.empty()) throw members.wrong("an object with one member or more");
  }

  void operator()(backplane::OwnedCall call) const {
    const backplane::Request request = call.request();
    std::vector<backplane::Question> all;
    for (const Member& member : members_) {
      all.push_back({.to = member.name, .body = request.body(), .query = request.query()});
    }
    backplane::gather(std::move(call), all,
                      [this](backplane::OwnedCall asked, const auto& answers) {
                        double sum = 0;
                        for (std::size_t i = 0; i < members_.size(); ++i) {
                          sum += members_[i].weight * number_of(members_[i], answers[i].value());
                        }
                        asked.reply(std::to_string(sum / weights_));
                      });
  }

 private:
  struct Member {
    std::string name;
    double weight;
  };

  static double number_of(const Member& member, const std::string& text) {
    double number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return number;
    throw backplane::Error::internal("member '" + member.name + "' said '" + text.substr(0, 100) +
                                     "'; wanted a number");
  }

  std::vector<Member> members_;
  double weights_ = 0;
};

BACKPLANE_PLUGIN("ensemble", "1.0.0", backplane::handler<Ensemble>("ensemble"));
