#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/json/json_document.hpp"
#include "tests/support/answer.hpp"

namespace backplane::host {

// A query parameter of a call. A plain value.
struct ContractParameter {
  std::string name;
  std::string example;
  std::vector<std::string> wrong;  // values that its schema forbids
};

// One call that an OpenAPI document describes, made of its examples. A plain value.
struct ContractCall {
  std::string method;   // upper case
  std::string path;     // as the document has it: "/v1/endpoints/{name}"
  std::string target;   // with the examples of its parameters: "/v1/endpoints/split"
  std::string body;     // the example, compact; empty when it takes none
  std::string pointer;  // to the operation in the document
  std::vector<ContractParameter> query;
  bool streams = false;  // its answer has no end
};

// What a served OpenAPI document promises, held against answers. Owned by the test case; its
// thread.
class ApiContract {
 public:
  // `text` must be JSON.
  explicit ApiContract(std::string_view text);

  const std::vector<ContractCall>& calls() const { return calls_; }
  // The methods of `path`, upper case, as an Allow field lists them: HEAD goes with GET.
  std::vector<std::string> methods_of(std::string_view path) const;
  // The statuses that are promised of `call` by number.
  std::vector<std::string> statuses_of(const ContractCall& call) const;

  // The value at `pointer`, or what the reference there leads to; nothing when there is none.
  std::optional<JsonValue> resolve(const std::string& pointer) const;

  // What `answer` to `call` has that the document does not promise, or lacks: its status, its
  // header fields, its media type or its body. Empty when it is as promised.
  std::string misfit(const ContractCall& call, const Answer& answer) const;

 private:
  std::optional<JsonValue> response_of(const ContractCall& call, int status) const;
  void read_parameters(const JsonValue& holder, ContractCall& call) const;

  JsonDocument document_;
  std::vector<ContractCall> calls_;
};

}  // namespace backplane::host
