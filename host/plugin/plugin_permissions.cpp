#include "host/plugin/plugin_permissions.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include "host/plugin/file_descriptor.hpp"

namespace backplane::host {
namespace {

Error refused(const std::string& what) {
  return {ErrorCode::kForbidden, "plugin_permissions", what};
}

// Clients are told no paths of this machine.
std::string name_of_parent(int level) {
  if (level == 1) return "the parent of the plugin directory";
  return "the directory " + std::to_string(level) + " levels above the plugin directory";
}

bool same_place(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

}  // namespace

Status check_permissions(const std::string& what, PluginPlace place,
                         const PlaceOwnership& ownership, uid_t user) {
  const bool is_own = ownership.owner == 0 || ownership.owner == user;
  if (place != PluginPlace::kParent && !is_own) {
    return refused(what + " belongs to user " + std::to_string(ownership.owner) +
                   ", neither root nor this process's");
  }
  const bool is_shared = (ownership.mode & (S_IWGRP | S_IWOTH)) != 0;
  if (!is_shared) return {};
  if (place != PluginPlace::kParent) {
    return refused(what + " is writable by its group or by everyone");
  }
  if ((ownership.mode & S_ISVTX) != 0) return {};
  return refused(what + " is writable by its group or by everyone, and has no sticky bit");
}

Status check_parents(int directory, uid_t user) {
  struct stat below {};
  if (fstat(directory, &below) != 0) {
    return refused("the plugin directory cannot be looked at: " +
                   std::generic_category().message(errno));
  }
  FileDescriptor here;
  for (int level = 1;; ++level) {
    FileDescriptor parent(
        openat(level == 1 ? directory : here.get(), "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
    struct stat status {};
    if (!parent.valid() || fstat(parent.get(), &status) != 0) {
      return refused(name_of_parent(level) +
                     " cannot be looked at: " + std::generic_category().message(errno));
    }
    if (same_place(status, below)) return {};  // the root is its own parent
    Status good = check_permissions(name_of_parent(level), PluginPlace::kParent,
                                    {.owner = status.st_uid, .mode = status.st_mode}, user);
    if (!good.ok()) return good;
    below = status;
    here = std::move(parent);
  }
}

}  // namespace backplane::host
