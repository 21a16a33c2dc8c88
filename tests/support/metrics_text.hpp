#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace backplane::host {

// A page in the Prometheus text format, read by its letter: what breaks a rule is an error. A
// plain value.
//
// The rules: every line ends; HELP and TYPE stand once before a family's samples, which stand
// together; names and escapes are of the format; labels are sorted; counters, and only they, end in
// _total; no series stands twice; the buckets of a histogram grow in bound and count, and the last
// is +Inf and equals _count.
class MetricsText {
 public:
  using Labels = std::map<std::string, std::string>;

  explicit MetricsText(std::string_view text);

  // "line 3: …" for each rule broken.
  const std::vector<std::string>& errors() const { return errors_; }
  // How many lines hold a sample.
  std::size_t series() const { return values_.size(); }
  bool has_family(const std::string& name) const { return types_.count(name) > 0; }
  // The one sample of `name` with exactly these labels.
  std::optional<double> value(const std::string& name, const Labels& labels = {}) const;
  // The sum of the samples of `name` that have at least these labels.
  double sum(const std::string& name, const Labels& labels = {}) const;
  // Every sample, for comparing two pages.
  const std::map<std::pair<std::string, Labels>, double>& values() const { return values_; }
  // "counter", "gauge" or "histogram"; empty for a name that is no family.
  std::string type_of_sample(const std::string& name) const;

 private:
  void read_line(std::string_view line);
  void read_comment(std::string_view line);
  void read_sample(std::string_view line);
  bool read_labels(std::string_view& rest, Labels& labels);
  std::optional<std::string> read_label_value(std::string_view& rest);
  void check_bucket(const std::string& name, Labels labels, double value);
  void check_histograms();
  void refuse(const std::string& what);

  int line_ = 0;
  std::string help_;    // the family whose HELP has been read last
  std::string family_;  // the family whose TYPE has been read last
  std::map<std::string, std::string> types_;
  std::map<std::pair<std::string, Labels>, double> values_;
  // The last bucket of each histogram: its bound and its count.
  std::map<std::pair<std::string, Labels>, std::pair<double, double>> buckets_;
  std::vector<std::string> errors_;
};

}  // namespace backplane::host
