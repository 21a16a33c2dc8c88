#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <backplane/abi.h>
#include <backplane/detail/callable.hpp>
#include <backplane/detail/completion.hpp>
#include <backplane/error.hpp>

// The border: every function that the host calls stands here, and nothing throws out of them.
namespace backplane {

// bp_replica and bp_call are names without a type; these two say what is behind them.
template <typename Object, typename Opaque>
Object& from_opaque(Opaque* opaque) noexcept {
  return *reinterpret_cast<Object*>(opaque);
}
template <typename Opaque, typename Object>
Opaque* to_opaque(Object& object) noexcept {
  return reinterpret_cast<Opaque*>(&object);
}

// The exception fence. Runs `action`; what it throws becomes a status, and `on_failure(status,
// message)` is told before the exception is gone. Plugins with callbacks of their own may use it.
template <typename Action, typename OnFailure>
bp_status guard(Action&& action, OnFailure&& on_failure) noexcept {
  const auto failed = [&on_failure](bp_status status, std::string_view message) {
    on_failure(status, message);
    return status;
  };
  try {
    action();
    return BP_OK;
  } catch (const Error& error) {
    return failed(error.status(), error.what());
  } catch (const std::bad_alloc&) {
    return failed(BP_EXHAUSTED, "out of memory");
  } catch (const std::exception& error) {
    return failed(BP_INTERNAL, error.what());
  } catch (...) {
    return failed(BP_INTERNAL, "the plugin threw something that is not a std::exception");
  }
}

inline void write_error(bp_error* error, bp_status status, std::string_view message) noexcept {
  if (!BP_HAS(error, bp_error, message)) return;
  error->code = status;
  const std::size_t length = std::min(message.size(), sizeof(error->message) - 1);
  std::memcpy(error->message, message.data(), length);
  error->message[length] = '\0';
}

// The functions of one handler class T behind the pointers of its bp_handler.
template <typename T, typename... Methods>
class HandlerEntry {
 public:
  static constexpr bool kBatch =
      DefaultMethod<T>::kBatch || (Methods::template Of<T>::kBatch || ...);
  static constexpr bool kAsync =
      DefaultMethod<T>::kAsync || (Methods::template Of<T>::kAsync || ...);
  static constexpr bool kStream =
      DefaultMethod<T>::kStream || (Methods::template Of<T>::kStream || ...);

  static bp_status create(const bp_handler* self, const bp_host* host, const bp_replica_info* info,
                          bp_replica** out, bp_error* error) noexcept {
    return guard(
        [&] {
          if constexpr (!TakesContextAndConfig<T> && !TakesConfig<T>) {
            if (info->config_json.len != 0) {
              throw Error::invalid("handler '" + std::string(self->name) +
                                   "' takes no constructor arguments (init)");
            }
          }
          auto instance = std::make_unique<Instance>(*self, *host, *info);
          instance->context.set_replica(to_opaque<bp_replica>(*instance));
          *out = to_opaque<bp_replica>(*instance.release());
        },
        [error](bp_status status, std::string_view text) { write_error(error, status, text); });
  }

  static void destroy(bp_replica* replica) noexcept {
    const std::unique_ptr<Instance> owned(&from_opaque<Instance>(replica));
    // They may use the handler.
    owned->context.wait_for_tasks();
  }

  static bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) noexcept {
    Instance& self = from_opaque<Instance>(replica);
    const std::span<bp_call* const> all(calls, n);
    // The host keeps calls of different methods apart, so the first one speaks for all.
    const Request first(self.host, calls[0]);
    const auto method = first.find_header(BP_CALL_METHOD_HEADER);
    if (!method) {
      run<DefaultMethod<T>>(self, all, first);
    } else if (!(run_if_named<Methods>(*method, self, all, first) || ...)) {
      fail(self, all, BP_NOT_FOUND, "doesn't have method '", *method, "'");
    }
    return BP_OK;
  }

