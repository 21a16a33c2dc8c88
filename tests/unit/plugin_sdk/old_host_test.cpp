#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/plugin.hpp>

// A plugin of today's SDK on a host of version 1.0: whatever that host lends ends where its structs
// ended, and the byte behind belongs to nobody.
namespace {

using backplane::Config;
using backplane::Context;
using backplane::Error;
using backplane::Request;
using backplane::Response;

constexpr std::size_t size_in_1_0(std::string_view wanted) {
#define BP_FREEZE_SIZE(type, size) \
  if (wanted == #type) return size;
#define BP_FREEZE_FIELD(type, field, offset, size)
#include "tests/conformance/abi/v1_0.inc"
#undef BP_FREEZE_SIZE
#undef BP_FREEZE_FIELD
  return 0;
}

// A struct of the border as version 1.0 had it, at the end of a page that none follows: who reads a
// field that was appended later ends the program. Owned by the test.
template <typename T>
class Lent {
 public:
  Lent(const T& value, std::size_t size) : page_(static_cast<std::size_t>(::getpagesize())) {
    void* const pages =
        ::mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(pages != MAP_FAILED);
    pages_ = static_cast<char*>(pages);
    REQUIRE(::mprotect(pages_ + page_, page_, PROT_NONE) == 0);
    REQUIRE(size > 0);
    REQUIRE(size <= sizeof(T));
    T sized = value;
    sized.struct_size = static_cast<std::uint32_t>(size);
    void* const place = pages_ + page_ - size;
    std::memcpy(place, &sized, size);
    value_ = static_cast<T*>(place);
  }
  ~Lent() { ::munmap(pages_, 2 * page_); }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  T* get() const { return value_; }

 private:
  std::size_t page_;
  char* pages_;
  T* value_;
};

bp_request request_of(std::string_view method, std::string_view query,
                      std::span<const bp_kv> headers) {
  bp_request request{};
  request.header_count = static_cast<std::uint32_t>(headers.size());
  request.method = backplane::to_bp_str(method);
  request.path = backplane::to_bp_str("/old");
  request.query = backplane::to_bp_str(query);
  request.headers = headers.data();
  return request;
}

// One request of a host of version 1.0 and what became of it.
class OldCall {
 public:
  explicit OldCall(std::string_view query, std::vector<bp_kv> headers = {})
      : headers_(std::move(headers)),
        request_(request_of("GET", query, headers_), size_in_1_0("bp_request")) {}

  bp_call* get() { return backplane::to_opaque<bp_call>(*this); }
  const bp_request* request() const { return request_.get(); }

  std::uint32_t http_status = 200;
  std::string body;
  std::string message;
  bp_status status = -1;

 private:
  std::vector<bp_kv> headers_;
  Lent<bp_request> request_;
};

OldCall& of(bp_call* call) {
  return backplane::from_opaque<OldCall>(call);
}

bp_host old_services() {
  bp_host host{};
  host.magic = BP_MAGIC;
  host.abi_major = 1;
  host.abi_minor = 0;
  host.get_extension = [](bp_host_ctx*, const char*) -> const void* { return nullptr; };
  host.log = [](bp_host_ctx*, std::uint32_t, bp_str) {};
  host.call_request = [](bp_call* call) { return of(call).request(); };
  host.call_cancelled = [](bp_call*) -> std::uint32_t { return 0; };
  host.call_alloc = [](bp_call*, std::uint64_t) -> void* { return nullptr; };
  host.call_head = [](bp_call* call, std::uint32_t status, const bp_kv*, std::uint32_t) {
    of(call).http_status = status;
    return bp_status{BP_OK};
  };
  host.call_write = [](bp_call* call, const void* data, std::uint64_t length, std::uint32_t) {
    of(call).body.append(static_cast<const char*>(data), length);
    return bp_status{BP_OK};
  };
  host.call_complete = [](bp_call* call, bp_status status, bp_str message) {
    of(call).status = status;
    of(call).message = backplane::to_view(message);
  };
  return host;
}

// A replica of `handler` on such a host.
class OldReplica {
 public:
  explicit OldReplica(const bp_handler& handler)
      : handler_(handler), host_(old_services(), size_in_1_0("bp_host")) {
    bp_replica_info info{};
    info.handler = backplane::to_bp_str("old");
    info.backend = backplane::to_bp_str("backend");
    info.generation = 7;
    const Lent<bp_replica_info> lent(info, size_in_1_0("bp_replica_info"));
    REQUIRE(handler_.create(&handler_, host_.get(), lent.get(), &replica_, error_.get()) == BP_OK);
  }
  ~OldReplica() { handler_.destroy(replica_); }
  OldReplica(const OldReplica&) = delete;
  OldReplica& operator=(const OldReplica&) = delete;

  void execute(std::vector<bp_call*> calls) {
    REQUIRE(handler_.execute(replica_, calls.data(), static_cast<std::uint32_t>(calls.size())) ==
            BP_OK);
  }
  bp_status reconfigure(std::string_view json) {
    return handler_.reconfigure(replica_, backplane::to_bp_str(json), error_.get());
  }
  bp_status health() { return handler_.health(replica_, error_.get()); }
  std::string error() const { return error_.get()->message; }

 private:
  const bp_handler& handler_;
  Lent<bp_host> host_;
  Lent<bp_error> error_{bp_error{}, size_in_1_0("bp_error")};
  bp_replica* replica_ = nullptr;
};

// What a handler may have, and what it may ask for.
class Modern {
 public:
  Modern(const Context& context, Config) : context_(context) { context_.log_info("made"); }

  Response operator()(const Request& request) {
    if (request.query() == "fail") throw Error::not_found("not here");
    if (request.cancelled() || request.deadline()) return "late";
    Response response(request.arg("name", "nobody") + setting_);
    return response.set_status(201).set_header("X-Generation",
                                               std::to_string(context_.generation()));
  }
  std::vector<Response> batch(std::span<const Request> requests) {
    return std::vector<Response>(requests.size(), std::to_string(requests.size()));
  }
  Response who(const Request& request) { return std::string(request.header("x-who")); }
  void reconfigure(Config config) {
    if (config.json() == "[]") throw Error::invalid(std::string(300, 'x'));
    setting_ = config.json();
  }
  void health() const {}
  void warm_up() {}
  std::string save_state() const { return setting_; }
  void restore_state(std::string_view, std::uint32_t) {}

 private:
  const Context& context_;
  std::string setting_;
};

constexpr bp_handler kModern = backplane::handler<Modern, backplane::Method<"who", &Modern::who>>(
    "old", {.never_blocks = true});

bp_kv field(std::string_view name, std::string_view value) {
  return {backplane::to_bp_str(name), backplane::to_bp_str(value)};
}

}  // namespace

TEST_SUITE("plugin_sdk") {
  TEST_CASE("SDK: a handler of today answers on a host of version 1.0, which has no extension") {
    OldReplica replica(kModern);
    OldCall one("name=ray");
    OldCall failed("fail");
    OldCall named("", {field(BP_CALL_METHOD_HEADER, "who"), field("X-Who", "me")});
    replica.execute({one.get()});
    replica.execute({failed.get()});
    replica.execute({named.get()});
    CHECK(one.http_status == 201);
    CHECK(one.body == "ray");
    CHECK(one.status == BP_OK);
    CHECK(failed.status == BP_NOT_FOUND);
    CHECK(failed.message == "not here");
    CHECK(named.body == "me");
  }

  TEST_CASE("SDK: batches, settings and health need nothing that came after version 1.0") {
    OldReplica replica(kModern);
    OldCall first("a");
    OldCall second("b");
    replica.execute({first.get(), second.get()});
    CHECK(first.body == "2");
    CHECK(second.body == "2");
    CHECK(replica.reconfigure("!") == BP_OK);
    OldCall after("name=ray");
    replica.execute({after.get()});
    CHECK(after.body == "ray!");
    CHECK(replica.reconfigure("[]") == BP_INVALID);
    CHECK(replica.error() == std::string(247, 'x'));
    CHECK(replica.health() == BP_OK);
  }

  TEST_CASE("SDK: a plugin of today asks for no newer host than version 1.0") {
    constexpr bp_note_record kNote = backplane::make_note("old", "1.0.0");
    CHECK(kNote.content.min_host_minor == 0);
    CHECK(kModern.struct_size >= size_in_1_0("bp_handler"));
  }
}
