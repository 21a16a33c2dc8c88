#pragma once

#include <span>
#include <string_view>
#include <sys/types.h>

namespace backplane::host {

// The few things a Session does with its socket beside waiting. None blocks, none throws.

// Bytes read into `room`; 0 at the end of the stream, -1 with errno otherwise.
ssize_t receive(int fd, std::span<char> room);
// errno says that nothing is there now.
bool would_block();
// Best effort: an interim answer that does not fit at once is not worth waiting for.
void send_now(int fd, std::string_view text);
// The other side has reset the connection.
bool was_reset(int fd);
// close() will reset it, in place of an orderly end.
void reset_on_close(int fd);

}  // namespace backplane::host
