#pragma once

#include <cstdint>
#include <stdexcept>

#include <backplane/abi.h>
#include <backplane/detail/descriptor.hpp>
#include <backplane/detail/entry.hpp>
#include <backplane/method.hpp>

namespace backplane {

struct HandlerOptions {
  // Most requests that the handler takes at once; only for handlers with a batch form.
  // 0 = the handler sets no bound of its own: kDefaultMaxBatch.
  std::uint32_t max_batch = 0;
  // Any replica gives the same answer.
  bool stateless = false;
  // Only computes, and for microseconds: no lock that is held for long, no file, no network, no
  // sleep. A backend may then run it on the host's I/O threads ("execution": "inline").
  bool never_blocks = false;
  // Answers by OwnedCall::stream(); one with a `Stream&` of its own need not say so.
  bool streams = false;
  // nullptr = the plugin's.
  const char* version = nullptr;
};

inline constexpr std::uint32_t kDefaultMaxBatch = 1024;

// Describes a class as a handler; one object of it is made for each replica, and is only ever
// called by that replica's thread. T has
//   Response operator()(const Request&)                       and/or
//   std::vector<Response> batch(std::span<const Request>)     and/or named Methods, or
//   void operator()(OwnedCall)     answers when it likes, with many calls out at a time, or
//   void operator()(const Request&, Stream&)     answers piece by piece,
// is constructed by (const Context&, Config), (Config) or (), and may have
//   void reconfigure(Config)    takes "user_config": at the start and at each change
//   void health()               throws when it cannot work
//   void warm_up()              before the first request: what this one should not wait for
//   std::string save_state()    at a reload: what the replica in its place is to go on with;
//                               between two requests, at most 64 MiB
//   void restore_state(std::string_view bytes, std::uint32_t version)
//                               right after the constructor: what the replica of the generation
//                               before saved; throws when it cannot go on with that
//   static constexpr std::uint32_t kStateVersion    of what save_state() writes; 1 without it
template <typename T, typename... Methods>
consteval bp_handler handler(const char* name, HandlerOptions options = {}) {
  using Entry = HandlerEntry<T, Methods...>;
  static_assert(DefaultMethod<T>::kOne || DefaultMethod<T>::kBatch || DefaultMethod<T>::kAsync ||
                    DefaultMethod<T>::kStream || sizeof...(Methods) > 0,
                "a handler has `Response operator()(const Request&)`, or `std::vector<Response> "
                "batch(std::span<const Request>)`, or `void operator()(OwnedCall)`, or `void "
                "operator()(const Request&, Stream&)`, or named methods");
  static_assert(
      TakesContextAndConfig<T> || TakesConfig<T> || TakesContext<T> ||
          std::default_initializable<T>,
      "a handler is constructed by (const Context&, Config), (Config), (const Context&) or "
      "()");
  if (!is_plugin_name(name)) {
    throw std::invalid_argument("a handler's name is 1 to 64 characters out of [a-z0-9_.-]");
  }
  if (options.never_blocks && (Entry::kAsync || Entry::kStream)) {
    throw std::invalid_argument("never_blocks is not for handlers that answer later or in pieces");
  }
  if (options.max_batch > 1 && !Entry::kBatch) {
    throw std::invalid_argument("max_batch is for handlers that have a batch form");
  }
  bp_handler descriptor{};
  descriptor.struct_size = sizeof(bp_handler);
  descriptor.flags =
      (options.stateless ? BP_HF_STATELESS : 0u) |
      (options.never_blocks ? BP_HF_NEVER_BLOCKS : 0u) | (Entry::kAsync ? BP_HF_ASYNC : 0u) |
      (Entry::kStream || options.streams ? BP_HF_STREAM : 0u) | (Entry::kBatch ? BP_HF_BATCH : 0u);
  descriptor.max_batch =
      !Entry::kBatch ? 1u : (options.max_batch == 0 ? kDefaultMaxBatch : options.max_batch);
  descriptor.name = name;
  descriptor.version = options.version;
  descriptor.create = &Entry::create;
  descriptor.destroy = &Entry::destroy;
  descriptor.execute = &Entry::execute;
  if constexpr (HasReconfigure<T>) descriptor.reconfigure = &Entry::reconfigure;
  if constexpr (HasHealth<T>) descriptor.health = &Entry::health;
  if constexpr (HasState<T> || HasWarmUp<T>) descriptor.get_extension = &Entry::get_extension;
  return descriptor;
}

// Describes a function as a handler without state: `Response f(const Request&)`, or
// `std::vector<Response> f(std::span<const Request>)`, or `void f(OwnedCall)`, or
// `void f(const Request&, Stream&)`.
template <auto kFunction>
consteval bp_handler function(const char* name, HandlerOptions options = {}) {
  options.stateless = true;
  return handler<FunctionHandler<kFunction>>(name, options);
}

}  // namespace backplane
