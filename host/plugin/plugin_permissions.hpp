#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>

#include "host/base/status.hpp"

namespace backplane::host {

// What stands on the way to a plugin's bytes.
enum class PluginPlace : std::uint8_t {
  kFile,       // they themselves, or their signature
  kDirectory,  // the directory of the file
  kParent,     // one above that, up to the root
};

// To whom a place belongs, and what others may do there; fstat() tells. A plain value.
struct PlaceOwnership {
  uid_t owner = 0;
  mode_t mode = 0;
};

// [any] Whether a place is safe from users whom nobody has trusted with it; messages call it
// `what`. It must be writable by neither its group nor everyone. A parent may be if it has the
// sticky bit, as /tmp: whoever writes there replaces only what is theirs, and the next place down
// is not. File and directory must also belong to root or to `user`, who runs this process; a parent
// may be another's, as a checkout is that is mounted into a container. kForbidden
// "plugin_permissions". Pure.
Status check_permissions(const std::string& what, PluginPlace place,
                         const PlaceOwnership& ownership, uid_t user);

// [any] The same of every directory above the open `directory`. What it is above is asked of the
// system, not of the words of a path, which may lead over links. Blocks on the disk.
Status check_parents(int directory, uid_t user);

}  // namespace backplane::host
