#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <utility>

#include <backplane/detail/callable.hpp>
#include <backplane/detail/fixed_string.hpp>

namespace backplane {

// A named method of a handler, called when a request carries its name in X-Serve-Call-Method:
//   backplane::handler<Ab, backplane::Method<"a", &Ab::a>, backplane::Method<"b", &Ab::b>>("ab")
// kFunction is a member function of the handler that takes `const Request&` and returns an answer,
// or takes `std::span<const Request>` and returns as many answers, or takes an `OwnedCall`,
// or a `const Request&` and a `Stream&`.
template <FixedString kName, auto kFunction>
struct Method {
  static constexpr std::string_view name() noexcept { return kName.view(); }

  template <typename T>
  struct Of {
    static constexpr bool kOne = AnswersOne<decltype(kFunction), T>;
    static constexpr bool kBatch = AnswersBatch<decltype(kFunction), T>;
    static constexpr bool kAsync = TakesCall<decltype(kFunction), T>;
    static constexpr bool kStream = AnswersInPieces<decltype(kFunction), T>;
    static_assert(kOne || kBatch || kAsync || kStream,
                  "a method takes `const backplane::Request&` and returns an answer, or takes "
                  "`std::span<const backplane::Request>` and returns a list of answers, or takes "
                  "`backplane::OwnedCall`, or `const backplane::Request&` and "
                  "`backplane::Stream&`, and returns nothing");

    static void write(T& object, const Request& request, Stream& stream) {
      std::invoke(kFunction, object, request, stream);
    }

    static void take(T& object, OwnedCall call) { std::invoke(kFunction, object, std::move(call)); }

    static Response one(T& object, const Request& request) {
      return std::invoke(kFunction, object, request);
    }
    static decltype(auto) batch(T& object, std::span<const Request> requests) {
      return std::invoke(kFunction, object, requests);
    }
  };
};

}  // namespace backplane
