#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/message/exchange.hpp"
#include "host/plugin/answer_sink.hpp"
#include "host/plugin/handler_state.hpp"

namespace backplane::host {

class PluginLibrary;

// What a handler says of itself; copied out of the plugin, so it outlives the library.
struct HandlerDescription {
  std::string name;
  std::string version;
  std::uint32_t max_batch = 1;  // upper bound of a backend's max_batch_size; 1 = not batch-capable
  bool stateless = false;
  bool never_blocks = false;    // may run on an io thread
  bool async = false;           // may answer after it has returned
  bool streams = false;         // may answer in pieces
  bool reconfigurable = false;  // takes user_config
};

// What one replica is told when it is made. Borrowed for the call.
struct ReplicaInfo {
  std::string_view backend;    // tag
  std::string_view init_json;  // the backend's `init`, JSON text; empty when it has none
  std::uint32_t index = 0;
  std::uint64_t generation = 0;
};

// One replica's handler: plugin code behind a fence. Owned by its Replica; made, used and destroyed
// on that replica's thread or, inline, by several threads one after the other.
class HandlerInstance {
 public:
  virtual ~HandlerInstance() = default;

  // [replica] Runs the handler once for all of `exchanges` (1 <= n <= max_batch_size). When it
  // returns, every exchange's response holds its answer or its error; none has been completed:
  // that stays with the caller. Never throws.
  virtual void execute(std::span<Exchange* const> exchanges) = 0;

  // [replica] As execute(), for a handler that answers later or in pieces: each exchange is counted
  // by `sink` and completed once it is answered, before or after this returns, and is not touched
  // here any more. Never throws.
  virtual void start(std::span<Exchange* const> exchanges, AnswerSink& sink) {
    execute(exchanges);
    for (Exchange* exchange : exchanges) {
      sink.count(*exchange);
      exchange->complete();
      sink.leave();
    }
  }

  // [replica] Between executes. All or nothing: on an error the former configuration stays.
  virtual Status reconfigure(std::string_view user_config_json) = 0;

  // [replica] Between executes. Ok for a handler without a health check.
  virtual Status health() = 0;
  // [replica] Whether it has calls of others out, which must come back before it can go.
  virtual bool is_waited_for() { return false; }

  // [replica] Whether it has anything to hand over; always the same.
  virtual bool saves_state() { return false; }

  // [replica] Between executes. Nothing for a handler that hands nothing over.
  virtual Result<std::optional<HandlerState>> save_state() { return std::optional<HandlerState>(); }

  // [replica] Before the first execute. A handler that takes nothing over begins afresh: ok.
  virtual Status restore_state(const HandlerState& /*saved*/) { return {}; }

  // [replica] Before the first execute, after restore_state. Ok for a handler that has nothing to
  // do then.
  virtual Status warm_up() { return {}; }
};

// The seam to whatever makes a replica's handler: a plugin in this process, later a worker
// process. Shared by the backends that use it; keeps the library it stands for loaded.
class HandlerFactory {
 public:
  virtual ~HandlerFactory() = default;

  // [any]
  virtual const HandlerDescription& description() const = 0;

  // [any] The library that the handler is in, kept loaded by this; null when there is none in this
  // process.
  virtual const PluginLibrary* library() const { return nullptr; }

  // [replica] May be slow: plugin code runs. kInvalidArgument with reason "backend_init_failed"
  // and the handler's own words when it refuses; nothing is kept then.
  virtual Result<std::unique_ptr<HandlerInstance>> create(const ReplicaInfo& info) = 0;
};

}  // namespace backplane::host