  static bp_status reconfigure(bp_replica* replica, bp_str json,
                               bp_error* error) noexcept requires HasReconfigure<T> {
    return guard(
        [&] { from_opaque<Instance>(replica).handler.reconfigure(Config(to_view(json))); },
        [error](bp_status status, std::string_view text) { write_error(error, status, text); });
  }

  static bp_status health(bp_replica* replica, bp_error* error) noexcept requires HasHealth<T> {
    return guard(
        [&] { from_opaque<Instance>(replica).handler.health(); },
        [error](bp_status status, std::string_view text) { write_error(error, status, text); });
  }

  static bp_status save(bp_replica* replica, bp_write_fn write, void* ctx,
                        bp_error* error) noexcept requires HasState<T> {
    return guard(
        [&] {
          const std::string bytes = from_opaque<Instance>(replica).handler.save_state();
          const bp_status written = write(ctx, to_bp_str(bytes));
          if (written != BP_OK) {
            throw Error(written, "the host does not take " + std::to_string(bytes.size()) +
                                     " bytes of state");
          }
        },
        [error](bp_status status, std::string_view text) { write_error(error, status, text); });
  }

  static bp_status restore(bp_replica* replica, bp_str bytes, std::uint32_t from_version,
                           bp_error* error) noexcept requires HasState<T> {
    return guard(
        [&] { from_opaque<Instance>(replica).handler.restore_state(to_view(bytes), from_version); },
        [error](bp_status status, std::string_view text) { write_error(error, status, text); });
  }

  static bp_status warm_up(bp_replica* replica, bp_error* error) noexcept requires HasWarmUp<T> {
    return guard(
        [&] { from_opaque<Instance>(replica).handler.warm_up(); },
        [error](bp_status status, std::string_view text) { write_error(error, status, text); });
  }

  static const void* get_extension(bp_replica* /*replica*/, const char* id) noexcept {
    if constexpr (HasState<T>) {
      static constexpr bp_state kState = state_table();
      if (std::string_view(id) == BP_STATE_EXTENSION) return &kState;
    }
    if constexpr (HasWarmUp<T>) {
      static constexpr bp_warmup kWarmUp = warm_up_table();
      if (std::string_view(id) == BP_WARMUP_EXTENSION) return &kWarmUp;
    }
    return nullptr;
  }

 private:
  static constexpr bp_state state_table() {
    bp_state table{};
    table.struct_size = sizeof(bp_state);
    table.version = 1;
    if constexpr (HasStateVersion<T>) table.version = T::kStateVersion;
    if constexpr (HasState<T>) {
      table.save = &HandlerEntry::save;
      table.restore = &HandlerEntry::restore;
    }
    return table;
  }
  static constexpr bp_warmup warm_up_table() {
    bp_warmup table{};
    table.struct_size = sizeof(bp_warmup);
    if constexpr (HasWarmUp<T>) table.warm_up = &HandlerEntry::warm_up;
    return table;
  }

  struct Instance {
    Instance(const bp_handler& handler_descriptor, const bp_host& services,
             const bp_replica_info& info)
        : name(handler_descriptor.name),
          host(services),
          context(services, info),
          handler(make(context, Config(to_view(info.config_json)))) {}

    static T make(const Context& context, Config config) {
      if constexpr (TakesContextAndConfig<T>) {
        return T(context, config);
      } else if constexpr (TakesConfig<T>) {
        return T(config);
      } else if constexpr (TakesContext<T>) {
        return T(context);
      } else {
        return T();
      }
    }

    const char* name;
    const bp_host& host;
    Context context;  // before handler, which may keep a reference to it
    T handler;
    std::vector<Request> requests;  // of the running batch; kept for its memory
  };

  template <typename M>
  static bool run_if_named(std::string_view name, Instance& self, std::span<bp_call* const> calls,
                           const Request& first) noexcept {
    if (name != M::name()) return false;
    run<typename M::template Of<T>>(self, calls, first);
    return true;
  }

