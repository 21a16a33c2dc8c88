#include "host/control/sqlite_fence.hpp"

#include <sqlite3.h>
#include <string>
#include <system_error>

#include <Poco/Data/SQLite/Utility.h>

namespace backplane::host {
namespace {

constexpr unsigned kPrimaryCode = 0xff;

}  // namespace

Error sqlite_error(const Poco::Data::Session& session, const Poco::Exception& thrown) {
  // The code says more than the exception's type, which is one and the same for several.
  sqlite3* const database = Poco::Data::SQLite::Utility::dbHandle(session);
  const auto code = static_cast<unsigned>(sqlite3_extended_errcode(database));
  std::string what = thrown.message().empty() ? thrown.displayText() : thrown.message();
  switch (code & kPrimaryCode) {
    case SQLITE_FULL:
      return {ErrorCode::kInsufficientStorage, "store_full", "the disk of the state store is full"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kUnavailable, "store_busy", "another process uses the state store"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kUnavailable, "state_corrupt", "the state store is damaged: " + what};
    case SQLITE_IOERR:
      if (const int failure = sqlite3_system_errno(database); failure != 0) {
        what += " (" + std::generic_category().message(failure) + ")";
      }
      break;
    default:
      break;
  }
  return {ErrorCode::kUnavailable, "store_failed", "the state store failed: " + what};
}

bool in_transaction(const Poco::Data::Session& session) {
  return sqlite3_get_autocommit(Poco::Data::SQLite::Utility::dbHandle(session)) == 0;
}

}  // namespace backplane::host
