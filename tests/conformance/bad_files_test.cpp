#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/built_plugin.hpp"
#include "tests/support/reload_contract.hpp"
#include "tests/support/spoiled_host.hpp"

// Rows 52 to 58 of faults, dropped over a version that serves under load: each has its own code and
// nothing changes.
namespace backplane::host {
namespace {

using Path = std::filesystem::path;

// Makes what is dropped at a path where nothing is; false when this user may not.
using Make = std::function<bool(const Path&)>;

struct BadFile {
  std::string what;
  Make make;
  std::string refusal;
  std::string words;
};

std::string bytes_of(const Path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool write_file(const Path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
  return true;
}

std::string good_bytes() {
  return bytes_of(built_plugin("version2"));
}

Make bytes(std::string content) {
  return [content = std::move(content)](const Path& file) { return write_file(file, content); };
}

// A plugin of the build, whatever it is.
Make build(const std::string& name) {
  return bytes(bytes_of(built_plugin(name)));
}

// Version 2 with another byte in its ELF header.
Make patched(std::size_t offset, unsigned char value) {
  std::string content = good_bytes();
  content.at(offset) = static_cast<char>(value);
  return bytes(std::move(content));
}

// Version 2, to which something is done afterwards.
Make good_but(const std::function<bool(const Path&)>& spoil) {
  return [spoil](const Path& file) { return write_file(file, good_bytes()) && spoil(file); };
}

Make mode(mode_t bits) {
  return good_but([bits](const Path& file) { return ::chmod(file.c_str(), bits) == 0; });
}

std::string random_bytes(std::size_t size) {
  std::mt19937 random(52);
  std::string content(size, '\0');
  for (char& byte : content) byte = static_cast<char>(random());
  return content;
}

bool make_socket(const Path& file) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (file.native().size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, file.c_str(), file.native().size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): what bind() takes
  const bool bound = ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return bound;
}

std::vector<BadFile> files_of_other_kinds() {
  return {
      {"a directory", [](const Path& file) { return std::filesystem::create_directory(file); },
       "422 not_regular_file", "a directory"},
      {"a FIFO", [](const Path& file) { return ::mkfifo(file.c_str(), 0600) == 0; },
       "422 not_regular_file", "a FIFO"},
      {"a socket", make_socket, "422 not_regular_file", "a socket"},
      {"a device",
       [](const Path& file) { return ::mknod(file.c_str(), S_IFCHR | 0600, ::makedev(1, 5)) == 0; },
       "422 not_regular_file", "a device"},
      {"a link to a plugin elsewhere",
       [](const Path& file) {
         return ::symlink(built_plugin("version2").c_str(), file.c_str()) == 0;
       },
       "422 not_regular_file", "a symbolic link"},
      {"a link to nothing",
       [](const Path& file) { return ::symlink("nowhere.so", file.c_str()) == 0; },
       "422 not_regular_file", "a symbolic link"}};
}

std::vector<BadFile> files_with_bad_bytes() {
  const std::string good = good_bytes();
  return {{"half of one", bytes(good.substr(0, good.size() / 2)), "422 truncated",
           "ends at byte " + std::to_string(good.size() / 2)},
          {"one without its last byte", bytes(good.substr(0, good.size() - 1)), "422 truncated",
           "ends at byte"},
          {"random bytes", bytes(random_bytes(40'000)), "422 not_elf", "ELF"},
          {"half of an ELF header and random bytes",
           bytes(good.substr(0, 20) + random_bytes(40'000)), "422 bad_phdr", ""},
          {"nothing", bytes(""), "422 bad_size", "0 bytes"},
          {"two gigabytes",
           [](const Path& file) {
             return write_file(file, "") && ::truncate(file.c_str(), off_t{2} << 30U) == 0;
           },
           "422 bad_size", "256 MiB"},
          {"one of 32 bits", patched(4, 1), "422 wrong_elf_class", "64"},
          {"one of the other byte order", patched(5, 2), "422 wrong_endian", "little"},
          {"a program", patched(16, 2), "422 not_shared_object", "shared"},
          {"one for ARM", patched(18, 183), "422 wrong_machine", "x86-64"}};
}

std::vector<BadFile> files_that_do_not_fit() {
  return {
      {"one of the next ABI", build("future_major"), "422 abi_major_mismatch", "2.1"},
      {"one for a later host", build("needs_newer_host"), "422 host_too_old", "1.7"},
      {"one without note", build("no_note"), "422 no_backplane_note", "note"},
      {"one without entry", build("missing_entry"), "422 no_entry_symbol", "backplane_plugin_v1"},
      {"one with a library of its own", build("needed_not_allowed"), "422 needed_not_allowed",
       "corpus_private"},
      {"one that nothing defines", build("undefined_symbol"), "422 plugin_symbol",
       "backplane_fixture_that_nobody_defines"},
      {"unique symbols", build("unique_symbol"), "422 gnu_unique_symbol", ""},
      {"static TLS", build("static_tls"), "422 static_tls", ""},
      {"an executable stack", build("exec_stack"), "422 exec_stack", ""},
      {"text relocations", build("textrel"), "422 textrel", ""},
      {"a search path", build("rpath"), "422 rpath", "search path"},
      {"one that cannot be unloaded", build("nodelete"), "422 nodelete", ""},
      {"a program that is a library", build("interpreter"), "422 is_executable", ""},
      {"code that can be written", build("write_exec_segment"), "422 write_exec_segment", ""}};
}

std::vector<BadFile> files_that_others_may_write() {
  const std::string code = "403 plugin_permissions";
  return {{"writable by its group", mode(0660), code, "'version.so' is writable by its group"},
          {"writable by everyone", mode(0606), code, "'version.so' is writable by its group or"},
          {"of another user",
           good_but([](const Path& file) { return ::chown(file.c_str(), 12345, 12345) == 0; }),
           code, "belongs to user 12345"},
          {"with a second name", good_but([](const Path& file) {
             return ::link(file.c_str(), (file.parent_path() / "second").c_str()) == 0;
           }),
           code, "2 hard links"}};
}

// Reloads with each of `files` in the place of version.so, while version 1 serves.
void check_refused(const std::vector<BadFile>& files) {
  VersionHost host;
  const ReloadContract contract(host);
  const std::string app = host.admin("GET", "/v1/app").body();
  const std::string revision = host.admin("GET", "/v1/status").at("/revision");
  BackgroundLoad load(host.data_port(), "/v");
  for (const BadFile& bad : files) {
    CAPTURE(bad.what);
    std::filesystem::remove_all(host.file());
    if (!bad.make(host.file())) {
      MESSAGE("this user may not make it: " << std::strerror(errno));
      continue;
    }
    const Answer answer = host.reload();
    CHECK(answer.refusal() == bad.refusal);
    const std::string stage = bad.refusal == "422 plugin_symbol" ? "loading" : "staging";
    CHECK(answer.text_at("/stage") == stage);
    CHECK(answer.at("/serving_generation") == "1");
    contract.check(answer);
    CHECK_MESSAGE(answer.detail().find(bad.words) != std::string::npos, answer.detail());
    CHECK(host.plugin().text_at("/last_error/code") == answer.code());
    CHECK(load.wait_answered(4));
  }
  CHECK(kinds(load.stop()) == "v1");
  CHECK(host.admin("GET", "/v1/app").body() == app);
  CHECK(host.admin("GET", "/v1/status").at("/revision") == revision);
  CHECK(wait_generations(host, 1));
  std::filesystem::remove_all(host.file());
  host.drop("version2");
  CHECK(host.reload().status() == 200);
  CHECK(host.get("/v").body() == "v2");
}

}  // namespace

TEST_SUITE("bad files") {
  TEST_CASE("52, 57: what is no file is refused at once, and links are not followed") {
    check_refused(files_of_other_kinds());
  }

  TEST_CASE("52, 53, 58: what is damaged, foreign or too large is told apart") {
    check_refused(files_with_bad_bytes());
  }

  TEST_CASE("54, 55: what was built for another host, or in another way, is told why") {
    check_refused(files_that_do_not_fit());
  }

  TEST_CASE("58: what others may write is refused") {
    check_refused(files_that_others_may_write());
  }
}

}  // namespace backplane::host
