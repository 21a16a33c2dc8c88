#pragma once

#include <stdexcept>
#include <string>

#include <backplane/abi.h>

namespace backplane {

// What a handler throws to answer with a failure. From a request it becomes the answer of that
// request; from a constructor or reconfigure() it refuses the backend with this message.
class Error : public std::runtime_error {
 public:
  // `status` is one of the BP_ numbers of abi.h other than BP_OK.
  Error(bp_status status, const std::string& message)
      : std::runtime_error(message),
        status_(status > BP_OK && status <= BP_CONTRACT ? status : BP_INTERNAL) {}

  static Error invalid(const std::string& message) { return {BP_INVALID, message}; }          // 400
  static Error not_found(const std::string& message) { return {BP_NOT_FOUND, message}; }      // 404
  static Error exhausted(const std::string& message) { return {BP_EXHAUSTED, message}; }      // 429
  static Error internal(const std::string& message) { return {BP_INTERNAL, message}; }        // 500
  static Error unsupported(const std::string& message) { return {BP_UNSUPPORTED, message}; }  // 501
  static Error unavailable(const std::string& message) { return {BP_UNAVAILABLE, message}; }  // 503
  static Error deadline(const std::string& message) { return {BP_DEADLINE, message}; }        // 504

  bp_status status() const noexcept { return status_; }

 private:
  bp_status status_;
};

}  // namespace backplane
