#include "host/plugin/loaded_handler.hpp"

#include <cassert>
#include <exception>
#include <optional>
#include <utility>

#include "host/base/log.hpp"
#include "host/json/json_writer.hpp"
#include "host/message/error_response.hpp"
#include "host/plugin/thread_tag.hpp"

namespace backplane::host {
namespace {

// How a function of the plugin ended.
struct Outcome {
  bp_status status = BP_OK;
  std::string thrown;  // the text of what it threw; empty when it returned
};

// The fence for plugins that were built without the SDK, which has its own.
template <typename Function>
Outcome fenced(const LogScope& /*what the plugin logs meanwhile*/, Function&& function) noexcept {
  try {
    return {function(), {}};
  } catch (const std::exception& error) {
    const std::string text = to_utf8(error.what());
    return {BP_INTERNAL, text.empty() ? "an exception without words" : text};
  } catch (...) {
    return {BP_INTERNAL, "something that is not a std::exception"};
  }
}

bp_error empty_error() {
  bp_error error{};
  error.struct_size = sizeof error;
  return error;
}

// Why a function that fills a bp_error did not succeed.
std::string words_of(const Outcome& outcome, const bp_error& error, std::string_view otherwise) {
  return outcome.thrown.empty() ? message_of(error, otherwise) : outcome.thrown;
}

// Where a plugin writes its state, and on which thread it may.
struct StateWriter {
  std::string bytes{};
  DebugThread thread{};
};

bp_status append(void* writer, bp_str part) noexcept {
  StateWriter& to = *static_cast<StateWriter*>(writer);
  to.thread.check("the write of save()");
  std::string& all = to.bytes;
  if (part.len > kMaxStateBytes - all.size()) return BP_EXHAUSTED;
  if (part.len > 0) all.append(part.ptr, part.len);
  return BP_OK;
}

}  // namespace

Result<std::unique_ptr<HandlerInstance>> LoadedHandler::create(HandlerSource source,
                                                               const ReplicaInfo& info) {
  std::unique_ptr<LoadedHandler> made(new LoadedHandler(std::move(source), info));
  const HandlerSource& from = made->source_;
  const bp_replica_info told{.struct_size = sizeof told,
                             .replica_index = info.index,
                             .handler = to_bp_str(from.identity.name),
                             .backend = to_bp_str(info.backend),
                             .config_json = to_bp_str(info.init_json),
                             .generation = info.generation};
  bp_error error = empty_error();
  bp_replica* replica = nullptr;
  const Outcome outcome = fenced(LogScope(made->place_), [&] {
    return from.handler->create(from.handler, &from.bridge->services(), &told, &replica, &error);
  });
  if (outcome.status != BP_OK) {
    return Error(
        ErrorCode::kInvalidArgument, "backend_init_failed",
        words_of(outcome, error, "handler '" + from.identity.name + "' refused without a reason"));
  }
  made->replica_ = replica;
  made->place_.instance = replica;
  made->created_ = true;
  return std::unique_ptr<HandlerInstance>(std::move(made));
}

LoadedHandler::LoadedHandler(HandlerSource source, const ReplicaInfo& info)
    : source_(std::move(source)),
      place_{.backend = std::string(info.backend),
             .generation = info.generation,
             .replica = info.index},
      calls_(source_.bridge->counts(), place_, source_.keep_loaded),
      async_calls_(source_.bridge->counts(), place_, source_.keep_loaded,
                   [this](OpenCall& call) { answer(call); }) {}

LoadedHandler::~LoadedHandler() {
  if (!created_) return;
  // Of calls that it made for requests which are answered by now.
  calls_.wait_released();
  async_calls_.wait_released();
  const Outcome outcome = fenced(LogScope(place_), [this] {
    source_.handler->destroy(replica_);
    return BP_OK;
  });
  if (!outcome.thrown.empty()) {
    log_warning(source_.bridge->plugin(), "handler '" + source_.identity.name +
                                              "' threw while it was destroyed: " + outcome.thrown);
  }
}

void LoadedHandler::execute(std::span<Exchange* const> exchanges) {
  assert(!exchanges.empty());
  calls_.begin(exchanges, source_.max_response_bytes);
  const auto handles = calls_.handles();
  const LogScope asked(place_, exchanges.front()->request.request_id, exchanges.size());
  const Outcome outcome = fenced(asked, [&] {
    return source_.handler->execute(replica_, handles.data(),
                                    static_cast<std::uint32_t>(handles.size()));
  });
  if (outcome.status != BP_OK) {
    calls_.close_open(outcome.status, outcome.thrown);
  } else if (calls_.any_open()) {
    calls_.close_open(BP_CONTRACT,
                      "handler '" + source_.identity.name + "' returned without an answer");
  }
  for (std::size_t i = 0; i < calls_.size(); ++i) answer(calls_[i]);
}

void LoadedHandler::start(std::span<Exchange* const> exchanges, AnswerSink& sink) {
  assert(!exchanges.empty());
  // Before a plugin has them: it may answer, and the exchange be gone, while this runs.
  const LogScope asked(place_, exchanges.front()->request.request_id, exchanges.size());
  const auto handles = async_calls_.open(
      exchanges,
      {.max_body = source_.max_response_bytes,
       .room = (source_.handler->flags & BP_HF_STREAM) != 0 ? AnswerStream::kDefaultRoom : 0},
      sink);
  const Outcome outcome = fenced(asked, [&] {
    return source_.handler->execute(replica_, handles.data(),
                                    static_cast<std::uint32_t>(handles.size()));
  });
  if (outcome.status != BP_OK) {
    async_calls_.close_open(outcome.status, outcome.thrown);
  } else if ((source_.handler->flags & BP_HF_ASYNC) == 0) {
    async_calls_.close_open(BP_CONTRACT,
                            "handler '" + source_.identity.name + "' returned without an answer");
  }
}

Error LoadedHandler::error_of(OpenCall& call) const {
  const Exchange& exchange = call.slot.exchange();
  if (call.status == BP_CANCELLED && exchange.unwanted() && !exchange.abandoned()) {
    std::string detail = "handler '" + source_.identity.name +
                         "' was told to stop, for its backend has been replaced or deleted";
    if (!call.message.empty()) detail += ": " + to_utf8(call.message);
    return Error(ErrorCode::kUnavailable, std::string(kBackendRetired), std::move(detail));
  }
  if (call.status == BP_INTERNAL) {
    log_debug(source_.bridge->plugin(),
              "request " + std::string(exchange.request.request_id.view()) + ": handler '" +
                  source_.identity.name + "': " + call.message);
  }
  return handler_error(source_.identity, call.status, to_utf8(call.message));
}

void LoadedHandler::answer(OpenCall& call) const {
  Exchange& exchange = call.slot.exchange();
  if (call.status < BP_OK || call.status >= BP_CONTRACT) call.owner.count_violation();
  // What HTTP forbids outweighs what the handler says of itself: it may have given up because of
  // exactly that.
  std::optional<Error> error = call.slot.finish();
  if (!error && call.status != BP_OK) error = error_of(call);
  if (!error) return;
  if (call.slot.stream() != nullptr) {
    // Its head is out, and its end will say that it is not whole.
    exchange.fault = handler_fault_of(http_status_of(error->code()), error->reason());
    return;
  }
  exchange.response.clear();
  fill_error_response(*error, exchange.request.request_id.view(), exchange.response);
  if (error->reason() == kBackendRetired) exchange.response.headers.add("Retry-After", "1");
  exchange.fault = handler_fault_of(exchange.response.status, error->reason());
}

Status LoadedHandler::reconfigure(std::string_view user_config_json) {
  const bp_handler* handler = source_.handler;
  if (!BP_HAS(handler, bp_handler, reconfigure) || handler->reconfigure == nullptr) {
    return Error(ErrorCode::kInvalidArgument, "not_reconfigurable",
                 "handler '" + source_.identity.name + "' takes no user_config");
  }
  bp_error error = empty_error();
  const Outcome outcome = fenced(LogScope(place_), [&] {
    return handler->reconfigure(replica_, to_bp_str(user_config_json), &error);
  });
  if (outcome.status == BP_OK) return {};
  return Error(
      ErrorCode::kInvalidArgument, "reconfigure_failed",
      words_of(outcome, error, "handler '" + source_.identity.name + "' refused without a reason"));
}

Status LoadedHandler::health() {
  const bp_handler* handler = source_.handler;
  if (!BP_HAS(handler, bp_handler, health) || handler->health == nullptr) return {};
  bp_error error = empty_error();
  const Outcome outcome =
      fenced(LogScope(place_), [&] { return handler->health(replica_, &error); });
  if (outcome.status == BP_OK) return {};
  return Error(ErrorCode::kUnavailable, "unhealthy",
               words_of(outcome, error,
                        "handler '" + source_.identity.name + "' is not well, without a reason"));
}

template <typename Table>
const Table* LoadedHandler::extension(const char* id) {
  const bp_handler* handler = source_.handler;
  if (!BP_HAS(handler, bp_handler, get_extension) || handler->get_extension == nullptr) {
    return nullptr;
  }
  const void* table = nullptr;
  const Outcome outcome = fenced(LogScope(place_), [&] {
    table = handler->get_extension(replica_, id);
    return BP_OK;
  });
  return outcome.thrown.empty() ? static_cast<const Table*>(table) : nullptr;
}

bool LoadedHandler::saves_state() {
  const auto* state = extension<bp_state>(BP_STATE_EXTENSION);
  return BP_HAS(state, bp_state, save) && state->save != nullptr;
}

Result<std::optional<HandlerState>> LoadedHandler::save_state() {
  if (!saves_state()) return std::optional<HandlerState>();
  const auto* state = extension<bp_state>(BP_STATE_EXTENSION);
  StateWriter writer;
  bp_error error = empty_error();
  const Outcome outcome =
      fenced(LogScope(place_), [&] { return state->save(replica_, append, &writer, &error); });
  if (outcome.status == BP_OK) {
    return std::optional(HandlerState{.version = state->version, .bytes = std::move(writer.bytes)});
  }
  return Error(ErrorCode::kInvalidArgument, "state_save_failed",
               words_of(outcome, error,
                        "handler '" + source_.identity.name + "' did not save, without a reason"));
}

Status LoadedHandler::restore_state(const HandlerState& saved) {
  const auto* state = extension<bp_state>(BP_STATE_EXTENSION);
  if (!BP_HAS(state, bp_state, restore) || state->restore == nullptr) return {};
  bp_error error = empty_error();
  const Outcome outcome = fenced(LogScope(place_), [&] {
    return state->restore(replica_, to_bp_str(saved.bytes), saved.version, &error);
  });
  if (outcome.status == BP_OK) return {};
  return Error(
      ErrorCode::kInvalidArgument, "state_restore_failed",
      words_of(outcome, error, "handler '" + source_.identity.name + "' refused without a reason"));
}

Status LoadedHandler::warm_up() {
  const auto* warmup = extension<bp_warmup>(BP_WARMUP_EXTENSION);
  if (!BP_HAS(warmup, bp_warmup, warm_up) || warmup->warm_up == nullptr) return {};
  bp_error error = empty_error();
  const Outcome outcome =
      fenced(LogScope(place_), [&] { return warmup->warm_up(replica_, &error); });
  if (outcome.status == BP_OK) return {};
  return Error(ErrorCode::kInvalidArgument, "warm_up_failed",
               words_of(outcome, error,
                        "handler '" + source_.identity.name + "' is not ready, without a reason"));
}

}  // namespace backplane::host
