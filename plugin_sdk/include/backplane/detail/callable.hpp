#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <backplane/config.hpp>
#include <backplane/context.hpp>
#include <backplane/owned_call.hpp>
#include <backplane/request.hpp>
#include <backplane/response.hpp>
#include <backplane/stream.hpp>

namespace backplane {

// What a batch handler returns: any sized range of things that are answers.
template <typename T>
concept AnswerList = requires(T& list) {
  { std::size(list) } -> std::convertible_to<std::size_t>;
  { *std::begin(list) } -> std::convertible_to<Response>;
};

// Callable as f(object, request): a member function, or a function object with an ignored object.
template <typename F, typename T>
concept AnswersOne = requires(F f, T& object, const Request& request) {
  { std::invoke(f, object, request) } -> std::convertible_to<Response>;
};

template <typename F, typename T>
concept AnswersBatch = requires(F f, T& object, std::span<const Request> requests) {
  { std::invoke(f, object, requests) } -> AnswerList;
};

template <typename T>
concept HasCallOperator = requires(T& object, const Request& request) {
  { object(request) } -> std::convertible_to<Response>;
};

template <typename T>
concept HasBatch = requires(T& object, std::span<const Request> requests) {
  { object.batch(requests) } -> AnswerList;
};

// Answers piece by piece.
template <typename F, typename T>
concept AnswersInPieces = requires(F f, T& object, const Request& request, Stream& stream) {
  { std::invoke(f, object, request, stream) } -> std::same_as<void>;
};

template <typename T>
concept HasStreamer = requires(T& object, const Request& request, Stream& stream) {
  { object(request, stream) } -> std::same_as<void>;
};

// Takes a call and answers it when it likes.
template <typename F, typename T>
concept TakesCall = requires(F f, T& object, OwnedCall call) {
  { std::invoke(f, object, std::move(call)) } -> std::same_as<void>;
};

template <typename T>
concept HasCallTaker = requires(T& object, OwnedCall call) {
  { object(std::move(call)) } -> std::same_as<void>;
};

template <typename T>
concept HasReconfigure = requires(T& object, Config config) {
  object.reconfigure(config);
};

template <typename T>
concept HasHealth = requires(T& object) {
  object.health();
};

template <typename T>
concept HasState = requires(T& object, std::string_view bytes, std::uint32_t version) {
  { object.save_state() } -> std::convertible_to<std::string>;
  object.restore_state(bytes, version);
};

template <typename T>
concept HasStateVersion = requires {
  { T::kStateVersion } -> std::convertible_to<std::uint32_t>;
};

template <typename T>
concept HasWarmUp = requires(T& object) {
  object.warm_up();
};

template <typename T>
concept TakesContextAndConfig = std::constructible_from<T, const Context&, Config>;

template <typename T>
concept TakesConfig = !TakesContextAndConfig<T> && std::constructible_from<T, Config>;

template <typename T>
concept TakesContext =
    !TakesContextAndConfig<T> && !TakesConfig<T> && std::constructible_from<T, const Context&>;

// What runs when a request names no method: operator() for one, batch() for many. A handler may
// have both; then batch() gets only what really came as more than one.
template <typename T>
struct DefaultMethod {
  static constexpr bool kOne = HasCallOperator<T>;
  static constexpr bool kBatch = HasBatch<T>;
  static constexpr bool kAsync = HasCallTaker<T>;
  static constexpr bool kStream = HasStreamer<T>;
  static_assert(!kAsync || (!kOne && !kBatch && !kStream),
                "a handler that takes `backplane::OwnedCall` takes every request so");
  static_assert(!kStream || (!kOne && !kBatch),
                "a handler that takes `backplane::Stream` answers every request so");

  static void write(T& object, const Request& request, Stream& stream) { object(request, stream); }
  static void take(T& object, OwnedCall call) { object(std::move(call)); }
  static Response one(T& object, const Request& request) { return object(request); }
  static decltype(auto) batch(T& object, std::span<const Request> requests) {
    return object.batch(requests);
  }
};

// A free function as a handler without state.
template <auto kFunction>
struct FunctionHandler {
  // NOLINTNEXTLINE(readability-identifier-naming): concepts see it as a call.
  Response operator()(const Request& request) const requires requires {
    { kFunction(request) } -> std::convertible_to<Response>;
  }
  { return kFunction(request); }

  decltype(auto) batch(std::span<const Request> requests) const requires requires {
    { kFunction(requests) } -> AnswerList;
  }
  { return kFunction(requests); }

  // NOLINTNEXTLINE(readability-identifier-naming): as above.
  void operator()(OwnedCall call) const requires requires {
    { kFunction(std::move(call)) } -> std::same_as<void>;
  }
  { kFunction(std::move(call)); }

  // NOLINTNEXTLINE(readability-identifier-naming): as above.
  void operator()(const Request& request, Stream& stream) const requires requires {
    { kFunction(request, stream) } -> std::same_as<void>;
  }
  { kFunction(request, stream); }
};

}  // namespace backplane
