#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <backplane/abi.h>
#include <backplane/detail/completion.hpp>
#include <backplane/detail/text.hpp>
#include <backplane/error.hpp>
#include <backplane/response.hpp>

namespace backplane {

// An answer that is sent while it is made, piece by piece, without a bound on their sum. Belongs to
// the call that it answers; one thread at a time.
//
//   void tokens(const backplane::Request& request, backplane::Stream& stream) {
//     for (int i = 0; i < 10 && stream.write(std::to_string(i) + "\n"); ++i) {}
//   }
class Stream {
 public:
  // What became of a piece that was not to wait.
  enum class Tried : std::uint8_t {
    kTaken,
    kFull,  // the client has not taken what came before; try again later
    kGone,  // nobody reads any more
  };

  Stream(const bp_host& host, bp_call* call) : host_(&host), call_(call) {}

  // Status and headers go out with the first piece; later they may not be set any more. Without
  // them the answer is a 200 of text.
  Stream& set_status(std::uint32_t status) {
    head_.set_status(status);
    return *this;
  }
  Stream& set_header(std::string name, std::string value) {
    head_.set_header(std::move(name), std::move(value));
    return *this;
  }

  // Sends `bytes`, which are copied. Waits while the client has not taken what came before, up to
  // 1 MiB of it. False: nobody reads any more, because the client has left or the deadline has
  // passed; stop then. Actions and callbacks, on threads of the host, may get a false where they
  // would wait: use try_write() there. Throws Error (contract) for a head that HTTP forbids.
  bool write(std::string_view bytes) {
    send_head_once();
    return judge(host_->call_write(call_, bytes.data(), bytes.size(), BP_WRITE_MORE)) ==
           Tried::kTaken;
  }

  // As write(), and never waits. On a host that cannot tell whether it would, it waits.
  Tried try_write(std::string_view bytes) {
    send_head_once();
    const bp_flow* const flow = extension();
    if (flow == nullptr) {
      return judge(host_->call_write(call_, bytes.data(), bytes.size(), BP_WRITE_MORE));
    }
    return judge(flow->try_write(call_, bytes.data(), bytes.size()));
  }

  // After a kFull: `writable(user)` is called once, when it is worth trying again, on a thread of
  // the host that must not be held up; before this returns when it is already. False: one is
  // waiting, or this host cannot tell.
  bool on_writable(bp_writable_fn writable, void* user) {
    const bp_flow* const flow = extension();
    return flow != nullptr && flow->on_writable(call_, writable, user) == BP_OK;
  }

  // One server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html); the
  // answer is of their type then. `name` and `id` without line breaks, empty = none. As write().
  bool write_event(std::string_view data, std::string_view name = {}, std::string_view id = {}) {
    if (!head_sent_) {
      set_header("Content-Type", "text/event-stream");
      set_header("Cache-Control", "no-cache");
    }
    event_.clear();
    if (!name.empty()) event_.append("event: ").append(name).append("\n");
    if (!id.empty()) event_.append("id: ").append(id).append("\n");
    for (std::size_t begin = 0; begin <= data.size();) {
      const std::size_t end = std::min(data.find_first_of("\r\n", begin), data.size());
      event_.append("data: ").append(data.substr(begin, end - begin)).append("\n");
      begin = end + (data.substr(end).starts_with("\r\n") ? 2 : 1);
    }
    event_.append("\n");
    return write(event_);
  }

  // For the SDK: what stands in front of the completion of an answer without any piece.
  void send_head_once() {
    if (head_sent_) return;
    head_sent_ = true;
    if (send_head(*host_, call_, head_) != BP_OK) {
      throw Error(BP_CONTRACT, "the status or a header of the stream is not allowed in HTTP");
    }
  }

 private:
  const bp_flow* extension() const {
    const auto* flow =
        static_cast<const bp_flow*>(host_->get_extension(host_->ctx, BP_FLOW_EXTENSION));
    return BP_HAS(flow, bp_flow, on_writable) ? flow : nullptr;
  }

  static Tried judge(bp_status status) {
    switch (status) {
      case BP_OK:
        return Tried::kTaken;
      case BP_CANCELLED:
      case BP_DEADLINE:
        return Tried::kGone;
      case BP_EXHAUSTED:
        return Tried::kFull;
      default:
        throw Error(status, "the host does not take the piece");
    }
  }

  const bp_host* host_;
  bp_call* call_;
  Response head_ = "";
  bool head_sent_ = false;
  std::string event_;  // kept for its memory
};

}  // namespace backplane
