#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "host/config/admin_token.hpp"

namespace backplane::host {

// The tokens that open the admin listener. Owned by its AdminGate; constant, any thread.
class TokenSet {
 public:
  // A longer candidate is none of them, however many bytes of it are sent.
  static constexpr std::size_t kLongestToken = 512;

  explicit TokenSet(std::vector<AdminToken> tokens) : tokens_(std::move(tokens)) {}

  // [any] Which token `candidate` is; null: none. Where several fit, one that has not expired by
  // `now` comes before one that has, and a stronger role before a weaker. Compares with all of
  // them, whatever it finds: how long it takes says nothing.
  const AdminToken* find(std::string_view candidate, WallTime now) const;

 private:
  std::vector<AdminToken> tokens_;
};

}  // namespace backplane::host
