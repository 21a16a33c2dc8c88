#pragma once

#include <array>
#include <vector>

#include "host/base/clock.hpp"
#include "host/base/random.hpp"
#include "host/config/listener_config.hpp"
#include "host/http/completion_list.hpp"
#include "host/http/connection_budget.hpp"
#include "host/http/event_loop.hpp"
#include "host/http/http_date.hpp"
#include "host/http/phase_list.hpp"
#include "host/http/request_pool.hpp"
#include "host/http/tls_context.hpp"
#include "host/message/http_handler.hpp"
#include "host/metrics/http_counters.hpp"

namespace backplane::host {

class Session;

// What all sessions of one io thread share. Owned by that IoThread, which outlives its sessions;
// its io thread.
struct IoServices {
  const ListenerConfig& config;
  EventLoop& loop;
  HttpHandler& handler;
  CompletionList& completions;
  ConnectionBudget& budget;
  HttpCounters& counters;
  const TlsContext* tls;  // null: in the clear

  RequestPool pool{config};
  std::array<PhaseList, kHttpPhaseNames.size()> phases{};
  HttpDate date{};
  Random random{random_seed()};
  // Sessions with an answer to send when this turn has been worked through.
  std::vector<Session*> to_send{};
  // Closed sessions, to be destroyed once nothing refers to them.
  std::vector<Session*> closed{};
  bool needs_flush = false;  // exchanges were handed over or came back since the last flush()
  bool draining = false;

  PhaseList& phase(HttpPhase phase) { return phases[static_cast<std::size_t>(phase)]; }

  // [io] One clock read a turn, at its first event.
  TimePoint now() {
    if (now_ == TimePoint{}) now_ = Clock::now();
    return now_;
  }
  // [io] A new turn has begun.
  void forget_now() { now_ = {}; }

  TimePoint now_{};
};

}  // namespace backplane::host
