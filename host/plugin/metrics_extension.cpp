#include "host/plugin/metrics_extension.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "host/plugin/abi_bridge.hpp"
#include "host/plugin/metric_registry.hpp"

namespace backplane::host {
namespace {

std::uint64_t series(bp_host_ctx* context, SeriesRequest request, const bp_kv* labels,
                     std::uint32_t count) {
  // One more than there may be: what comes after it need not be looked at to be refused.
  std::array<std::pair<std::string_view, std::string_view>, kMaxSeriesLabels + 1> views;
  const std::size_t taken = labels == nullptr ? 0 : std::min<std::size_t>(count, views.size());
  for (std::size_t i = 0; i < taken; ++i) {
    views[i] = {view_of(labels[i].key), view_of(labels[i].value)};
  }
  request.labels = std::span(views).first(taken);
  return AbiBridge::of(context).metrics().series(request);
}

std::uint64_t counter(bp_host_ctx* context, bp_str name, const bp_kv* labels,
                      std::uint32_t count) noexcept {
  return series(context, {MetricKind::kCounter, view_of(name), {}, {}}, labels, count);
}

std::uint64_t gauge(bp_host_ctx* context, bp_str name, const bp_kv* labels,
                    std::uint32_t count) noexcept {
  return series(context, {MetricKind::kGauge, view_of(name), {}, {}}, labels, count);
}

// NOLINTNEXTLINE(readability-function-size): the ABI has six parameters here.
std::uint64_t histogram(bp_host_ctx* context, bp_str name, const bp_kv* labels, std::uint32_t count,
                        const double* bounds, std::uint32_t bound_count) noexcept {
  const std::span<const double> all(bounds, bounds == nullptr ? 0 : bound_count);
  return series(context, {MetricKind::kHistogram, view_of(name), {}, all}, labels, count);
}

void add(bp_host_ctx* context, std::uint64_t handle, double n) noexcept {
  if (MetricSeries* found = AbiBridge::of(context).metrics().find(handle)) found->add(n);
}

void set(bp_host_ctx* context, std::uint64_t handle, double value) noexcept {
  if (MetricSeries* found = AbiBridge::of(context).metrics().find(handle)) found->set(value);
}

void observe(bp_host_ctx* context, std::uint64_t handle, double value) noexcept {
  if (MetricSeries* found = AbiBridge::of(context).metrics().find(handle)) found->observe(value);
}

constexpr bp_metrics kTable{.struct_size = sizeof(bp_metrics),
                            .reserved0 = 0,
                            .counter = counter,
                            .gauge = gauge,
                            .histogram = histogram,
                            .add = add,
                            .set = set,
                            .observe = observe};

}  // namespace

const bp_metrics& metrics_extension() {
  return kTable;
}

}  // namespace backplane::host
