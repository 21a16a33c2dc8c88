#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <backplane/abi.h>
#include <backplane/detail/text.hpp>

namespace backplane {

// What tells the series of one name apart.
struct Label {
  std::string_view name;
  std::string_view value;
};
using Labels = std::vector<Label>;

// A series of the host's, by its handle; that of none does nothing. Small values to keep in the
// handler and to copy: what they count is the host's and stays when the handler goes. [any] thread,
// as long as the handler lives.
class Series {
 public:
  Series() = default;
  Series(const bp_host& host, const bp_metrics* metrics, std::uint64_t handle) noexcept
      : context_(host.ctx), metrics_(handle == 0 ? nullptr : metrics), handle_(handle) {}

  // False: the host dropped it, or knows no metrics.
  bool exists() const noexcept { return metrics_ != nullptr; }

 protected:
  void add_to(double n) const noexcept {
    if (metrics_ != nullptr) metrics_->add(context_, handle_, n);
  }
  void set_to(double value) const noexcept {
    if (metrics_ != nullptr) metrics_->set(context_, handle_, value);
  }
  void observe_in(double value) const noexcept {
    if (metrics_ != nullptr) metrics_->observe(context_, handle_, value);
  }

 private:
  bp_host_ctx* context_ = nullptr;
  const bp_metrics* metrics_ = nullptr;
  std::uint64_t handle_ = 0;
};

// Grows only.
class Counter : public Series {
 public:
  using Series::Series;
  // n >= 0; anything else is ignored.
  void add(double n = 1) const noexcept { add_to(n); }
};

// Goes up and down. Replicas with the same labels write the same one.
class Gauge : public Series {
 public:
  using Series::Series;
  void set(double value) const noexcept { set_to(value); }
  void add(double n) const noexcept { add_to(n); }
};

// How often values fell below each bound.
class Histogram : public Series {
 public:
  using Series::Series;
  void observe(double value) const noexcept { observe_in(value); }
};

// Makes series on the host's page for Prometheus, which adds the label "plugin". Names, labels and
// bounds as abi.h says of bp_metrics; who breaks a rule gets a series that does nothing, and the
// host says so in its log. Make them in the constructor: making one takes a lock, using it none.
// The same name and labels are the same series, for every replica and after every reload.
class Metrics {
 public:
  explicit Metrics(const bp_host& host) noexcept
      : host_(&host),
        table_(static_cast<const bp_metrics*>(host.get_extension(host.ctx, BP_METRICS_EXTENSION))) {
    if (!BP_HAS(table_, bp_metrics, observe)) table_ = nullptr;
  }

  // [any] `name` ends in "_total".
  Counter counter(std::string_view name, const Labels& labels = {}) const {
    if (table_ == nullptr) return {};
    const Fields fields(labels);
    return {*host_, table_,
            table_->counter(host_->ctx, to_bp_str(name), fields.data(), fields.size())};
  }

  // [any]
  Gauge gauge(std::string_view name, const Labels& labels = {}) const {
    if (table_ == nullptr) return {};
    const Fields fields(labels);
    return {*host_, table_,
            table_->gauge(host_->ctx, to_bp_str(name), fields.data(), fields.size())};
  }

  // [any] `bounds` ascend; the last bucket, without a bound, comes by itself.
  Histogram histogram(std::string_view name, const std::vector<double>& bounds,
                      const Labels& labels = {}) const {
    if (table_ == nullptr) return {};
    const Fields fields(labels);
    return {*host_, table_,
            table_->histogram(host_->ctx, to_bp_str(name), fields.data(), fields.size(),
                              bounds.data(), static_cast<std::uint32_t>(bounds.size()))};
  }

 private:
  // Labels as the border has them.
  class Fields {
   public:
    explicit Fields(const Labels& labels) {
      fields_.reserve(labels.size());
      for (const auto& [name, value] : labels) {
        fields_.push_back({to_bp_str(name), to_bp_str(value)});
      }
    }
    const bp_kv* data() const noexcept { return fields_.data(); }
    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(fields_.size()); }

   private:
    std::vector<bp_kv> fields_;
  };

  const bp_host* host_;
  const bp_metrics* table_;  // null: the host has none
};

}  // namespace backplane
