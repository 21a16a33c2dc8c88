#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include <doctest/doctest.h>

#include "tests/fuzz/chunk_decoder_fuzzer.hpp"
#include "tests/fuzz/head_scanner_fuzzer.hpp"

namespace backplane::host {
namespace {

using Target = void (*)(const std::uint8_t* data, std::size_t size);

// How many inputs of corpus/<name> `target` has survived.
std::size_t run_corpus(const std::string& name, Target target) {
  std::size_t count = 0;
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(BACKPLANE_CORPUS) / name;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> text{std::istreambuf_iterator<char>(file), {}};
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    CAPTURE(entry.path().string());
    target(bytes.data(), bytes.size());
    ++count;
  }
  CHECK_FALSE(error);
  return count;
}

TEST_SUITE("fuzz") {
  TEST_CASE("the head scanner survives its corpus") {
    CHECK(run_corpus("head_scanner", fuzz_head_scanner) >= 20);
  }
  TEST_CASE("the chunk decoder survives its corpus") {
    CHECK(run_corpus("chunk_decoder", fuzz_chunk_decoder) >= 20);
  }
}

}  // namespace
}  // namespace backplane::host
