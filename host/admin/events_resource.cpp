#include "host/admin/events_resource.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "host/admin/change_call.hpp"
#include "host/admin/rate_meter.hpp"

namespace backplane::host {
namespace {

constexpr std::chrono::seconds kBetweenRates{1};

void publish_rates(AdminContext& context, RateMeter& meter) {
  const Controller& controller = context.controller;
  std::map<std::string, std::uint64_t> totals;
  for (const auto& [name, spec] : controller.desired().endpoints) {
    if (const EndpointCounts* counts = controller.counts(name)) {
      totals[name] = counts->total().total();
    }
  }
  const auto rates = meter.measure(totals, Clock::now());
  context.events.publish("rates", [&](JsonWriter& json) {
    json.member("revision", controller.revision()).key("endpoints").begin_object();
    for (const auto& [name, rate] : rates) {
      json.key(name).begin_object();
      json.member("requests", totals.at(name)).member("requests_per_second", rate);
      json.end_object();
    }
    json.end_object();
  });
}

// Once a second for as long as somebody reads; an idle host has nothing to do. What is sent also
// shows that a reader is gone.
void tick(AdminContext& context, const std::shared_ptr<RateMeter>& meter) {
  context.telling_rates = context.events.has_readers();
  if (!context.telling_rates) return;
  publish_rates(context, *meter);
  context.controller.post_at(Clock::now() + kBetweenRates,
                             [&context, meter] { tick(context, meter); });
}

void publish_backend(AdminContext& context, const std::string& tag) {
  const Controller& controller = context.controller;
  const auto backend = controller.serving(tag);
  const Error* failure = controller.failure(tag);
  context.events.publish("backend", [&](JsonWriter& json) {
    json.member("tag", tag);
    if (backend != nullptr) {
      json.member("state", "serving").member("generation", backend->generation());
      json.member("replicas", std::uint64_t{backend->num_replicas()});
    } else if (failure != nullptr) {
      json.member("state", "failed").member("detail", failure->message());
    } else {
      json.member("state", "gone");
    }
  });
}

void publish(AdminContext& context, const ControlEvent& event) {
  if (!context.events.has_readers()) return;
  switch (event.kind) {
    case ControlEvent::Kind::kRevision:
      return context.events.publish(
          "revision", [&event](JsonWriter& json) { json.member("revision", event.number); });
    case ControlEvent::Kind::kOperation:
      if (const Operation* operation = context.controller.operations().find(event.number)) {
        context.events.publish(
            "operation", [operation](JsonWriter& json) { write_operation(*operation, json); });
      }
      return;
    case ControlEvent::Kind::kBackend:
      return publish_backend(context, event.tag);
  }
}

}  // namespace

void get_events(AdminContext& context, const AdminCallPtr& call) {
  if (call->request().is_head()) return call->reply_text("text/event-stream", {});
  Status added = context.events.add(call->pending());
  if (!added.ok()) return call->fail(added.error());
  // The last reader may have left so lately that this goes on.
  if (!context.telling_rates) tick(context, std::make_shared<RateMeter>());
}

void publish_events(AdminContext& context) {
  context.controller.watch([&context](const ControlEvent& event) { publish(context, event); });
}

}  // namespace backplane::host
