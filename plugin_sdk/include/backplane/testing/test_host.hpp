#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <backplane/abi.h>
#include <backplane/detail/entry.hpp>
#include <backplane/detail/text.hpp>
#include <backplane/response.hpp>
#include <backplane/testing/test_answer.hpp>
#include <backplane/testing/test_call.hpp>
#include <backplane/testing/test_metrics.hpp>
#include <backplane/testing/test_tasks.hpp>

namespace backplane {

// What a handler under test asks of another one.
struct TestQuestion {
  std::string to = {};
  std::string method = {};
  std::string path = {};
  std::string query = {};
  std::string body = {};
  std::string content_type = {};
  std::string id = {};  // of the request that it is asked for
};

// The other handlers of a test, be they endpoints or backends: a failed Response is one that fails.
// Called by whichever thread asks.
using TestOthers = std::function<Response(const TestQuestion&)>;

// The services of a host, enough to run handlers without one: it checks what the real host checks
// of a head, and remembers answers, log lines and metrics. Owned by the test; its services are for
// any thread.
class TestHost {
 public:
  // `others`: who is asked by its handlers; empty: nobody is there.
  explicit TestHost(TestOthers others = {}) : others_(std::move(others)) {
    services_.struct_size = sizeof(bp_host);
    services_.magic = BP_MAGIC;
    services_.abi_major = BP_ABI_MAJOR;
    services_.abi_minor = BP_ABI_MINOR;
    services_.ctx = to_opaque<bp_host_ctx>(*this);
    services_.get_extension = &TestHost::get_extension;
    services_.log = &TestHost::log;
    services_.call_request = [](bp_call* call) -> const bp_request* { return &of(call).view_; };
    services_.call_cancelled = [](bp_call* call) -> std::uint32_t {
      return of(call).is_cancelled() ? 1 : 0;
    };
    services_.call_alloc = &TestHost::call_alloc;
    services_.call_head = &TestHost::call_head;
    services_.call_write = &TestHost::call_write;
    services_.call_complete = &TestHost::call_complete;
  }

  TestHost(const TestHost&) = delete;
  TestHost& operator=(const TestHost&) = delete;

  const bp_host& services() const noexcept { return services_; }
  // Copied: a handler may still be writing.
  std::vector<std::string> log_lines() const {
    const std::lock_guard lock(mutex_);
    return log_lines_;
  }
  const TestMetrics& metrics() const noexcept { return metrics_; }
  TestTasks& tasks() noexcept { return tasks_; }

 private:
  static const void* get_extension(bp_host_ctx*, const char* id) {
    static constexpr bp_cancel kCancel{
        .struct_size = sizeof(bp_cancel),
        .reserved0 = 0,
        .on_cancel = [](bp_call* call, bp_cancelled_fn cancelled, void* user) -> bp_status {
          return of(call).listen(cancelled, user);
        }};
    static constexpr bp_invoke kInvoke{
        .struct_size = sizeof(bp_invoke), .reserved0 = 0, .invoke = &TestHost::invoke};
    if (std::string_view(id) == BP_CANCEL_EXTENSION) return &kCancel;
    static constexpr bp_flow kFlow{
        .struct_size = sizeof(bp_flow),
        .reserved0 = 0,
        .try_write = [](bp_call* call, const void* bytes, std::uint64_t length) -> bp_status {
          if (of(call).is_full() && !of(call).is_cancelled()) return BP_EXHAUSTED;
          return call_write(call, bytes, length, BP_WRITE_MORE);
        },
        .on_writable = [](bp_call* call, bp_writable_fn writable, void* user) -> bp_status {
          return of(call).on_writable(writable, user);
        }};
    if (std::string_view(id) == BP_FLOW_EXTENSION) return &kFlow;
    static constexpr bp_adopt kAdopt{
        .struct_size = sizeof(bp_adopt), .reserved0 = 0, .write_owned = &TestHost::write_owned};
    if (std::string_view(id) == BP_ADOPT_EXTENSION) return &kAdopt;
    static constexpr bp_tasks kTasks{
        .struct_size = sizeof(bp_tasks),
        .reserved0 = 0,
        .submit = [](bp_host_ctx* ctx, bp_task_fn run, void* user) -> bp_status {
          return from_opaque<TestHost>(ctx).tasks_.submit(run, user);
        }};
    if (std::string_view(id) == BP_TASKS_EXTENSION) return &kTasks;
    static constexpr bp_thread_check kThreadCheck{
        .struct_size = sizeof(bp_thread_check),
        .reserved0 = 0,
        .is_replica_thread = [](bp_host_ctx* ctx, const bp_replica*) -> std::uint32_t {
          return from_opaque<TestHost>(ctx).thread_ == std::this_thread::get_id() ? 1 : 0;
        }};
    if (std::string_view(id) == BP_THREAD_CHECK_EXTENSION) return &kThreadCheck;
    if (std::string_view(id) == BP_INVOKE_EXTENSION) return &kInvoke;
    if (std::string_view(id) == BP_METRICS_EXTENSION) return &kMetrics;
    return nullptr;
  }

