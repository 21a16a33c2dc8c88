#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/app_document_reader.hpp"
#include "host/config/host_config_reader.hpp"
#include "tests/unit/config/read_json.hpp"
#include "tests/unit/config/source_file.hpp"

namespace backplane::host {
namespace {

using Path = std::vector<std::string>;
using Read = std::function<std::vector<Error>(const JsonValue&)>;

std::vector<Error> host_errors(const JsonValue& root) {
  std::vector<Error> errors;
  read_host_config(root, "", errors);
  return errors;
}

std::vector<Error> app_errors(const JsonValue& root) {
  std::vector<Error> errors;
  read_app_document(root, AppLimits{}, errors);
  return errors;
}

std::string joined(const Path& path, std::string_view separator) {
  std::string text;
  for (const std::string& step : path) {
    text += text.empty() && separator == "." ? step : std::string(separator) + step;
  }
  return text;
}

// A document with `value` at `path` and nothing else.
std::string nested(const Path& path, std::string value) {
  for (auto step = path.rbegin(); step != path.rend(); ++step) {
    value.insert(0, "{\"" + *step + "\":").append("}");
  }
  return value;
}

// What `read` says about `value` at `path`; empty when it says nothing there.
std::string complaint(const Read& read, const Path& path, const std::string& value,
                      const std::string& below = "") {
  const JsonDocument document = read_json(nested(path, value));
  for (const Error& error : read(document.root())) {
    if (error.pointer() == joined(path, "/") + below) return error.message();
  }
  return {};
}

// The keys below `path` that `read` knows, as it tells whoever mistypes one.
std::vector<std::string> known_keys(const Read& read, const Path& path) {
  const std::string message = complaint(read, path, R"({"zz":0})", "/zz");
  const std::size_t begin = message.find("(known: ");
  std::vector<std::string> keys;
  if (begin == std::string::npos) return keys;
  std::istringstream words(message.substr(begin + 8, message.size() - begin - 9));
  for (std::string word; std::getline(words >> std::ws, word, ',');) keys.push_back(word);
  return keys;
}

void collect(const Read& read, const Path& path, std::map<std::string, Path>& leaves) {
  const std::vector<std::string> keys = known_keys(read, path);
  if (keys.empty()) leaves[joined(path, ".")] = path;
  for (const std::string& key : keys) {
    Path deeper = path;
    deeper.push_back(key);
    // Whatever name is given to one of them, their keys are the same.
    if (deeper == Path{"backends"}) deeper.emplace_back("TAG");
    if (deeper == Path{"endpoints"}) deeper.emplace_back("NAME");
    collect(read, deeper, leaves);
  }
}

// Key -> its line in config/README.md; a listener's keys stand for both listeners.
std::map<std::string, std::string> documented() {
  std::map<std::string, std::string> rows;
  std::istringstream lines(source_text("config/README.md"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `") || line.find(".json`") != std::string::npos) continue;
    const std::string key = line.substr(3, line.find('`', 3) - 3);
    if (key.starts_with("LISTENER.")) {
      rows["data" + key.substr(8)] = line;
      rows["admin" + key.substr(8)] = line;
    } else {
      rows[key] = line;
    }
  }
  return rows;
}

void check_against_readme(const Read& read, std::set<std::string>& seen) {
  const std::map<std::string, std::string> rows = documented();
  std::map<std::string, Path> leaves;
  collect(read, {}, leaves);
  CHECK(leaves.size() > 10);
  for (const auto& leaf : leaves) {
    CAPTURE(leaf.first);
    const auto row = rows.find(leaf.first);
    REQUIRE(row != rows.end());
    seen.insert(leaf.first);
    const std::string message = complaint(read, leaf.second, "\"no number\"");
    const std::size_t range = message.find("an integer from ");
    if (range == std::string::npos) continue;
    CHECK(row->second.find("| " + message.substr(range + 16)) != std::string::npos);
  }
}

TEST_SUITE("config") {
  TEST_CASE("config/README.md: every key that is read is there with its range, and no other") {
    std::set<std::string> seen;
    check_against_readme(host_errors, seen);
    check_against_readme(app_errors, seen);
    for (const auto& row : documented()) {
      CAPTURE(row.first);
      CHECK(seen.contains(row.first));
    }
  }
}

}  // namespace
}  // namespace backplane::host
