#include "host/plugin/tasks_extension.hpp"

#include "host/plugin/abi_bridge.hpp"

namespace backplane::host {
namespace {

bp_status submit(bp_host_ctx* context, bp_task_fn run, void* user) noexcept {
  return AbiBridge::of(context).submit(run, user);
}

constexpr bp_tasks kTasks{.struct_size = sizeof(bp_tasks), .reserved0 = 0, .submit = submit};

}  // namespace

const bp_tasks& tasks_extension() {
  return kTasks;
}

}  // namespace backplane::host
