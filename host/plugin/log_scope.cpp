#include "host/plugin/log_scope.hpp"

namespace backplane::host {
namespace {

// A plugin's log() gets no replica and no call: the thread is all that tells them.
thread_local const LogScope* current = nullptr;

}  // namespace

LogScope::LogScope(const LogPlace& place, const RequestId& first, std::size_t requests)
    : place_(place), first_(first), requests_(requests), outer_(current) {
  current = this;
}

LogScope::LogScope(const LogPlace& place, const RequestId& first, Where where)
    : place_(place), first_(first), requests_(1), where_(where), outer_(current) {
  current = this;
}

LogScope::~LogScope() {
  current = outer_;
}

LogFields LogScope::fields() {
  if (current == nullptr) return {};
  const LogPlace& place = current->place_;
  LogFields fields{{"backend", place.backend},
                   {"replica", std::to_string(place.replica)},
                   {"generation", std::to_string(place.generation)}};
  if (current->requests_ > 0) {
    fields.push_back({"request", std::string(current->first_.view())});
  }
  if (current->requests_ > 1) fields.push_back({"batch", std::to_string(current->requests_)});
  return fields;
}

const LogPlace* LogScope::place() {
  // Behind what runs in between, as an answer that comes while execute() still runs.
  const LogScope* scope = current;
  while (scope != nullptr && scope->where_ == Where::kElsewhere) scope = scope->outer_;
  return scope == nullptr ? nullptr : &scope->place_;
}

void log_from_plugin(LogLevel level, std::string_view plugin, std::string_view message) {
  if (is_logged(level)) log(level, plugin, LogScope::fields(), message);
}

}  // namespace backplane::host
