#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <sys/stat.h>

#include <doctest/doctest.h>

#include "tests/support/answer.hpp"
#include "tests/support/host_directory.hpp"
#include "tests/support/host_process.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {
namespace {

// What must be said of each file; a word that begins with "accepted" goes with exit code 0.
using Verdicts = std::map<std::string, std::string>;

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

// The files that the linker was made to spoil.
const Verdicts& linked_verdicts() {
  static const Verdicts verdicts{{"exec_stack", "exec_stack"},
                                 {"extra_export", "accepted extra_exports"},
                                 {"future_major", "abi_major_mismatch"},
                                 {"interpreter", "is_executable"},
                                 {"missing_entry", "no_entry_symbol"},
                                 {"needed_not_allowed", "needed_not_allowed"},
                                 {"needs_newer_host", "host_too_old"},
                                 {"no_note", "no_backplane_note"},
                                 {"nodelete", "nodelete"},
                                 {"rpath", "rpath"},
                                 {"runpath", "rpath"},
                                 {"static_constructor", "accepted static_constructors"},
                                 {"static_tls", "static_tls"},
                                 {"textrel", "textrel"},
                                 {"unique_symbol", "gnu_unique_symbol"},
                                 {"well_formed", "accepted"},
                                 {"write_exec_segment", "write_exec_segment"}};
  return verdicts;
}

// A byte of the ELF header that says something else than it should.
void add_patched(const std::filesystem::path& plugins, const std::string& name, std::size_t offset,
                 char value) {
  std::string bytes = bytes_of(plugins / "well_formed.so");
  bytes.at(offset) = value;
  write_file(plugins / (name + ".so"), bytes);
}

// Adds files that need no linker to `plugins`, where well_formed.so is; what must be said of them.
Verdicts add_made_files(const std::filesystem::path& plugins) {
  Verdicts verdicts;
  const std::string whole = bytes_of(plugins / "well_formed.so");
  for (std::size_t size = 2048; size < whole.size(); size += 2048) {
    const std::string name = "cut_" + std::to_string(size);
    write_file(plugins / (name + ".so"), whole.substr(0, size));
    verdicts[name] = "truncated";
  }
  write_file(plugins / "empty.so", "");
  verdicts["empty"] = "bad_size";
  write_file(plugins / "text.so", std::string(100, 'x'));
  verdicts["text"] = "not_elf";
  add_patched(plugins, "class32", 4, 1);
  verdicts["class32"] = "wrong_elf_class";
  add_patched(plugins, "big_endian", 5, 2);
  verdicts["big_endian"] = "wrong_endian";
  add_patched(plugins, "program", 16, 2);
  verdicts["program"] = "not_shared_object";
  add_patched(plugins, "arm", 18, static_cast<char>(183));
  verdicts["arm"] = "wrong_machine";
  std::filesystem::create_directory(plugins / "folder.so");
  verdicts["folder"] = "not_regular_file";
  REQUIRE(::mkfifo((plugins / "fifo.so").c_str(), 0600) == 0);
  verdicts["fifo"] = "not_regular_file";
  std::filesystem::create_symlink("well_formed.so", plugins / "link.so");
  verdicts["link"] = "not_regular_file";
  std::filesystem::create_symlink("nowhere.so", plugins / "dangling.so");
  verdicts["dangling"] = "not_regular_file";
  return verdicts;
}

// A plugin directory with every bad file we could think of, and hello.
struct CorpusDirectory {
  CorpusDirectory() : directory({"hello"}) {
    for (const auto& file : std::filesystem::directory_iterator(BACKPLANE_CORPUS)) {
      if (file.path().extension() != ".so") continue;
      std::filesystem::copy_file(file.path(), directory.plugins() / file.path().filename());
    }
    verdicts.merge(add_made_files(directory.plugins()));
  }

  HostDirectory directory;
  Verdicts verdicts = linked_verdicts();
};

std::string verdict_of(const Answer& listing, const std::string& name) {
  const std::string place = "/plugins/" + name;
  if (listing.at(place + "/loadable") != "true") return listing.text_at(place + "/error/code");
  const std::string warning = listing.text_at(place + "/warnings/0/code");
  return warning.empty() ? "accepted" : "accepted " + warning;
}

Answer ask(std::uint16_t port, const std::string& text) {
  RawClient client(port);
  auto response = client.ask(text);
  REQUIRE(response.has_value());
  return Answer(*std::move(response));
}

Answer put_backend(const HostProcess& host, const std::string& plugin) {
  const std::string body = R"({"plugin":")" + plugin + R"(","handler":"well_formed"})";
  return ask(host.admin_port(),
             "PUT /v1/backends/probe HTTP/1.1\r\nHost: localhost\r\n"
             "Content-Type: application/json\r\nContent-Length: " +
                 std::to_string(body.size()) + "\r\n\r\n" + body);
}

}  // namespace

SCENARIO("B02, B05: a host lives with every bad file in its plugin directory and serves the good") {
  GIVEN("a host whose plugin directory holds the whole corpus, and hello") {
    const CorpusDirectory corpus;
    corpus.directory.write_app(
        R"({"backends":{"hello":{"plugin":"hello","handler":"hello"}},)"
        R"("endpoints":{"hello":{"route":"/hello","traffic":{"hello":1}}}})");
    HostProcess host(corpus.directory.serve_arguments());
    REQUIRE(host.wait_ready());
    WHEN("its plugins are listed, and a backend is made of each bad one") {
      const Answer listing =
          ask(host.admin_port(), "GET /v1/plugins HTTP/1.1\r\nHost: localhost\r\n\r\n");
      THEN("each has its own code in both places, and hello answers all along") {
        for (const auto& expected : corpus.verdicts) {
          const std::string& name = expected.first;
          const std::string& verdict = expected.second;
          CAPTURE(name);
          CHECK(verdict_of(listing, name) == verdict);
          if (verdict.starts_with("accepted")) continue;
          CHECK(put_backend(host, name).refusal() == "422 " + verdict);
          const Answer hello =
              ask(host.data_port(), "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
          CHECK(hello.body() == "hello serve!");
        }
        host.signal(SIGTERM);
        const auto end = host.wait_end();
        REQUIRE(end.has_value());
        CHECK(end->code == 0);
      }
    }
  }
}

SCENARIO("B02, B05: backplane inspect explains every file of the corpus with its own code") {
  GIVEN("the corpus") {
    const CorpusDirectory corpus;
    WHEN("each file is inspected") {
      THEN("the code is in the answer, with what to do; no signal ends the program") {
        for (const auto& expected : corpus.verdicts) {
          const std::string& name = expected.first;
          const std::string& verdict = expected.second;
          CAPTURE(name);
          const ProcessEnd end =
              HostProcess::run({"inspect", (corpus.directory.plugins() / (name + ".so")).string()});
          CHECK(end.signal == 0);
          const bool accepted = verdict.starts_with("accepted");
          CHECK((end.code == 0) == accepted);
          if (accepted) {
            CHECK(end.output.find("verdict") != std::string::npos);
            CHECK(end.output.find(" accepted") != std::string::npos);
            const std::string warning = verdict.substr(std::string("accepted").size());
            CHECK_MESSAGE(end.output.find(warning) != std::string::npos, end.output);
          } else {
            CHECK_MESSAGE(end.output.find("refused, " + verdict + ": ") != std::string::npos,
                          end.output);
            CHECK(end.output.find("to do") != std::string::npos);
          }
        }
      }
    }
  }
}

}  // namespace backplane::host