  static TestCall& of(bp_call* call) noexcept { return from_opaque<TestCall>(call); }

  // Before it returns; on a host the answer may come later, and on another thread.
  // NOLINTNEXTLINE(readability-function-size): the ABI has six parameters here.
  static bp_status invoke(bp_host_ctx* ctx, bp_call* call, bp_str target, const bp_request* asked,
                          bp_invoked_fn done, void* user) {
    TestCall& parent = of(call);
    if (parent.is_complete()) return BP_CONTRACT;
    const TestQuestion question{.to = std::string(to_view(target)),
                                .method = std::string(to_view(asked->method)),
                                .path = std::string(to_view(asked->path)),
                                .query = std::string(to_view(asked->query)),
                                .body = std::string(to_view(asked->body)),
                                .content_type = std::string(to_view(asked->content_type)),
                                .id = parent.request_.id};
    const TestOthers& others = from_opaque<TestHost>(ctx).others_;
    Response answer =
        others ? others(question)
               : Response::error(BP_NOT_FOUND, "no endpoint is called '" + question.to + "'");
    if (parent.is_cancelled()) answer = Response::error(BP_CANCELLED, "nobody waits any more");
    const bp_status failed = answer.error_status();
    const std::uint32_t http = failed == BP_OK ? answer.status() : http_status_of(failed);
    done(user, failed == BP_OK ? status_of(http) : failed, http, to_bp_str(answer.body()));
    return BP_OK;
  }

  static void log(bp_host_ctx* ctx, std::uint32_t, bp_str message) {
    TestHost& self = from_opaque<TestHost>(ctx);
    const std::lock_guard lock(self.mutex_);
    self.log_lines_.emplace_back(to_view(message));
  }

  static Labels labels_of(const bp_kv* fields, std::uint32_t count) {
    Labels labels;
    for (std::uint32_t i = 0; i < count; ++i) {
      labels.push_back({to_view(fields[i].key), to_view(fields[i].value)});
    }
    return labels;
  }
  static TestMetrics& metrics_of(bp_host_ctx* ctx) noexcept {
    return from_opaque<TestHost>(ctx).metrics_;
  }
  static std::uint64_t counter(bp_host_ctx* ctx, bp_str name, const bp_kv* labels,
                               std::uint32_t count) {
    return metrics_of(ctx).make(TestMetrics::Kind::kCounter, to_view(name),
                                labels_of(labels, count));
  }
  static std::uint64_t gauge(bp_host_ctx* ctx, bp_str name, const bp_kv* labels,
                             std::uint32_t count) {
    return metrics_of(ctx).make(TestMetrics::Kind::kGauge, to_view(name), labels_of(labels, count));
  }
  // NOLINTNEXTLINE(readability-function-size): the ABI has six parameters here.
  static std::uint64_t histogram(bp_host_ctx* ctx, bp_str name, const bp_kv* labels,
                                 std::uint32_t count, const double* bounds,
                                 std::uint32_t bound_count) {
    return metrics_of(ctx).make(TestMetrics::Kind::kHistogram, to_view(name),
                                labels_of(labels, count), {bounds, bounds + bound_count});
  }
  static constexpr bp_metrics kMetrics{
      sizeof(bp_metrics),
      0,
      &TestHost::counter,
      &TestHost::gauge,
      &TestHost::histogram,
      [](bp_host_ctx* ctx, std::uint64_t handle, double n) { metrics_of(ctx).add(handle, n); },
      [](bp_host_ctx* ctx, std::uint64_t handle, double n) { metrics_of(ctx).set(handle, n); },
      [](bp_host_ctx* ctx, std::uint64_t handle, double n) { metrics_of(ctx).observe(handle, n); }};

