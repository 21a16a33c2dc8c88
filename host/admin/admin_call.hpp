#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "host/admin/admin_caller.hpp"
#include "host/admin/admin_query.hpp"
#include "host/admin/audit_trail.hpp"
#include "host/base/error.hpp"
#include "host/batching/pending_request.hpp"
#include "host/json/json_document.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {

// One admin request on its way through control: what it names, its body, and the answer it owes.
// Shared by the tasks that carry it on; control thread.
class AdminCall {
 public:
  AdminCall(PendingRequest pending, AdminCaller caller, std::string name, const AdminQuery& query,
            std::optional<JsonDocument> body)
      : pending_(std::move(pending)),
        caller_(std::move(caller)),
        name_(std::move(name)),
        query_(query),
        body_(std::move(body)) {}

  // What stands for {name} or {tag} in the path; empty when there is none.
  const std::string& name() const { return name_; }
  // Whether there is a body, and the body; only calls that take one have it.
  bool has_body() const { return body_.has_value(); }
  JsonValue body() const { return body_->root(); }
  const AdminQuery& query() const { return query_; }
  // Whom a change is put down to: the label of the caller's token, or "local".
  const std::string& author() const { return caller_.label; }
  const HttpRequest& request() const { return pending_.exchange().request; }

  // [io] What the call comes to is recorded in `trail`, before its answer is given.
  void record_in(AuditTrail trail) { trail_.emplace(std::move(trail)); }
  // Where it is recorded; null for calls that only look.
  AuditTrail* trail() { return trail_ ? &*trail_ : nullptr; }

  // Each answers, once. `write` writes one JSON object; `revision` becomes the ETag.
  void reply(unsigned status, std::uint64_t revision,
             const std::function<void(JsonWriter&)>& write);
  void reply_text(std::string_view media_type, std::string text);
  void fail(const Error& error);
  // What the operation that the answer, a 202, has promised came to, for the record.
  void note_end(unsigned status, const Result<std::uint64_t>& revision) const;
  // For whoever takes the answer over; then it is no longer this call's to give.
  PendingRequest& pending() { return pending_; }
  // Whether it has been answered.
  bool answered() const { return answered_; }
  // `then` is called once it is; at most one. Not for a call that is answered already.
  void when_answered(std::function<void()> then) { when_answered_ = std::move(then); }

  // A field of the answer to come, as "Location".
  void add_header(std::string_view name, std::string_view value) {
    pending_.exchange().response.headers.add(name, value);
  }

 private:
  void set_answered();
  // The answer stands in the response; `revision` is the one it speaks of.
  void finish(std::string_view code, std::optional<std::uint64_t> revision);

  PendingRequest pending_;
  bool answered_ = false;
  std::function<void()> when_answered_;
  const AdminCaller caller_;
  const std::string name_;
  const AdminQuery query_;
  const std::optional<JsonDocument> body_;
  std::optional<AuditTrail> trail_;
};

using AdminCallPtr = std::shared_ptr<AdminCall>;

}  // namespace backplane::host
