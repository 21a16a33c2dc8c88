#include "host/plugin/load_failure.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

constexpr std::string_view kPath = "/srv/state/staging/a.1.0123456789ab.so";

Error failure(std::string_view text) {
  Error error = load_failure(text, kPath);
  CHECK(error.code() == ErrorCode::kInvalidArgument);
  CHECK(error.message().find('/') == std::string::npos);
  return error;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("load_failure: an undefined symbol is named") {
    const Error error = failure(std::string(kPath) + ": undefined symbol: _Z6answerv");
    CHECK(error.reason() == "plugin_symbol");
    CHECK(error.message().find("'_Z6answerv'") != std::string::npos);
    const Error versioned =
        failure(std::string(kPath) + ": undefined symbol: foo, version GLIBC_2.99");
    CHECK(versioned.message().find("'foo'") != std::string::npos);
  }

  TEST_CASE("load_failure: a missing library is named") {
    const Error error =
        failure("libmodel.so.3: cannot open shared object file: No such file or directory");
    CHECK(error.reason() == "plugin_dependency");
    CHECK(error.message().find("'libmodel.so.3'") != std::string::npos);
  }

  TEST_CASE("load_failure: a missing version of a library is named, without its folder") {
    const Error error = failure(
        "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.99' not found "
        "(required by " +
        std::string(kPath) + ")");
    CHECK(error.reason() == "plugin_dependency");
    CHECK(error.message().find("GLIBC_2.99") != std::string::npos);
    CHECK(error.message().find("libc.so.6") != std::string::npos);
  }

  TEST_CASE("load_failure: whatever else the loader says loses its folders") {
    CHECK(failure(std::string(kPath) + ": file too short").reason() == "plugin_load_failed");
    CHECK(failure("").reason() == "plugin_load_failed");
    CHECK(failure("/").reason() == "plugin_load_failed");
    CHECK(failure("a/b/").reason() == "plugin_load_failed");
  }
}

}  // namespace backplane::host
