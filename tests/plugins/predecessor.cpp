#include <span>
#include <string>
#include <vector>

#include <backplane/plugin.hpp>

namespace {

// What each plugin with a sin was before somebody spoiled it: a build with a handler of the same
// name, which takes any init and any batch and answers "good". A test serves this one under the
// name of that plugin, drops the spoiled one over it, and looks what a reload makes of it.
struct Predecessor {
  explicit Predecessor(backplane::Config /*init*/) {}
  std::vector<std::string> batch(std::span<const backplane::Request> requests) {
    return std::vector<std::string>(requests.size(), "good");
  }
};

consteval auto before(const char* handler) {
  return backplane::handler<Predecessor>(handler, {.max_batch = 64});
}

}  // namespace

BACKPLANE_PLUGIN("predecessor", "0.9.0",
                 // Those that get no further than the probe.
                 before("throws_in_static_constructor"), before("spins_in_static_constructor"),
                 before("exits_in_static_constructor"), before("undefined_symbol"),
                 before("bad_magic"), before("init_fails"), before("ctorfail"),
                 before("ctorfail_int"), before("hangs_in_create"), before("unhealthy"),
                 before("keeps_function"), before("changes_locale"), before("changes_signal_mask"),
                 before("changes_working_directory"), before("changes_float_mode"),
                 before("installs_signal_handler"), before("closes_descriptors"),
                 before("closes_standard_output"), before("writes_everywhere"),
                 before("reaches_out"),
                 // Those that no backend can be made of.
                 before("ctor_fail_third"), before("ctorwait"),
                 // Those that serve, and leave something behind.
                 before("leaves_thread"), before("leaves_process"),
                 before("thread_local_in_create"), before("thread_local_in_init"),
                 // Those that answer wrongly.
                 before("huge_answer"), before("completes_twice"), before("never_completes"),
                 before("half_batch"), before("completes_wrong_status"), before("bad_header"),
                 before("content_length"), before("status_999"), before("throws_raw"),
                 before("execute_fails"), before("thr"), before("bthrow"), before("bwrong"),
                 before("bscalar"));