  static void* call_alloc(bp_call* call, std::uint64_t length) {
    auto& blocks = of(call).blocks_;
    blocks.push_back(std::make_unique<char[]>(length));
    return blocks.back().get();
  }

  static bp_status call_head(bp_call* call, std::uint32_t status, const bp_kv* headers,
                             std::uint32_t count) {
    TestCall& self = of(call);
    if (self.head_sent_ || status < 200 || status > 599) return BP_INVALID;
    std::vector<std::pair<std::string, std::string>> copy;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::string_view name = to_view(headers[i].key);
      const std::string_view value = to_view(headers[i].value);
      if (!is_token(name) || !is_field_value(value) || is_host_owned(name)) return BP_INVALID;
      copy.emplace_back(name, value);
    }
    self.head_sent_ = true;
    self.answer_.http_status = status;
    self.answer_.headers = std::move(copy);
    return BP_OK;
  }

  static bp_status call_write(bp_call* call, const void* bytes, std::uint64_t length,
                              std::uint32_t flags) {
    TestCall& self = of(call);
    if (self.is_cancelled()) return BP_CANCELLED;
    const std::lock_guard lock(self.mutex_);
    if ((flags & BP_WRITE_MORE) != 0) {
      ++self.answer_.pieces;
      self.unread_ += length;
    }
    std::string& body = self.answer_.body;
    const std::size_t old_size = body.size();
    body.resize(old_size + length);
    if (length != 0) std::memcpy(body.data() + old_size, bytes, length);
    return BP_OK;
  }

  // NOLINTNEXTLINE(readability-function-size): the ABI has six parameters here.
  static bp_status write_owned(bp_call* call, const void* bytes, std::uint64_t length,
                               std::uint32_t flags, bp_release_fn release, void* user) {
    TestCall& self = of(call);
    const bp_status written = call_write(call, bytes, length, flags);
    const std::lock_guard lock(self.mutex_);
    if (written == BP_OK && self.answer_.completions == 0) {
      self.answer_.adopted = length > kMaxCopiedAnswer && flags == 0;
      if (release != nullptr) self.lent_.emplace_back(release, user);
    } else if (release != nullptr) {
      release(user);
    }
    return written;
  }

  static void call_complete(bp_call* call, bp_status status, bp_str message) {
    TestCall& self = of(call);
    // Told under the lock: the test may let go of the call as soon as it is complete.
    const std::lock_guard lock(self.mutex_);
    self.completed_.notify_all();
    self.release_all();
    self.cancelled_ = nullptr;
    self.writable_ = nullptr;
    TestAnswer& answer = self.answer_;
    if (++answer.completions > 1) return;  // as the host: the first one counts
    answer.status = status;
    if (status != BP_OK && answer.pieces > 0) {
      answer.cut_off = true;
      answer.message = to_view(message);
    } else if (status != BP_OK) {
      answer.message = to_view(message);
      answer.http_status = http_status_of(status);
      answer.headers.clear();
      answer.body.clear();
    } else if (!self.head_sent_) {
      answer.http_status = 200;
    }
  }

  // RFC 9110 §5.6.2.
  static bool is_token(std::string_view name) noexcept {
    if (name.empty()) return false;
    for (const char c : name) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      const bool digit = c >= '0' && c <= '9';
      if (!letter && !digit &&
          std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos) {
        return false;
      }
    }
    return true;
  }

  // RFC 9110 §5.5: no control character but the tab.
  static bool is_field_value(std::string_view value) noexcept {
    return std::all_of(value.begin(), value.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return (byte >= 0x20 && byte != 0x7f) || c == '\t';
    });
  }

  // How an answer travels, and whose it is, is the host's to say.
  static bool is_host_owned(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 7> kOwned{
        "Connection",   "Content-Length",   "Date", "Keep-Alive", "Upgrade",
        "X-Request-Id", "Transfer-Encoding"};
    return std::any_of(kOwned.begin(), kOwned.end(), [name](std::string_view owned) {
      return equals_ignoring_case(name, owned);
    });
  }

  bp_host services_{};
  const TestOthers others_;
  mutable std::mutex mutex_;
  std::vector<std::string> log_lines_;
  TestMetrics metrics_;
  const std::thread::id thread_ = std::this_thread::get_id();  // of its replica
  TestTasks tasks_;  // last: what runs there may use the rest
};

}  // namespace backplane
