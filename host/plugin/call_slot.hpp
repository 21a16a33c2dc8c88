#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <backplane/abi.h>

#include "host/base/error.hpp"
#include "host/message/answer_stream.hpp"
#include "host/message/exchange.hpp"

namespace backplane::host {

// What a plugin sees of one Exchange, and what it writes into it. Owned by a CallTable, which
// reuses it for request after request: nothing is allocated once its buffers have grown. Between
// begin() and finish() one thread at a time, as the contract demands of the plugin.
class CallSlot {
 public:
  // [replica] Takes on `exchange`, which outlives finish(); its response is clear. `max_body` in
  // bytes. `room`: of an answer in pieces, bytes; 0: there are none, and every answer goes as a
  // whole.
  void begin(Exchange& exchange, std::uint64_t max_body, std::size_t room = 0);

  // [any] The services of bp_host with these names; the contract stands in abi.h.
  const bp_request& request();
  bool cancelled() const { return exchange_->unwanted(); }
  void* allocate(std::uint64_t length);
  bp_status set_head(std::uint32_t status, const bp_kv* headers, std::uint32_t count);
  bp_status write(const void* data, std::uint64_t length, std::uint32_t flags = 0);
  // Of bp_adopt. What is not kept to be sent from where it stands is given back before this
  // returns.
  bp_status adopt(AdoptedBytes bytes, std::uint32_t flags);
  // Of bp_flow. EXHAUSTED: there is no room now.
  bp_status try_write(const void* data, std::uint64_t length);
  // Null before the answer has been begun in pieces.
  const std::shared_ptr<AnswerStream>& stream() const { return stream_; }

  // [any] The call is over. Gives why what the handler wrote may not be sent on, if so;
  // otherwise the exchange's response is ready.
  std::optional<Error> finish();
  Exchange& exchange() { return *exchange_; }
  std::uint64_t max_body() const { return max_body_; }
  // [any] After finish(): gives the exchange back, or ends the answer in pieces, `whole` or not.
  void pass_on(bool whole);

 private:
  bp_status refuse_head(std::string why);
  bp_status check_write(const void* data, std::uint64_t length) const;
  bp_status collect(const void* data, std::uint64_t length);
  // Whether the answer goes in pieces from here on, or its bytes nowhere.
  bool begin_stream();
  // The body so far is in the response, and may be appended to.
  void settle_body();
  std::uint64_t body_size() const;
  // Whether `headers` are, to the letter, those that were judged last.
  bool judged_before(const bp_kv* headers, std::uint32_t count) const;

  Exchange* exchange_ = nullptr;
  std::uint64_t max_body_ = 0;
  bp_request request_{};
  std::vector<bp_kv> request_headers_;
  bool request_built_ = false;
  bool head_set_ = false;
  bool written_ = false;
  bool too_large_ = false;
  // What the last head with fields was made of: handlers mostly send the same, and to compare costs
  // a third of judging them again.
  Headers judged_;
  std::string head_refused_;      // why the head that stands now was refused; empty: it was not
  std::deque<std::string> lent_;  // memory of allocate(); the first lent_count_ are in use
  std::size_t lent_count_ = 0;
  std::uint64_t lent_bytes_ = 0;
  std::size_t room_ = 0;
  std::shared_ptr<AnswerStream> stream_;
  bool dropping_ = false;             // of an answer to HEAD that would come in pieces
  std::string* lent_body_ = nullptr;  // the one whose beginning is the body so far
  std::uint64_t lent_body_size_ = 0;
};

}  // namespace backplane::host
