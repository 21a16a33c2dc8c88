#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/base/error.hpp"

namespace backplane::host {

// Why preflight refuses a file, in the order it asks.
enum class PreflightCode : std::uint8_t {
  kNotRegularFile,
  kBadSize,
  kNotElf,
  kWrongElfClass,
  kWrongEndian,
  kWrongMachine,
  kNotSharedObject,
  kBadPhdr,
  kTruncated,
  kIsExecutable,
  kExecStack,
  kWriteExecSegment,
  kNoBackplaneNote,
  kAbiMajorMismatch,
  kHostTooOld,
  kBadDynamic,
  kStaticTls,
  kTextrel,
  kNodelete,
  kNeededNotAllowed,
  kRpath,
  kGnuUniqueSymbol,
  kNoEntrySymbol,
  kExtraExports,        // a warning
  kStaticConstructors,  // a warning
  kSha256Mismatch,      // it is another file than was meant
  kNotOnAllowList,      // this and the rest ask whether the file may be loaded here
  kBadSignature,
};

// The word for `code` in error bodies and reports: "abi_major_mismatch".
std::string_view word_of(PreflightCode code);
// The word of `code` is its reason. kInvalidArgument, or kForbidden when the file may be sound but
// is not one that this host was told to load.
Error refusal(PreflightCode code, std::string message);
// One sentence that says what to do about a refusal or warning with this reason word; also knows
// the words of staging and loading. Empty for a word it does not know.
std::string_view advice_for(std::string_view reason);

}  // namespace backplane::host
