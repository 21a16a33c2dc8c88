#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/status.hpp"
#include "host/plugin/answer_collector.hpp"
#include "host/plugin/handler_factory.hpp"
#include "host/plugin/open_call.hpp"
#include "host/plugin/trial_plan.hpp"

namespace backplane::host {

// Asks one handler all that a TrialPlan holds, round by round, and says each answer. A local
// variable of a probe's child, on the thread of its replica.
class HandlerTrial {
 public:
  using Say = std::function<void(std::string_view line)>;

  HandlerTrial(const TrialPlan& plan, Say say) : plan_(plan), say_(std::move(say)) {}

  // [replica] kInvalidArgument "plugin_probe_failed": an answer did not come, so that nothing may
  // be destroyed any more, this neither.
  Status run(HandlerInstance& instance, const HandlerDescription& description,
             const ContractCounts& counts);

 private:
  Status ask_each(TrialRound round, bool bad, std::size_t count);
  Status ask_together();
  Status ask(TrialRound round, const std::vector<TrialRequest>& requests);
  std::string body_of(const TrialRequest& request) const;

  const TrialPlan& plan_;
  const Say say_;
  std::unique_ptr<AnswerCollector> collector_;
  HandlerInstance* instance_ = nullptr;
  const HandlerDescription* description_ = nullptr;
  std::vector<TrialAnswer> answers_;
};

}  // namespace backplane::host
