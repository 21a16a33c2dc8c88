#include <backplane/abi.h>

/* C99 has no _Static_assert: an array of negative size does not compile. */
#define BP_FREEZE_SIZE(type, size) typedef char frozen_##type[sizeof(type) == (size) ? 1 : -1];
#define BP_FREEZE_FIELD(type, field, offset, size) \
  typedef char frozen_##type##_##field             \
      [offsetof(type, field) == (offset) && sizeof(((type*)0)->field) == (size) ? 1 : -1];
#include "tests/conformance/abi/v1_0.inc"

int backplane_abi_has_health_in_c(const bp_handler* handler);

/* What C makes of BP_HAS, for the C++ side of this test. */
int backplane_abi_has_health_in_c(const bp_handler* handler) {
  return BP_HAS(handler, bp_handler, health);
}
