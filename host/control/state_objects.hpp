#pragma once

#include <map>
#include <string>

#include "host/base/result.hpp"
#include "host/config/app_document.hpp"

namespace backplane::host {

// An app document as the store holds it: "backends/<tag>" and "endpoints/<name>", each with one
// JSON object. Kept as it was written: a later version of the program may write it otherwise.
using StateObjects = std::map<std::string, std::string>;

// [any] Pure.
StateObjects objects_of(const AppDocument& document);

// [any] Pure. kUnavailable "state_corrupt": one is not what objects_of could have written.
Result<AppDocument> document_of(const StateObjects& objects);

// [any] The SHA-256 over all keys and values, in hexadecimal.
std::string digest_of(const StateObjects& objects);

}  // namespace backplane::host
