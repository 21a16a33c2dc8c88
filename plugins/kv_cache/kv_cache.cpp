#include <charconv>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <backplane/plugin.hpp>

// Keeps what it is sent: PUT ?key=a with a body, then GET ?key=a. Each replica has entries of its
// own, so a backend of it has one. A reload carries them over.
class KvCache {
 public:
  static constexpr std::uint32_t kStateVersion = 1;

  backplane::Response operator()(const backplane::Request& request) {
    const std::string key = request.arg("key");
    if (key.empty()) throw backplane::Error::invalid("?key= says which entry; it is missing");
    if (request.method() == "PUT") {
      entries_[key] = request.body();
      return "kept";
    }
    const auto found = entries_.find(key);
    if (found == entries_.end()) throw backplane::Error::not_found("no entry '" + key + "'");
    return found->second;
  }

  // Form 1: for each entry key and value, each as its size, a space and the bytes.
  std::string save_state() const {
    std::string bytes;
    for (const auto& [key, value] : entries_) {
      for (const auto* part : {&key, &value}) bytes += std::to_string(part->size()) + ' ' + *part;
    }
    return bytes;
  }
  void restore_state(std::string_view bytes, std::uint32_t version) {
    if (version != kStateVersion) throw backplane::Error::invalid("the state is not of form 1");
    std::map<std::string, std::string> entries;
    while (!bytes.empty()) {
      const std::string key = take_part(bytes);
      entries[key] = take_part(bytes);
    }
    entries_.swap(entries);
  }

 private:
  static std::string take_part(std::string_view& bytes) {
    std::size_t size = 0;
    bytes = {std::from_chars(bytes.begin(), bytes.end(), size).ptr, bytes.end()};
    if (!bytes.starts_with(' ') || size >= bytes.size())
      throw backplane::Error::invalid("a state cut off");
    std::string part(bytes.substr(1, size));
    bytes.remove_prefix(1 + size);
    return part;
  }

  std::map<std::string, std::string> entries_;
};

BACKPLANE_PLUGIN("kv_cache", "1.0.0", backplane::handler<KvCache>("kv_cache"));
