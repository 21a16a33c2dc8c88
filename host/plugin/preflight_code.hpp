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
};

// The word for `code` in error bodies and reports: "abi_major_mismatch".
std::string_view word_of(PreflightCode code);
// kInvalidArgument with the word of `code` as its reason.
Error refusal(PreflightCode code, std::string message);
// One sentence that says what to do about a refusal or warning with this reason word; also knows
// the words of staging and loading. Empty for a word it does not know.
std::string_view advice_for(std::string_view reason);

}  // namespace backplane::host
