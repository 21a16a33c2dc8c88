#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/abi.h>

#define BP_FREEZE_SIZE(type, size) static_assert(sizeof(type) == (size));
#define BP_FREEZE_FIELD(type, field, offset, size) \
  static_assert(offsetof(type, field) == (offset) && sizeof(type::field) == (size));
#include "tests/conformance/abi/v1_0.inc"
#undef BP_FREEZE_SIZE
#undef BP_FREEZE_FIELD

// Offsets do not see a changed signature: these do.
static_assert(
    std::is_same_v<decltype(bp_host::get_extension), const void* (*)(bp_host_ctx*, const char*)>);
static_assert(std::is_same_v<decltype(bp_host::log), void (*)(bp_host_ctx*, uint32_t, bp_str)>);
static_assert(std::is_same_v<decltype(bp_host::call_request), const bp_request* (*)(bp_call*)>);
static_assert(std::is_same_v<decltype(bp_host::call_cancelled), uint32_t (*)(bp_call*)>);
static_assert(std::is_same_v<decltype(bp_host::call_alloc), void* (*)(bp_call*, uint64_t)>);
static_assert(std::is_same_v<decltype(bp_host::call_head),
                             bp_status (*)(bp_call*, uint32_t, const bp_kv*, uint32_t)>);
static_assert(std::is_same_v<decltype(bp_host::call_write),
                             bp_status (*)(bp_call*, const void*, uint64_t, uint32_t)>);
static_assert(
    std::is_same_v<decltype(bp_host::call_complete), void (*)(bp_call*, bp_status, bp_str)>);
static_assert(std::is_same_v<decltype(bp_handler::create),
                             bp_status (*)(const bp_handler*, const bp_host*,
                                           const bp_replica_info*, bp_replica**, bp_error*)>);
static_assert(std::is_same_v<decltype(bp_handler::destroy), void (*)(bp_replica*)>);
static_assert(std::is_same_v<decltype(bp_handler::execute),
                             bp_status (*)(bp_replica*, bp_call* const*, uint32_t)>);
static_assert(std::is_same_v<decltype(bp_handler::reconfigure),
                             bp_status (*)(bp_replica*, bp_str, bp_error*)>);
static_assert(std::is_same_v<decltype(bp_handler::health), bp_status (*)(bp_replica*, bp_error*)>);
static_assert(
    std::is_same_v<decltype(bp_handler::get_extension), const void* (*)(bp_replica*, const char*)>);
static_assert(std::is_same_v<decltype(bp_plugin::init), bp_status (*)(const bp_host*, bp_error*)>);
static_assert(std::is_same_v<decltype(bp_plugin::deinit), void (*)()>);
static_assert(std::is_same_v<bp_plugin_entry_fn, const bp_plugin* (*)(uint32_t, uint32_t)>);

extern "C" int backplane_abi_has_health_in_c(const bp_handler* handler);

namespace {

struct FrozenField {
  std::string type;
  std::size_t offset;
  std::size_t size;
};

struct FrozenType {
  std::string name;
  std::size_t size;
};

std::vector<FrozenField> frozen_fields() {
  std::vector<FrozenField> fields;
#define BP_FREEZE_SIZE(type, size)
#define BP_FREEZE_FIELD(type, field, offset, size) fields.push_back({#type, offset, size});
#include "tests/conformance/abi/v1_0.inc"
#undef BP_FREEZE_SIZE
#undef BP_FREEZE_FIELD
  return fields;
}

std::vector<FrozenType> frozen_types() {
  std::vector<FrozenType> types;
#define BP_FREEZE_SIZE(type, size) types.push_back({#type, size});
#define BP_FREEZE_FIELD(type, field, offset, size)
#include "tests/conformance/abi/v1_0.inc"
#undef BP_FREEZE_SIZE
#undef BP_FREEZE_FIELD
  return types;
}

}  // namespace

TEST_SUITE("abi") {
  TEST_CASE("abi: the structs of version 1.0 have no padding") {
    const auto fields = frozen_fields();
    for (const FrozenType& type : frozen_types()) {
      CAPTURE(type.name);
      std::size_t end = 0;
      for (const FrozenField& field : fields) {
        if (field.type != type.name) continue;
        CHECK(field.offset == end);
        end = field.offset + field.size;
      }
      CHECK(end == type.size);
    }
  }

  TEST_CASE("abi: a field behind struct_size is absent, in C as in C++") {
    bp_handler handler{};
    const bp_handler* const pointer = &handler;
    handler.struct_size = offsetof(bp_handler, health);
    CHECK(BP_HAS(pointer, bp_handler, reconfigure));
    CHECK_FALSE(BP_HAS(pointer, bp_handler, health));
    CHECK_FALSE(backplane_abi_has_health_in_c(pointer));
    handler.struct_size = sizeof(bp_handler);
    CHECK(BP_HAS(pointer, bp_handler, health));
    CHECK(backplane_abi_has_health_in_c(pointer));
    CHECK_FALSE(backplane_abi_has_health_in_c(nullptr));
  }

  TEST_CASE("abi: the numbers of version 1.0 stay as they are") {
    CHECK(BP_MAGIC == 0x31504B42u);
    CHECK(BP_ABI_MAJOR == 1);
    const std::vector<int> statuses{BP_OK,        BP_INVALID,   BP_NOT_FOUND, BP_UNAVAILABLE,
                                    BP_DEADLINE,  BP_CANCELLED, BP_INTERNAL,  BP_UNSUPPORTED,
                                    BP_EXHAUSTED, BP_CONTRACT};
    std::vector<int> expected(statuses.size());
    std::iota(expected.begin(), expected.end(), 0);
    CHECK(statuses == expected);
    CHECK(std::vector<unsigned>{BP_HF_STATELESS, BP_HF_BATCH, BP_HF_ASYNC, BP_HF_STREAM} ==
          std::vector<unsigned>{1, 2, 4, 8});
    CHECK(std::vector<unsigned>{BP_LOG_DEBUG, BP_LOG_INFO, BP_LOG_WARNING, BP_LOG_ERROR} ==
          std::vector<unsigned>{0, 1, 2, 3});
    CHECK(BP_WRITE_MORE == 1);
    CHECK(std::string_view(BP_ENTRY) == "backplane_plugin_v1");
    CHECK(std::string_view(BP_NOTE_SECTION) == ".note.backplane");
    CHECK(std::string_view(BP_NOTE_OWNER) == "BKPL");
  }
}
