#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/http/descriptor.hpp"

namespace backplane::host {

// The listening sockets of one address: non-blocking, one for each io thread, between which the
// kernel shares out the connections. A move-only value.
struct ListenSockets {
  std::vector<Descriptor> sockets;
  std::uint16_t port = 0;  // the kernel's choice where 0 was asked for
};

// `address` is an IPv4 or IPv6 literal (kInvalidArgument otherwise). kConflict: somebody has the
// port, be it another process of ours; kForbidden: the port needs a privilege; kUnavailable: the
// address is not this machine's, or the kernel gives no socket.
Result<ListenSockets> open_listen_sockets(const std::string& address, std::uint16_t port,
                                          unsigned count);

}  // namespace backplane::host
