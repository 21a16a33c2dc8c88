#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/host_fixture.hpp"

namespace backplane::host {

// A host that asks for tokens and serves hello at /hello. Owned by the test case; its thread.
class SecuredHost {
 public:
  using Fields = HostFixture::Fields;

  static constexpr std::string_view kReader = "read-token-0123456789abcdef0123456789";
  static constexpr std::string_view kOperator = "operate-token-0123456789abcdef012345";
  static constexpr std::string_view kExpired = "expired-token-0123456789abcdef012345";

  explicit SecuredHost(const HostFixture::Adjust& adjust = {});

  // Shows the token of the state directory, which may do everything.
  HostFixture& fixture() { return fixture_; }
  const HostFixture& fixture() const { return fixture_; }
  // That token.
  std::string deploy_token() const;

  // What is answered to one admin call: "401 unauthenticated", and what it changed all the same,
  // which must be nothing. `peer`: an address of 127.0.0.0/8 to call from; failures are counted
  // for each.
  std::string refused(std::string_view method, std::string_view path, const Fields& fields,
                      std::string_view body = {}, std::uint32_t peer = 0x7f000001);
  // The answer of the last refused() itself.
  const Answer& answer() const { return answer_; }

 private:
  // The revision and the routes, and what comes along one of them.
  std::string served() const;

  HostFixture fixture_;
  Answer answer_;
};

// The field that shows `token`.
std::pair<std::string, std::string> bearer(std::string_view token);

}  // namespace backplane::host
