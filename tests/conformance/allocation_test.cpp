#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/thread.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {
namespace {

std::atomic<bool> counting{false};
std::atomic<int> allocations{0};

// Only what serves requests counts: the test's own thread and control may allocate.
void count_one() {
  if (!counting.load(std::memory_order_relaxed)) return;
  const auto role = current_thread_role();
  if (role == ThreadRole::kIo || role == ThreadRole::kReplica) ++allocations;
}

void* take(std::size_t size, std::size_t alignment) {
  count_one();
  const std::size_t whole = (size + alignment - 1) / alignment * alignment;
  void* const memory = std::aligned_alloc(alignment, whole == 0 ? alignment : whole);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace
}  // namespace backplane::host

// For the whole of this program, and for the plugins it loads. All forms: a sanitizer brings those
// that are missing, and takes memory of one that is freed by another for a mistake.
#define BP_COUNTED_NEW(form)                                                                 \
  void* form(std::size_t size) {                                                             \
    return backplane::host::take(size, alignof(std::max_align_t));                           \
  }                                                                                          \
  void* form(std::size_t size, const std::nothrow_t&) noexcept {                             \
    return backplane::host::take(size, alignof(std::max_align_t));                           \
  }                                                                                          \
  void* form(std::size_t size, std::align_val_t alignment) {                                 \
    return backplane::host::take(size, static_cast<std::size_t>(alignment));                 \
  }                                                                                          \
  void* form(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept { \
    return backplane::host::take(size, static_cast<std::size_t>(alignment));                 \
  }
#define BP_PLAIN_DELETE(form)                                                 \
  void form(void* memory) noexcept {                                          \
    std::free(memory);                                                        \
  }                                                                           \
  void form(void* memory, std::size_t) noexcept {                             \
    std::free(memory);                                                        \
  }                                                                           \
  void form(void* memory, const std::nothrow_t&) noexcept {                   \
    std::free(memory);                                                        \
  }                                                                           \
  void form(void* memory, std::align_val_t) noexcept {                        \
    std::free(memory);                                                        \
  }                                                                           \
  void form(void* memory, std::size_t, std::align_val_t) noexcept {           \
    std::free(memory);                                                        \
  }                                                                           \
  void form(void* memory, std::align_val_t, const std::nothrow_t&) noexcept { \
    std::free(memory);                                                        \
  }

BP_COUNTED_NEW(operator new)
BP_COUNTED_NEW(operator new[])
BP_PLAIN_DELETE(operator delete)
BP_PLAIN_DELETE(operator delete[])

namespace backplane::host {
namespace {

constexpr int kConnections = 8;
constexpr int kRounds = 50;
constexpr int kPasses = 5;

// What clients send, each with an answer of 200.
std::vector<std::string> request_texts() {
  HostFixture::Fields many = {{"X-Serve-Shard-Key", "user-17"},
                              {"X-Request-Timeout", "5000"},
                              {"X-Request-Id", std::string(64, 'i')},
                              {"Accept", "text/html"},
                              {"Accept", "application/json"},
                              {"Accept", "*/*"},
                              {"Cookie", "a=1"},
                              {"Cookie", "b=2"}};
  for (int i = 0; i < 40; ++i)
    many.emplace_back("X-Field-" + std::to_string(i), std::string(70, 'v'));
  return {request_text("GET", "/sized?lent=9"),
          request_text("GET", "/sized?copied=9", many),
          request_text("GET", "/%73ized?lent=16384"),
          request_text("GET", "/sized?copied=16384"),
          request_text("POST", "/sized?copied=100", {}, std::string(3500, 'b')),
          "POST /sized?lent=100 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
          "400\r\n" +
              std::string(1024, 'c') + "\r\n400\r\n" + std::string(1024, 'd') + "\r\n0\r\n\r\n"};
}

// Asks everything on all connections at once; how many answers were not 200.
int ask_all(std::vector<RawClient>& clients, const std::vector<std::string>& texts) {
  int bad = 0;
  for (const std::string& text : texts) {
    for (RawClient& client : clients) bad += client.send(text) ? 0 : 1;
    for (RawClient& client : clients) {
      const auto response = client.read_response();
      bad += response && response->status == 200 ? 0 : 1;
    }
  }
  return bad;
}

void check_no_allocations(const std::string& config) {
  HostFixture host({"sized_answer"});
  host.create_backend("sized", "sized_answer", config);
  host.create_endpoint("sized", "/sized", R"({"sized":1})", R"(["GET","POST"])");
  std::vector<RawClient> clients;
  clients.reserve(kConnections);
  for (int i = 0; i < kConnections; ++i) clients.emplace_back(host.data_port());
  const std::vector<std::string> texts = request_texts();
  for (const std::string& text : texts) REQUIRE(text.size() <= 4096);
  // Buffers grow to what they are going to need, which is more when requests happen to come
  // together as never before; what a request costs shows in every pass.
  bool free_of_them = false;
  for (int pass = 0; pass < kPasses && !free_of_them; ++pass) {
    allocations = 0;
    counting = true;
    int bad = 0;
    for (int round = 0; round < kRounds; ++round) bad += ask_all(clients, texts);
    counting = false;
    REQUIRE(bad == 0);
    free_of_them = allocations.load() == 0;
  }
  CHECK_MESSAGE(free_of_them, "the last pass cost ", allocations.load());
}

TEST_SUITE("allocations") {
  TEST_CASE("no request of 4 KiB and no answer of 16 KiB costs the host an allocation") {
    check_no_allocations("{}");
  }
  TEST_CASE("nor inline") {
    check_no_allocations(R"({"execution":"inline"})");
  }
  TEST_CASE("and an answer that is too large to be kept does show") {
    HostFixture host({"sized_answer"});
    host.create_backend("sized", "sized_answer");
    host.create_endpoint("sized", "/sized", R"({"sized":1})");
    RawClient client(host.data_port());
    allocations = 0;
    counting = true;
    CHECK(client.ask(request_text("GET", "/sized?copied=65536")).has_value());
    counting = false;
    CHECK(allocations.load() > 0);
  }
  TEST_CASE("nor in batches") {
    check_no_allocations(R"({"max_batch_size":4})");
  }
}

}  // namespace
}  // namespace backplane::host
