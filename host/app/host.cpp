#include "host/app/host.hpp"

#include <algorithm>
#include <future>
#include <thread>
#include <utility>

#include "host/admin/admin_router.hpp"
#include "host/admin/events_resource.hpp"
#include "host/admin/gate_rules.hpp"
#include "host/app/http_totals_json.hpp"
#include "host/base/log.hpp"
#include "host/config/app_document_reader.hpp"
#include "host/config/socket_address.hpp"
#include "host/control/sqlite_state_store.hpp"
#include "host/dashboard/dashboard.hpp"

namespace backplane::host {
namespace {

constexpr std::chrono::seconds kStopTimeout{2};
// For answers of the admin listener that are on their way when the host ends.
constexpr std::chrono::milliseconds kAdminGrace{500};

std::uint32_t data_threads(const ListenerConfig& listener) {
  if (listener.io_threads > 0) return listener.io_threads;
  return std::max(1U, std::thread::hardware_concurrency() / 2);
}

HttpTotals totals_of(const std::atomic<const HttpServer*>& server) {
  const HttpServer* const counted = server.load(std::memory_order_acquire);
  return counted == nullptr ? HttpTotals{} : counted->totals();
}

}  // namespace

Result<std::unique_ptr<Host>> Host::start(const HostConfig& config) {
  std::unique_ptr<Host> host(new Host(config));
  for (const auto step : {&Host::open_state, &Host::start_control, &Host::start_admin,
                          &Host::start_backends, &Host::start_data}) {
    Status done = (host.get()->*step)();
    if (!done.ok()) return std::move(done).error();
  }
  host->run_on_control([&host] { host->controller_->finish_start(); });
  Status watching = host->start_watching();
  if (!watching.ok()) return std::move(watching).error();
  return host;
}

Host::~Host() {
  stop();
}

Status Host::open_state() {
  auto directory = StateDirectory::open(config_.state_directory);
  if (!directory.ok()) return std::move(directory).error();
  state_directory_ = std::move(directory).value();
  auto store = SqliteStateStore::open(config_.state_directory / "state.db");
  if (!store.ok()) return std::move(store).error();
  state_store_ = std::move(store).value();
  auto log = RevisionLog::open(*state_store_);
  if (!log.ok()) return std::move(log).error();
  log_ = std::make_unique<RevisionLog>(std::move(log).value());
  auto thread = TaskThread::start("bp-state");
  if (!thread.ok()) return std::move(thread).error();
  state_thread_ = std::move(thread).value();
  return {};
}

Status Host::start_control() {
  auto rules = gate_rules(config_);
  if (!rules.ok()) return std::move(rules).error();
  gate_ = std::make_unique<AdminGate>(std::move(rules).value());
  auto audit = AuditLog::start(config_.audit, config_.state_directory / "audit.jsonl");
  if (!audit.ok()) return std::move(audit).error();
  audit_ = std::move(audit).value();
  auto control = TaskThread::start("bp-ctl");
  if (!control.ok()) return std::move(control).error();
  control_thread_ = std::move(control).value();
  auto loader = TaskThread::start("bp-load");
  if (!loader.ok()) return std::move(loader).error();
  loader_thread_ = std::move(loader).value();

  // One shard of counts for each io thread, one for the local router, and one for calls by
  // handlers.
  const std::uint32_t threads = data_threads(config_.data);
  const std::uint32_t shards = threads + 2;
  const RouterSetup calls = router_setup(threads + 1);
  call_router_ = std::make_unique<CallRouter>(CallRouterSetup{
      .table = calls.table, .shard = calls.shard, .seed = calls.seed, .metrics = config_.metrics});
  handler_calls_ = std::make_unique<HandlerCalls>(*call_router_);
  Status opened = open_plugins();
  if (!opened.ok()) return opened;
  controller_ = std::make_unique<Controller>(ControllerSetup{.control = *control_thread_,
                                                             .loader = *loader_thread_,
                                                             .state = *state_thread_,
                                                             .store = *store_,
                                                             .probe = probe_.get(),
                                                             .log = *log_,
                                                             .table = table_,
                                                             .init_timeout = config_.init_timeout,
                                                             .drain_timeout = config_.drain_timeout,
                                                             .routing_threads = shards,
                                                             .metrics = config_.metrics});
  reloader_ = std::make_unique<Reloader>(*controller_);
  if (config_.watch_plugins) {
    follower_ = std::make_unique<PluginFollower>(*controller_, *reloader_);
  }
  router_stats_ = std::make_unique<RouterStats>(shards);
  local_router_ = std::make_unique<Router>(router_setup(threads));
  return {};
}

Status Host::open_plugins() {
  auto staging = StagingDirectory::create((config_.state_directory / "staging").string());
  if (!staging.ok()) {
    return std::move(staging).error().with_context("state directory '" +
                                                   config_.state_directory.string() + "'");
  }
  reaper_ = std::make_unique<LoaderReaper>(*loader_thread_);
  PluginDirectory directory(config_.plugin_directory.string());
  auto readable = directory.candidates();
  if (!readable.ok()) {
    return std::move(readable).error().with_context("plugin directory '" + directory.path() + "'");
  }
  auto trust = PluginTrust::create(config_.allowed_plugins, config_.signing_key);
  if (!trust.ok()) return std::move(trust).error();
  LibraryOptions options;
  options.trust = std::move(trust).value();
  options.debug_errors = config_.debug_errors;
  options.max_response_bytes = config_.max_response_bytes;
  tasks_ = std::make_unique<TaskPool>();
  options.tasks = tasks_.get();
  options.calls = handler_calls_.get();
  auto artifacts = ArtifactDirectory::open((config_.state_directory / "artifacts").string());
  if (!artifacts.ok()) return std::move(artifacts).error();
  store_ = std::make_unique<PluginStore>(PluginStoreSetup{.directory = std::move(directory),
                                                          .staging = std::move(staging).value(),
                                                          .artifacts = std::move(artifacts).value(),
                                                          .reaper = *reaper_,
                                                          .options = std::move(options),
                                                          .max_pinned = config_.max_pinned});
  reaper_->watch([this](const UnloadReport& report) { store_->note(report); });
  if (config_.probe_plugins) {
    auto probe = ProbeRunner::start(ProbeRunner::program_beside_this(), config_.probe_timeout);
    if (!probe.ok()) return std::move(probe).error();
    probe_ = std::move(probe).value();
  }
  return {};
}

RouterSetup Host::router_setup(std::size_t shard) const {
  return {.table = table_,
          .stats = config_.metrics ? router_stats_.get() : nullptr,
          .shard = shard,
          .seed = config_.seed == 0 ? random_seed() : config_.seed + shard,
          .name_backend = config_.name_backend};
}

Status Host::start_backends() {
  const RevisionRecord& stored = log_->latest();
  if (stored.revision == 0) return config_.app_file ? apply_app(true) : Status();
  if (config_.app_file) {
    log_info("app", "the stored state is used, not '" + config_.app_file->string() + "'");
  }
  // Whatever has become of its plugins: what cannot be built is reported, and the rest serves.
  return apply({.change = replace_all(stored.document),
                .action = "start",
                .at_start = true,
                .tolerant = true,
                .stored_as = stored.revision,
                .versions = stored.plugins});
}

Status Host::start_data() {
  ListenerConfig data = config_.data;
  data.io_threads = data_threads(config_.data);
  auto server = HttpServer::start(
      data, "bp-io",
      [this](unsigned index) { return std::make_unique<Router>(router_setup(index)); },
      data.io_threads);
  if (!server.ok()) return std::move(server).error();
  data_ = std::move(server).value();
  data_counted_.store(data_.get(), std::memory_order_release);
  return {};
}

std::string Host::data_url() const {
  const HttpServer* const server = data_counted_.load(std::memory_order_acquire);
  if (server == nullptr) return {};
  return (config_.data.tls ? "https://" : "http://") +
         text_of({config_.data.address, server->port()});
}

Status Host::start_admin() {
  events_ = std::make_unique<EventHub>();
  admin_context_ = std::make_unique<AdminContext>(AdminContext{
      .controller = *controller_,
      .reloader = *reloader_,
      .follower = follower_.get(),
      .store = *store_,
      .loader = *loader_thread_,
      .log = *log_,
      .state = *state_thread_,
      .events = *events_,
      .telling_rates = false,
      .limits = config_.app_limits,
      .version = BACKPLANE_VERSION,
      .started = Clock::now(),
      .started_at = std::chrono::system_clock::now(),
      .data_url = [this] { return data_url(); },
      .dashboard = {.page = dashboard_page(), .script = dashboard_script()},
      .audit = *audit_,
      .gate_counts = gate_->counts(),
      .router_stats = *router_stats_,
      .data_totals = [this] { return totals_of(data_counted_); },
      .admin_totals = [this] { return totals_of(admin_counted_); },
      .write_data_counters =
          [this](JsonWriter& json) { write_http_totals(totals_of(data_counted_), json); }});
  auto server = HttpServer::start(
      config_.admin, "bp-adm",
      [this](unsigned) { return std::make_unique<AdminRouter>(*gate_, *admin_context_); }, 1);
  if (!server.ok()) return std::move(server).error();
  admin_ = std::move(server).value();
  admin_counted_.store(admin_.get(), std::memory_order_release);
  run_on_control([this] { publish_events(*admin_context_); });
  return {};
}

Status Host::start_watching() {
  if (follower_ == nullptr) return {};
  auto watcher = PluginWatcher::start(
      PluginDirectory(config_.plugin_directory.string()), config_.watch_settle,
      [this](WatchReport report) {
        controller_->post([this, report = std::move(report)] { follower_->take(report); });
      });
  if (!watcher.ok()) return std::move(watcher).error();
  watcher_ = std::move(watcher).value();
  return {};
}

Status Host::reload_app() {
  if (!config_.app_file) {
    return Error(ErrorCode::kInvalidArgument, "no_app_file", "no app document is configured");
  }
  return apply_app(false);
}

Status Host::apply_app(bool at_start) {
  auto document = load_app_document(*config_.app_file, config_.app_limits);
  if (!document.ok()) return std::move(document).error();
  return apply({.change = replace_all(std::move(document).value()),
                .action = at_start ? "first_start" : "reload_app",
                .at_start = at_start,
                .tolerant = config_.tolerant});
}

Status Host::apply(ChangeRequest request) {
  // Shared: the waiter may be gone before set_value() has returned on control.
  const auto outcome = std::make_shared<std::promise<Status>>();
  std::future<Status> known = outcome->get_future();
  controller_->post([this, request = std::move(request), outcome]() mutable {
    controller_->propose(std::move(request), [outcome](const Result<ChangeOutcome>& changed) {
      outcome->set_value(changed.ok() ? Status() : Status(changed.error()));
    });
  });
  return known.get();
}

void Host::run_on_control(TaskThread::Task task) {
  const auto ran = std::make_shared<std::promise<void>>();
  std::future<void> done = ran->get_future();
  controller_->post([task = std::move(task), ran] {
    task();
    ran->set_value();
  });
  done.wait();
}

void Host::begin_drain() {
  run_on_control([this] { controller_->begin_drain(); });
}

std::uint64_t Host::in_flight() const {
  return data_->totals().connections[static_cast<std::size_t>(HttpPhase::kInFlight)];
}

bool Host::stop() {
  if (std::exchange(stopped_, true)) return true;
  bool clean = true;
  // First: it asks for changes.
  if (watcher_ != nullptr) watcher_->stop();
  if (controller_ != nullptr) {
    run_on_control([this] {
      controller_->begin_drain();
      controller_->watch({});
      if (events_ != nullptr) events_->close();
      // After a drain only shadows' copies are queued, and nobody waits for those.
      controller_->close_backends(
          Error(ErrorCode::kUnavailable, "shutting_down", "the host is shutting down"));
    });
  }
  if (admin_ != nullptr) {
    // The ends of event streams, and the answers to calls that the drain has refused, are on their
    // way to its thread.
    admin_->begin_drain();
    admin_->wait_drained(Clock::now() + kAdminGrace);
    admin_->stop();
  }
  // Its threads run what executes inline.
  if (data_ != nullptr && !data_->stop_until(Clock::now() + kStopTimeout)) {
    leave_in_memory();
    return false;
  }
  if (controller_ != nullptr) {
    const TimePoint deadline = Clock::now() + kStopTimeout;
    // Replicas wait for their tasks; what else plugins have handed over is run before they go.
    clean = wait_backends_stopped(deadline) && tasks_->stop(deadline);
    if (!clean) {
      leave_in_memory();
      return false;
    }
    release_backends();
  }
  // With the routers go the last references to backends, which the loader destroys.
  data_.reset();
  // First those whose work reports to control.
  if (probe_ != nullptr) probe_->stop();
  if (loader_thread_ != nullptr) loader_thread_->stop();
  if (state_thread_ != nullptr) state_thread_->stop();
  if (control_thread_ != nullptr) control_thread_->stop();
  // Behind control, which tells it what calls came to.
  if (audit_ != nullptr) audit_->stop();
  // After both, whose tasks may hold admin calls to the end.
  admin_.reset();
  return clean;
}

void Host::release_backends() {
  // What a slow disk has yet to acknowledge is published before that is taken away, not after.
  state_thread_->stop();
  local_router_.reset();
  // What it does for the last of the calls must not meet a loader that has ended.
  handler_calls_->stop();
  run_on_control([this] { controller_->release_backends(); });
}

void Host::leave_in_memory() {
  // Never unmap, free or join under code that still runs.
  static_cast<void>(admin_.release());
  static_cast<void>(admin_context_.release());
  static_cast<void>(audit_.release());
  static_cast<void>(gate_.release());
  static_cast<void>(events_.release());
  static_cast<void>(data_.release());
  static_cast<void>(local_router_.release());
  static_cast<void>(router_stats_.release());
  static_cast<void>(follower_.release());
  static_cast<void>(reloader_.release());
  static_cast<void>(controller_.release());
  static_cast<void>(store_.release());
  static_cast<void>(tasks_.release());
  static_cast<void>(handler_calls_.release());
  static_cast<void>(call_router_.release());
  static_cast<void>(reaper_.release());
  static_cast<void>(probe_.release());
  static_cast<void>(loader_thread_.release());
  static_cast<void>(state_thread_.release());
  static_cast<void>(log_.release());
  static_cast<void>(state_store_.release());
  static_cast<void>(control_thread_.release());
}

bool Host::wait_backends_stopped(TimePoint deadline) {
  auto stopped = std::make_shared<std::promise<void>>();
  std::future<void> all = stopped->get_future();
  controller_->post(
      [this, stopped] { controller_->when_all_stopped([stopped] { stopped->set_value(); }); });
  return all.wait_until(deadline) == std::future_status::ready;
}

}  // namespace backplane::host
