#include "host/cli/server_address.hpp"

#include <charconv>
#include <cstdint>

#include "host/config/socket_address.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";
constexpr std::string_view kNameBytes =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && port != 0;
}

bool is_host(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kNameBytes) == std::string_view::npos;
}

}  // namespace

std::string ServerAddress::authority() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + port;
}

Result<ServerAddress> parse_server_address(std::string_view text) {
  std::string_view rest = text;
  const bool tls = rest.starts_with(kHttps);
  if (tls || rest.starts_with(kHttp)) rest.remove_prefix(tls ? kHttps.size() : kHttp.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const std::size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && is_port(rest.substr(colon + 1))) {
    std::string_view host = rest.substr(0, colon);
    const std::string port(rest.substr(colon + 1));
    if (host.starts_with('[') && host.ends_with(']')) {
      host = host.substr(1, host.size() - 2);
      if (host.find(':') != std::string_view::npos && is_ip_address(host)) {
        return ServerAddress{std::string(host), port, tls};
      }
    } else if (is_host(host)) {
      return ServerAddress{std::string(host), port, tls};
    }
  }
  return Error(ErrorCode::kInvalidArgument,
               "found '" + std::string(text) +
                   "' as an address, wanted HOST:PORT such as 127.0.0.1:8001, or a URL with "
                   "http:// or https:// before it");
}

}  // namespace backplane::host
