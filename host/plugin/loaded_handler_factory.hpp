#pragma once

#include <memory>
#include <utility>

#include "host/plugin/handler_factory.hpp"
#include "host/plugin/loaded_handler.hpp"

namespace backplane::host {

// Makes the instances of one handler of a loaded plugin. Shared by the backends that use it.
class LoadedHandlerFactory final : public HandlerFactory {
 public:
  LoadedHandlerFactory(HandlerSource source, HandlerDescription description)
      : source_(std::move(source)), description_(std::move(description)) {}

  const HandlerDescription& description() const override { return description_; }
  const PluginLibrary* library() const override { return source_.keep_loaded.get(); }
  Result<std::unique_ptr<HandlerInstance>> create(const ReplicaInfo& info) override {
    return LoadedHandler::create(source_, info);
  }

 private:
  const HandlerSource source_;
  const HandlerDescription description_;
};

}  // namespace backplane::host
