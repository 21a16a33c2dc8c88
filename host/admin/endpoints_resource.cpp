#include "host/admin/endpoints_resource.hpp"

#include <string>
#include <utility>

#include "host/admin/change_call.hpp"
#include "host/config/app_document_writer.hpp"
#include "host/config/endpoint_reader.hpp"

namespace backplane::host {
namespace {

void write_summary(JsonWriter& json, const RequestSummary& summary) {
  json.member("requests", summary.total()).key("outcomes").begin_object();
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    json.member(name_of(static_cast<Outcome>(i)), summary.outcomes[i]);
  }
  json.end_object().key("latency_us").begin_object();
  const auto us = [&summary](double quantile) {
    return static_cast<std::uint64_t>(summary.latency.quantile(quantile).count());
  };
  json.member("count", summary.latency.count)
      .member("sum", summary.latency.sum_us)
      .member("p50", us(0.5))
      .member("p90", us(0.9))
      .member("p99", us(0.99))
      .end_object();
}

void write_stats(JsonWriter& json, const EndpointSpec& spec, const EndpointCounts& counts) {
  json.key("stats").begin_object();
  write_summary(json, counts.total());
  json.key("backends").begin_object();
  for (const auto& [tag, weight] : spec.traffic) {
    json.key(tag).begin_object();
    write_summary(json, counts.of_backend(tag));
    json.end_object();
  }
  json.end_object().end_object();
}

void write_one(JsonWriter& json, const Controller& controller, const EndpointSpec& spec) {
  write_members(spec, json);
  if (const auto* counts = controller.counts(spec.name)) write_stats(json, spec, *counts);
}

Error unknown_endpoint(const std::string& name) {
  return Error(ErrorCode::kNotFound, "unknown_endpoint", "no endpoint is called '" + name + "'");
}

// Proposes `change`; answers with the endpoint and `changed` or 200.
void propose(AdminContext& context, const AdminCallPtr& call, ChangeRequest request,
             unsigned changed) {
  request.object = call->name();
  propose_change(context, call, std::move(request),
                 {.changed = changed,
                  .write = [&controller = context.controller, name = call->name()](
                               JsonWriter& json, const ChangeOutcome&) {
                    json.member("name", name);
                    const auto& endpoints = controller.desired().endpoints;
                    if (const auto found = endpoints.find(name); found != endpoints.end()) {
                      write_members(found->second, json);
                    }
                  }});
}

// Replaces one member of an endpoint by the body. Whether there is such an endpoint comes first, as
// its name stands in the path.
template <typename Value>
void put_member(AdminContext& context, const AdminCallPtr& call, const char* action,
                Result<Value> (*parse)(const JsonValue&), Change (*set)(std::string, Value)) {
  if (context.controller.desired().endpoints.count(call->name()) == 0) {
    return call->fail(unknown_endpoint(call->name()));
  }
  Result<Value> value = parse(call->body());
  if (!value.ok()) return call->fail(value.error());
  propose(context, call, {.change = set(call->name(), std::move(value).value()), .action = action},
          200);
}

}  // namespace

void list_endpoints(AdminContext& context, const AdminCallPtr& call) {
  call->reply(200, context.controller.revision(), [&context](JsonWriter& json) {
    json.member("revision", context.controller.revision()).key("endpoints").begin_object();
    for (const auto& [name, spec] : context.controller.desired().endpoints) {
      json.key(name).begin_object();
      write_one(json, context.controller, spec);
      json.end_object();
    }
    json.end_object();
  });
}

void get_endpoint(AdminContext& context, const AdminCallPtr& call) {
  const auto& endpoints = context.controller.desired().endpoints;
  const auto found = endpoints.find(call->name());
  if (found == endpoints.end()) return call->fail(unknown_endpoint(call->name()));
  call->reply(200, context.controller.revision(), [&](JsonWriter& json) {
    json.member("name", call->name());
    write_one(json, context.controller, found->second);
  });
}

void put_endpoint(AdminContext& context, const AdminCallPtr& call) {
  auto spec = parse_endpoint(call->name(), call->body());
  if (!spec.ok()) return call->fail(spec.error());
  const bool with_traffic = call->body().find("traffic").has_value();
  propose(
      context, call,
      {.change = create_endpoint(std::move(spec).value(), with_traffic), .action = "put_endpoint"},
      201);
}

void remove_endpoint(AdminContext& context, const AdminCallPtr& call) {
  propose(context, call, {.change = delete_endpoint(call->name()), .action = "delete_endpoint"},
          200);
}

void put_traffic(AdminContext& context, const AdminCallPtr& call) {
  put_member(context, call, "set_traffic", parse_traffic, set_traffic);
}

void put_policy(AdminContext& context, const AdminCallPtr& call) {
  put_member(context, call, "set_policy", parse_policy, set_policy);
}

void put_shadows(AdminContext& context, const AdminCallPtr& call) {
  put_member(context, call, "set_shadows", parse_shadows, set_shadows);
}

}  // namespace backplane::host
