#include "host/control/backend_builder.hpp"

#include <utility>

namespace backplane::host {

namespace {

// Why a plugin cannot be had, to somebody who named it in the body of a call.
Error refusal_of(Error error) {
  if (error.reason() == "unknown_plugin") {
    error = Error(ErrorCode::kInvalidArgument, "unknown_plugin", error.message());
  }
  const bool of_handler = error.reason() == "unknown_handler";
  return std::move(error).with_pointer(of_handler ? "/handler" : "/plugin");
}

}  // namespace

Status check_handler_fits(const BackendSpec& spec, const HandlerDescription& handler) {
  if (spec.config.max_batch_size > handler.max_batch) {
    const std::string offered = handler.max_batch <= 1
                                    ? "is not batch-capable, so it must be 1"
                                    : "takes at most " + std::to_string(handler.max_batch);
    return Error(ErrorCode::kInvalidArgument, "batch_size_not_supported",
                 "max_batch_size is " + std::to_string(spec.config.max_batch_size) + "; handler '" +
                     handler.name + "' " + offered)
        .with_pointer("/config/max_batch_size");
  }
  if (spec.config.execution == Execution::kInline && !handler.never_blocks) {
    return Error(ErrorCode::kInvalidArgument, "inline_not_supported",
                 "execution is 'inline'; handler '" + handler.name +
                     "' does not declare that it never blocks, so it must be 'replica'")
        .with_pointer("/config/execution");
  }
  if (!spec.config.user_config_json.empty() && !handler.reconfigurable) {
    return Error(ErrorCode::kInvalidArgument, "user_config_not_supported",
                 "handler '" + handler.name + "' takes no user_config")
        .with_pointer("/config/user_config");
  }
  return {};
}

std::uint64_t BackendBuilder::build(const BackendSpec& spec, BuildSource source, Done done) {
  const std::uint64_t id = next_id_++;
  if (source.carry_from != nullptr) {
    save_states(source.carry_from,
                [this, id, spec = BackendSpec(spec), library = std::move(source.plugin_library),
                 done = std::move(done)](Result<HandlerStates> saved) {
                  if (!saved.ok()) return on_opened(id, spec, std::move(saved).error(), {}, done);
                  on_opened(id, spec, library, std::move(saved).value(), done);
                });
    return id;
  }
  if (source.plugin_library != nullptr) {
    // A task of its own all the same: `done` is never called before this returns.
    control_.post([this, id, spec = BackendSpec(spec), library = std::move(source.plugin_library),
                   done = std::move(done)] { on_opened(id, spec, library, {}, done); });
    return id;
  }
  opener_.open({.plugin = spec.plugin, .sha256 = std::move(source.sha256)}, {probe_handler(spec)},
               {},
               [this, id, spec = BackendSpec(spec),
                done = std::move(done)](const Result<OpenedPlugin>& opened) {
                 if (!opened.ok()) return on_opened(id, spec, opened.error(), {}, done);
                 on_opened(id, spec, opened.value().plugin_library, {}, done);
               });
  return id;
}

void BackendBuilder::save_states(const std::shared_ptr<Backend>& from,
                                 std::function<void(Result<HandlerStates>)> then) {
  const auto timer = control_.post_at(
      Clock::now() + init_timeout_,
      [waiting = std::weak_ptr<Backend>(from), limit = init_timeout_] {
        const auto late = waiting.lock();
        if (late == nullptr) return;
        late->abandon_save(Error(ErrorCode::kDeadlineExceeded, "state_save_timeout",
                                 "replicas of backend '" + late->spec().tag +
                                     "' had not handed over their state within " +
                                     std::to_string(limit.count()) + " ms"));
      });
  from->save_states([this, timer, then = std::move(then)](Result<HandlerStates> saved) {
    control_.cancel(timer);
    // Shared, because a task has to be copyable.
    auto kept = std::make_shared<Result<HandlerStates>>(std::move(saved));
    control_.post([then, kept] { then(std::move(*kept)); });
  });
}

void BackendBuilder::abandon(std::uint64_t id, const Error& error) {
  const auto started = alive_.find(id);
  if (started == alive_.end()) {
    abandoned_.emplace(id, error);
  } else {
    started->second->abandon_start(error);
  }
}

void BackendBuilder::on_opened(std::uint64_t id, const BackendSpec& spec,
                               Result<std::shared_ptr<PluginLibrary>> library, HandlerStates states,
                               Done done) {
  if (const auto abandoned = abandoned_.extract(id)) return done(std::move(abandoned.mapped()));
  if (!library.ok()) return done(refusal_of(std::move(library).error()));
  auto factory = library.value()->factory(spec.handler);
  if (!factory.ok()) return done(std::move(factory).error().with_pointer("/handler"));
  if (refusing_) {
    return done(Error(ErrorCode::kUnavailable, "shutting_down", "the host is shutting down"));
  }
  Status fits = check_handler_fits(spec, factory.value()->description());
  if (!fits.ok()) return done(std::move(fits).error());

  BackendOptions options{.generation = ++generations_[spec.tag],
                         .metrics = metrics_,
                         .submitters = submitters_,
                         .states = std::move(states)};
  auto backend = Backend::start(
      spec, std::move(options), std::move(factory).value(), events_of(id, std::move(done)),
      [&loader = loader_](std::function<void()> task) { loader.post(std::move(task)); });
  alive_.emplace(id, backend);
  limits_[id] = limit(backend);
}

BackendEvents BackendBuilder::events_of(std::uint64_t id, Done done) {
  BackendEvents events;
  events.on_started = [this, id, done = std::move(done)](const Status& started) {
    control_.post([this, id, done, started] {
      lift_limit(id);
      if (started.ok()) return done(alive_.at(id));
      // The replicas that did come up have been sent away; they end by themselves.
      done(started.error());
    });
  };
  events.on_replica_ended = [this, id] {
    control_.post([this, id] {
      if (const auto found = alive_.find(id); found != alive_.end()) found->second->collect();
    });
  };
  events.on_stopped = [this, id] { control_.post([this, id] { on_stopped(id); }); };
  return events;
}

void BackendBuilder::prepare(const std::shared_ptr<Backend>& backend, const BackendConfig& next,
                             Prepared prepared) {
  BackendSpec spec = backend->spec();
  spec.config = next;
  Status fits = check_handler_fits(spec, backend->handler());
  if (!fits.ok()) return prepared(std::move(fits));
  const std::uint64_t id = next_id_++;
  backend->prepare(next, [this, id, prepared = std::move(prepared)](const Status& ready) {
    control_.post([this, id, prepared, ready] {
      lift_limit(id);
      prepared(ready);
    });
  });
  limits_[id] = limit(backend);
}

TaskThread::Timer BackendBuilder::limit(const std::shared_ptr<Backend>& backend) {
  return control_.post_at(Clock::now() + init_timeout_,
                          [waiting = std::weak_ptr<Backend>(backend), making = backend->making(),
                           limit = init_timeout_] {
                            const auto late = waiting.lock();
                            if (late == nullptr || late->making() != making) return;
                            late->abandon_start(Error(ErrorCode::kDeadlineExceeded, "init_timeout",
                                                      "replicas of backend '" + late->spec().tag +
                                                          "' were not ready within " +
                                                          std::to_string(limit.count()) + " ms"));
                          });
}

void BackendBuilder::lift_limit(std::uint64_t id) {
  if (const auto limit = limits_.extract(id)) control_.cancel(limit.mapped());
}

void BackendBuilder::on_stopped(std::uint64_t id) {
  alive_.erase(id);
  if (alive_.empty() && when_none_alive_) std::exchange(when_none_alive_, nullptr)();
}

void BackendBuilder::when_none_alive(std::function<void()> then) {
  if (alive_.empty()) return then();
  when_none_alive_ = std::move(then);
}

}  // namespace backplane::host
