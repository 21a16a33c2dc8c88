#include "host/admin/token_set.hpp"

#include "host/admin/token_digest.hpp"

namespace backplane::host {
namespace {

bool comes_before(const AdminToken& one, const AdminToken& other, WallTime now) {
  if (one.expired(now) != other.expired(now)) return other.expired(now);
  return one.role > other.role;
}

}  // namespace

const AdminToken* TokenSet::find(std::string_view candidate, WallTime now) const {
  const bool too_long = candidate.size() > kLongestToken;
  const AdminToken* found = nullptr;
  for (const AdminToken& token : tokens_) {
    const bool same =
        same_digest(token.sha256, token_digest(token.salt, candidate.substr(0, kLongestToken)));
    if (same && (found == nullptr || comes_before(token, *found, now))) found = &token;
  }
  return too_long ? nullptr : found;
}

}  // namespace backplane::host
