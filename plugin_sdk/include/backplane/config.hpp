#pragma once

#include <string_view>

namespace backplane {

// JSON text that the operator wrote for a backend: "init" in a constructor, "user_config" in
// reconfigure(). A view, valid until that function returns; read it with any JSON parser
// (<backplane/json.hpp> has one).
class Config {
 public:
  explicit Config(std::string_view json) noexcept : json_(json) {}

  // Empty if the backend has no "init".
  std::string_view json() const noexcept { return json_; }
  bool empty() const noexcept { return json_.empty(); }

 private:
  std::string_view json_;
};

}  // namespace backplane
