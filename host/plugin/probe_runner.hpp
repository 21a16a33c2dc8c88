#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "host/base/clock.hpp"
#include "host/base/mutex.hpp"
#include "host/base/result.hpp"
#include "host/base/thread.hpp"
#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/probe_process.hpp"
#include "host/plugin/probe_report.hpp"
#include "host/plugin/probe_request.hpp"

namespace backplane::host {

// Tries plugins in child processes before this process maps them: whatever a plugin does to the
// process it is loaded into, it does to one that is thrown away. Any number at a time, on one
// thread `bp-probe`. Owned by whoever loads plugins; probe() from any thread while it lives.
class ProbeRunner {
 public:
  using Done = std::function<void(Result<ProbeReport>)>;

  // The program `backplane-probe` in the folder of the program that runs.
  static std::string program_beside_this();

  // [any] `program` is run for each probe, as it is now: what replaces the file later is not.
  // `time_limit` is that of one probe. kUnavailable "probe_unavailable": there is no such program;
  // or no thread.
  static Result<std::unique_ptr<ProbeRunner>> start(const std::string& program,
                                                    std::chrono::milliseconds time_limit);
  // As stop().
  ~ProbeRunner();
  ProbeRunner(const ProbeRunner&) = delete;
  ProbeRunner& operator=(const ProbeRunner&) = delete;

  // [any] Runs a probe; never blocks. `done` is called exactly once, on bp-probe, and must not
  // block. kInvalidArgument: the plugin did not pass, see judge_probe(). kUnavailable
  // "probe_unavailable": no process for it, the plugin may be good; "shutting_down": stop() came
  // first (on the calling thread, when it had come before).
  void probe(ProbeRequest request, Done done);
  // [any but bp-probe] The same, and waits for the end.
  Result<ProbeReport> probe(ProbeRequest request);

  // [any but bp-probe] Kills what runs, tells whoever waits, joins.
  void stop();

 private:
  struct Waiting {
    ProbeRequest request;
    Done done;
  };
  struct Running {
    ProbeProcess process;
    std::string plugin;
    TimePoint began;
    TimePoint deadline;
    Done done;
    bool timed_out = false;
  };

  ProbeRunner(FileDescriptor program, FileDescriptor wake, std::chrono::milliseconds time_limit);

  void run();
  void wake_up() const;
  // False when it is time to end.
  bool start_waiting();
  void begin(Waiting waiting);
  // Blocks until a process has ended or has no more time, or until there is another to start.
  void wait() const;
  // Kills and finishes what is due.
  void look_after(TimePoint now);
  // Of one whose process has ended.
  Result<ProbeReport> outcome_of(Running& running) const;
  void give_up();

  const FileDescriptor program_;
  const FileDescriptor wake_;  // an eventfd
  const std::chrono::milliseconds time_limit_;
  std::list<Running> running_;  // bp-probe only
  Mutex mutex_;
  std::vector<Waiting> waiting_ BP_GUARDED_BY(mutex_);
  bool stopping_ BP_GUARDED_BY(mutex_) = false;
  Thread thread_;  // last: the rest is there as long as it runs
};

}  // namespace backplane::host