  // `first`: the request of calls[0], which has been asked for already.
  template <typename Callee>
  static void run(Instance& self, std::span<bp_call* const> calls, const Request& first) noexcept {
    if constexpr (Callee::kBatch) {
      if (!Callee::kOne || calls.size() > 1) {
        run_batch<Callee>(self, calls);
        return;
      }
    }
    if constexpr (Callee::kAsync) {
      for (bp_call* call : calls) hand_over<Callee>(self, call);
    } else if constexpr (Callee::kStream) {
      for (bp_call* call : calls) write_one<Callee>(self, call);
    } else if constexpr (Callee::kOne) {
      run_one<Callee>(self, calls[0], first);
      for (bp_call* call : calls.subspan(1)) run_one<Callee>(self, call, {self.host, call});
    } else if constexpr (!Callee::kBatch) {
      fail(self, calls, BP_NOT_FOUND,
           "answers only to its named methods: send " BP_CALL_METHOD_HEADER);
    }
  }

  template <typename Callee>
  static void run_one(Instance& self, bp_call* call, const Request& request) noexcept {
    guard([&] { complete_with(self.host, call, Callee::one(self.handler, request)); },
          [&](bp_status status, std::string_view message) {
            self.host.call_complete(call, status, to_bp_str(message));
          });
  }

  template <typename Callee>
  static void write_one(Instance& self, bp_call* call) noexcept {
    guard(
        [&] {
          Stream stream(self.host, call);
          Callee::write(self.handler, Request(self.host, call), stream);
          stream.send_head_once();
          self.host.call_complete(call, BP_OK, bp_str{});
        },
        [&](bp_status status, std::string_view message) {
          self.host.call_complete(call, status, to_bp_str(message));
        });
  }

  template <typename Callee>
  static void hand_over(Instance& self, bp_call* call) noexcept {
    Delivery delivery{.call = call};
    Delivery* const outer = std::exchange(running_delivery, &delivery);
    guard([&] { Callee::take(self.handler, OwnedCall(self.host, call)); },
          [&](bp_status status, std::string_view message) {
            if (delivery.returned) self.host.call_complete(call, status, to_bp_str(message));
          });
    running_delivery = outer;
  }

  template <typename Callee>
  static void run_batch(Instance& self, std::span<bp_call* const> calls) noexcept {
    std::size_t done = 0;
    guard(
        [&] {
          self.requests.clear();
          for (bp_call* call : calls) self.requests.emplace_back(self.host, call);
          auto&& answers = Callee::batch(self.handler, std::span<const Request>(self.requests));
          const auto count = static_cast<std::size_t>(std::size(answers));
          if (count != calls.size()) throw wrong_size(self.name, count, calls.size());
          for (auto& answer : answers) {
            if constexpr (std::is_same_v<decltype(answers), std::vector<Response>&&>) {
              complete_with(self.host, calls[done], std::move(answer));
            } else {
              complete_with(self.host, calls[done], answer);
            }
            ++done;
          }
        },
        [&](bp_status status, std::string_view message) {
          for (bp_call* call : calls.subspan(done)) {
            self.host.call_complete(call, status, to_bp_str(message));
          }
        });
  }

  static Error wrong_size(std::string_view name, std::size_t answers, std::size_t requests) {
    return {BP_CONTRACT, "batch handler '" + std::string(name) +
                             "' must return a list (iterable) with one answer per request and "
                             "preserve batch size: got " +
                             std::to_string(answers) + " answers for " + std::to_string(requests) +
                             " requests"};
  }

  template <typename... Parts>
  static void fail(Instance& self, std::span<bp_call* const> calls, bp_status status,
                   const Parts&... parts) noexcept {
    std::string message = "handler '" + std::string(self.name) + "' ";
    (message.append(parts), ...);
    for (bp_call* call : calls) self.host.call_complete(call, status, to_bp_str(message));
  }
};

}  // namespace backplane
