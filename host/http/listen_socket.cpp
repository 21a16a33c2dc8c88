#include "host/http/listen_socket.hpp"

#include <cerrno>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <system_error>

namespace backplane::host {
namespace {

constexpr int kBacklog = 4096;

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

std::string words_for(int error) {
  return std::generic_category().message(error);
}

Error bind_error(const std::string& address, std::uint16_t port, int error) {
  const std::string place = "port " + std::to_string(port) + " of " + address;
  switch (error) {
    case EADDRINUSE:
      return {ErrorCode::kConflict, "port_in_use", place + " is in use"};
    case EACCES:
      return {ErrorCode::kForbidden, place + " needs a privilege that this process has not"};
    case EADDRNOTAVAIL:
      return {ErrorCode::kUnavailable, "'" + address + "' is not an address of this machine"};
    default:
      return {ErrorCode::kUnavailable, place + " cannot be opened: " + words_for(error)};
  }
}

void set_option(int fd, int level, int option) {
  const int on = 1;
  static_cast<void>(::setsockopt(fd, level, option, &on, sizeof on));
}

void set_port(addrinfo& info, std::uint16_t port) {
  void* const address = info.ai_addr;
  if (info.ai_family == AF_INET6) {
    static_cast<sockaddr_in6*>(address)->sin6_port = htons(port);
  } else {
    static_cast<sockaddr_in*>(address)->sin_port = htons(port);
  }
}

// Bound, not yet listening. `shared`: other sockets of ours will have the same port.
Result<Descriptor> bind_socket(const addrinfo& info, bool shared, const std::string& address,
                               std::uint16_t port) {
  Descriptor socket(::socket(info.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return bind_error(address, port, errno);
  set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR);
  if (shared) set_option(socket.get(), SOL_SOCKET, SO_REUSEPORT);
  // Accepted connections inherit it, which saves them a system call.
  set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY);
  if (::bind(socket.get(), info.ai_addr, info.ai_addrlen) != 0) {
    return bind_error(address, port, errno);
  }
  return socket;
}

std::uint16_t port_of(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  void* const address = &storage;
  if (::getsockname(fd, static_cast<sockaddr*>(address), &size) != 0) return 0;
  const in_port_t port = storage.ss_family == AF_INET6
                             ? static_cast<sockaddr_in6*>(address)->sin6_port
                             : static_cast<sockaddr_in*>(address)->sin_port;
  return ntohs(port);
}

}  // namespace

Result<ListenSockets> open_listen_sockets(const std::string& address, std::uint16_t port,
                                          unsigned count) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    return Error(ErrorCode::kInvalidArgument, "'" + address + "' is not an IPv4 or IPv6 address");
  }
  const AddressList list(found, &::freeaddrinfo);
  if (count > 1) {
    // A socket that shares its port is let in beside another process of the same user that does
    // too, and the two would split our requests. One that does not share finds out.
    auto alone = bind_socket(*list, false, address, port);
    if (!alone.ok()) return std::move(alone).error();
  }
  ListenSockets result;
  result.port = port;
  for (unsigned i = 0; i < count; ++i) {
    set_port(*list, result.port);
    auto socket = bind_socket(*list, count > 1, address, result.port);
    if (!socket.ok()) return std::move(socket).error();
    if (::listen(socket.value().get(), kBacklog) != 0) {
      return bind_error(address, result.port, errno);
    }
    result.port = port_of(socket.value().get());
    result.sockets.push_back(std::move(socket).value());
  }
  return result;
}

}  // namespace backplane::host
