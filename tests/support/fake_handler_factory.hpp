#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

#include "host/base/thread.hpp"
#include "host/plugin/handler_factory.hpp"

namespace backplane::host {

// A HandlerFactory whose handlers do what the test says, and which counts what becomes of them.
// Set the functions before a backend starts. Outlives every instance it made. Thread-safe.
class FakeHandlerFactory final : public HandlerFactory {
 public:
  // Runs on the replica's thread in place of the plugin's constructor; an error refuses.
  std::function<Status(const ReplicaInfo&)> on_create;
  // Answers one request; what it leaves alone is answered 200 without a body.
  std::function<void(Exchange&)> on_request;
  // Sees each call as a whole, before its requests.
  std::function<void(std::size_t size)> on_execute;
  std::function<Status(std::string_view)> on_reconfigure;
  std::function<Result<std::optional<HandlerState>>()> on_save;
  std::function<Status(const HandlerState&)> on_restore;
  std::function<Status()> on_warm_up;
  std::function<Status()> on_health;
  // Makes the handler async: takes each request and its sink, and answers when it likes by
  // answer_later().
  std::function<void(Exchange&, AnswerSink&)> on_start;
  static void answer_later(Exchange& exchange, AnswerSink& sink, std::string_view body) {
    exchange.response.body = body;
    sink.count(exchange);
    exchange.complete();
    sink.leave();
  }
  // Before a backend starts.
  void be_async() { description_.async = true; }

  const HandlerDescription& description() const override { return description_; }

  Result<std::unique_ptr<HandlerInstance>> create(const ReplicaInfo& info) override {
    if (on_create) {
      Status created = on_create(info);
      if (!created.ok()) return std::move(created).error();
    }
    ++created_;
    return std::unique_ptr<HandlerInstance>(new Instance(*this));
  }

  int created() const { return created_; }
  int destroyed() const { return destroyed_; }
  // Calls that came on a thread other than the one that made the instance, or on none of a
  // replica.
  int on_wrong_thread() const { return on_wrong_thread_; }

 private:
  class Instance final : public HandlerInstance {
   public:
    explicit Instance(FakeHandlerFactory& factory)
        : factory_(factory), thread_(std::this_thread::get_id()) {
      check_thread();
    }
    ~Instance() override {
      check_thread();
      ++factory_.destroyed_;
    }
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    void execute(std::span<Exchange* const> exchanges) override {
      check_thread();
      if (factory_.on_execute) factory_.on_execute(exchanges.size());
      for (Exchange* exchange : exchanges) {
        if (factory_.on_request) factory_.on_request(*exchange);
      }
    }
    void start(std::span<Exchange* const> exchanges, AnswerSink& sink) override {
      check_thread();
      if (factory_.on_execute) factory_.on_execute(exchanges.size());
      for (Exchange* exchange : exchanges) factory_.on_start(*exchange, sink);
    }
    Status reconfigure(std::string_view user_config_json) override {
      check_thread();
      return factory_.on_reconfigure ? factory_.on_reconfigure(user_config_json) : Status();
    }
    Status health() override {
      check_thread();
      return factory_.on_health ? factory_.on_health() : Status();
    }
    bool saves_state() override { return factory_.on_save != nullptr; }
    Result<std::optional<HandlerState>> save_state() override {
      check_thread();
      return factory_.on_save ? factory_.on_save() : std::optional<HandlerState>();
    }
    Status restore_state(const HandlerState& saved) override {
      check_thread();
      return factory_.on_restore ? factory_.on_restore(saved) : Status();
    }
    Status warm_up() override {
      check_thread();
      return factory_.on_warm_up ? factory_.on_warm_up() : Status();
    }

   private:
    void check_thread() {
      const bool right =
          std::this_thread::get_id() == thread_ && current_thread_role() == ThreadRole::kReplica;
      if (!right) ++factory_.on_wrong_thread_;
    }

    FakeHandlerFactory& factory_;
    const std::thread::id thread_;
  };

  HandlerDescription description_{
      .name = "fake", .version = "1", .max_batch = 64, .stateless = false, .reconfigurable = true};
  std::atomic<int> created_{0};
  std::atomic<int> destroyed_{0};
  std::atomic<int> on_wrong_thread_{0};
};

}  // namespace backplane::host
