#include "host/batching/batch_policy.hpp"

#include <algorithm>

namespace backplane::host {
namespace {

std::uint32_t pull_size(const BatchLimits& limits, std::size_t length, Duration service_time) {
  const std::size_t fair = length / std::max<std::uint32_t>(limits.num_replicas, 1);
  std::size_t affordable = limits.concurrency > 1 ? limits.max_pull : 1;
  if (limits.concurrency == 1 && service_time > Duration::zero()) {
    affordable = static_cast<std::size_t>(kPullBudget / service_time);
  }
  return static_cast<std::uint32_t>(
      std::clamp<std::size_t>(std::min(fair, affordable), 1, limits.max_pull));
}

}  // namespace

BatchDecision decide(const BatchLimits& limits, const QueueView& queue, Duration service_time,
                     TimePoint now) {
  if (queue.length == 0) return {};
  if (limits.max_batch_size <= 1) {
    return {.take = pull_size(limits, queue.length, service_time), .wait_until = kNever};
  }
  const auto take =
      static_cast<std::uint32_t>(std::min<std::size_t>(queue.compatible, limits.max_batch_size));
  const bool full = take == limits.max_batch_size;
  const bool cannot_grow = queue.compatible < queue.length;
  TimePoint give_up = queue.oldest_arrival + limits.batch_wait_timeout;
  if (queue.tightest_deadline != kNever) {
    give_up = std::min(give_up, queue.tightest_deadline - service_time);
  }
  if (full || cannot_grow || now >= give_up) return {.take = take, .wait_until = kNever};
  return {.take = 0, .wait_until = give_up};
}

std::chrono::milliseconds drain_time(const BatchLimits& limits, std::size_t length,
                                     Duration service_time) {
  const std::size_t each = std::max<std::uint32_t>(limits.max_batch_size, 1);
  const std::size_t calls = (length + each - 1) / each;
  const std::size_t at_once = std::size_t{limits.num_replicas} * limits.concurrency;
  const std::size_t rounds = (calls + at_once - 1) / at_once;
  return std::chrono::ceil<std::chrono::milliseconds>(service_time * rounds);
}

}  // namespace backplane::host
