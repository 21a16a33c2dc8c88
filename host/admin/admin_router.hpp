#pragma once

#include <optional>

#include "host/admin/admin_context.hpp"
#include "host/admin/admin_gate.hpp"
#include "host/admin/admin_routes.hpp"
#include "host/admin/api_document.hpp"
#include "host/message/http_handler.hpp"

namespace backplane::host {

// The HTTP face of control: lets in who may, finds the call, reads its body, and passes it to the
// control thread. Owned by the admin server's io thread; that thread only.
class AdminRouter final : public HttpHandler {
 public:
  // Both outlive the router.
  AdminRouter(AdminGate& gate, AdminContext& context) : gate_(gate), context_(context) {}

  void handle(Exchange& exchange) override;
  EarlyVerdict refuse_early(Exchange& exchange) override;
  void flush() override {}
  void finish(Exchange&) override {}
  void resume(Exchange& exchange) override;

 private:
  // The call that is asked for, when it may be made; `caller` is who asks, as soon as that is
  // known.
  Result<AdminMatch> admit(Exchange& exchange, std::optional<AdminCaller>& caller);
  void refuse(PendingRequest pending, const std::optional<AdminCaller>& caller, const Error& error);

  AdminGate& gate_;
  AdminContext& context_;
  const ApiDocument api_;
};

}  // namespace backplane::host
