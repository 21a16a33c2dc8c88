#include <stdexcept>

#include "tests/plugins/raw_plugin.hpp"

namespace {

// Lets an exception cross the border: ?int a number, else a std::exception.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  const std::string_view kind(replica->host->call_request(calls[n - 1])->query.ptr,
                              replica->host->call_request(calls[n - 1])->query.len);
  if (kind == "int") throw 42;
  throw std::runtime_error("crossed the border");
}

}  // namespace

BP_RAW_PLUGIN("throws_raw", &execute, 1);
