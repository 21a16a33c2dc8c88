#include <string>

#include <backplane/plugin.hpp>

namespace {

// Measures what it is asked to: ?counter=name, ?gauge=name or ?histogram=name (bounds 1 and 10),
// with ?value= (1 without it) and the label l=?label=; ?many=n gives n gauges "many" values.
// Answers how many series there are of them.
class Meters {
 public:
  explicit Meters(const backplane::Context& context)
      : context_(context), requests_(context.metrics().counter("meters_requests_total")) {}

  backplane::Response operator()(const backplane::Request& request) const {
    requests_.add();
    context_.log_info("measures");
    const backplane::Metrics metrics = context_.metrics();
    const double value = std::stod(request.arg("value", "1"));
    const std::string label = request.arg("label", "");
    int made = 0;
    if (const auto name = request.find_arg("counter")) {
      const auto counter = metrics.counter(*name, {{"l", label}});
      counter.add(value);
      made += counter.exists() ? 1 : 0;
    }
    if (const auto name = request.find_arg("gauge")) {
      const auto gauge = metrics.gauge(*name, {{"l", label}});
      gauge.set(value);
      made += gauge.exists() ? 1 : 0;
    }
    if (const auto name = request.find_arg("histogram")) {
      const auto histogram = metrics.histogram(*name, {1, 10}, {{"l", label}});
      histogram.observe(value);
      made += histogram.exists() ? 1 : 0;
    }
    for (int i = 0; i < std::stoi(request.arg("many", "0")); ++i) {
      made += metrics.gauge("many", {{"i", std::to_string(i)}}).exists() ? 1 : 0;
    }
    return std::to_string(made);
  }

 private:
  const backplane::Context& context_;
  backplane::Counter requests_;
};

}  // namespace

BACKPLANE_PLUGIN("meters", "1.0.0", backplane::handler<Meters>("meters"));
