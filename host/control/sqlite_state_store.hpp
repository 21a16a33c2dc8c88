#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "host/base/status.hpp"
#include "host/control/sqlite_file.hpp"
#include "host/control/state_store.hpp"

namespace backplane::host {

// The state of one host, in a SQLite database of its own. Owned by Host; [bp-state] only.
//
// SQLite sums up the frames of its log but not its pages, so every row carries a checksum. And a
// log that is damaged looks to SQLite like one that ends there: therefore the log is emptied into
// the database before a transaction is acknowledged, and what was acknowledged never depends on it.
class SqliteStateStore : public StateStore {
 public:
  // Erasures that watch() still knows; a watcher that is further behind starts anew.
  static constexpr std::uint64_t kKeptErasures = 1'000;

  // [bp-state] Opens or makes the database at `file`, and reads all of it once to see that it is
  // whole. Blocks. Refuses as open_sqlite does.
  static Result<std::unique_ptr<SqliteStateStore>> open(const std::filesystem::path& file);
  ~SqliteStateStore() override;

  Result<std::optional<StateEntry>> get(std::string_view key) override;
  Result<std::vector<StateEntry>> list(const StateRange& range) override;
  Result<std::uint64_t> transact(const std::vector<StateCompare>& compares,
                                 const std::vector<StateOperation>& operations) override;
  Result<StateChanges> watch(std::uint64_t from) override;

 private:
  explicit SqliteStateStore(std::unique_ptr<Poco::Data::Session> session);

  Status verify();
  // These two throw what Poco::Data does.
  Result<std::uint64_t> commit(const std::vector<StateCompare>& compares,
                               const std::vector<StateOperation>& operations);
  // Whether there was anything to do.
  bool write(const StateOperation& operation, std::uint64_t revision);
  void empty_log();
  void poison(const Error& error);

  std::unique_ptr<Poco::Data::Session> session_;
  std::uint64_t revision_ = 0;
  std::optional<Error> poison_;  // why no transaction is taken any more
};

}  // namespace backplane::host
