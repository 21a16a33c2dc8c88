#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/abi.h>
#include <backplane/detail/text.hpp>
#include <backplane/error.hpp>

namespace backplane {

// One answer: status, headers and body, or a failure. A plain value that owns what it holds.
class Response {
 public:
  // An empty 200. `return nullptr;` says the same.
  Response() = default;

  // What a handler returns is mostly a string, so strings are answers: text in UTF-8.
  // NOLINTBEGIN(google-explicit-constructor): a handler returns its text, not a Response of it.
  Response(std::nullptr_t) {}
  Response(std::string text) : body_(std::move(text)), content_type_(kText) {}
  Response(std::string_view text) : Response(std::string(text)) {}
  Response(const char* text) : Response(std::string(text)) {}
  // NOLINTEND(google-explicit-constructor)

  static Response text(std::string body) { return Response(std::move(body)); }

  // `body` is JSON text already; <backplane/json_writer.hpp> builds it.
  static Response json(std::string body) { return Response(std::move(body), kJson); }

  static Response bytes(std::string body) { return Response(std::move(body), kBytes); }
  static Response bytes(std::string body, std::string type) {
    Response response(std::move(body), {});
    response.set_header("Content-Type", std::move(type));
    return response;
  }
  static Response bytes(std::span<const std::byte> body) {
    std::string copy(body.size(), '\0');
    for (std::size_t i = 0; i < body.size(); ++i) copy[i] = static_cast<char>(body[i]);
    return bytes(std::move(copy));
  }

  // Without a copy: `body` is moved.
  static Response bytes(std::vector<std::byte>&& body) {
    auto owner = std::make_shared<const std::vector<std::byte>>(std::move(body));
    const std::string_view view(static_cast<const char*>(static_cast<const void*>(owner->data())),
                                owner->size());
    return shared(std::move(owner), view, std::string(kBytes));
  }
  // An answer that is sent from where `owner` keeps it, without a copy where it is large; the same
  // bytes may be the answer to many requests. They do not change as long as anybody owns them. The
  // last one to do so may be a thread of the host, so that to give them up takes no time.
  static Response shared(std::shared_ptr<const void> owner, std::string_view body,
                         std::string type) {
    Response response(std::string(), {});
    response.owner_ = std::move(owner);
    response.shared_ = body;
    response.set_header("Content-Type", std::move(type));
    return response;
  }

  // A failure of this request alone: what a batch handler puts in place of one answer.
  static Response error(bp_status status, std::string message) {
    Response response(std::move(message), {});
    response.error_ = status > BP_OK && status <= BP_CONTRACT ? status : BP_INTERNAL;
    return response;
  }
  static Response error(const Error& error) {
    return Response::error(error.status(), error.what());
  }

  // 200 to 599. Anything else fails the request as a broken contract of the handler.
  Response& set_status(std::uint32_t status) & {
    status_ = status;
    return *this;
  }
  Response&& set_status(std::uint32_t status) && { return std::move(set_status(status)); }

  // Replaces the header of that name, in any case. Framing headers (Content-Length, Connection, …)
  // are the host's; a name or value that HTTP forbids fails the request.
  Response& set_header(std::string name, std::string value) & {
    remove_header(name);
    return add_header(std::move(name), std::move(value));
  }
  Response&& set_header(std::string name, std::string value) && {
    return std::move(set_header(std::move(name), std::move(value)));
  }

  // Adds a header beside others of that name, as Set-Cookie needs it.
  Response& add_header(std::string name, std::string value) & {
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  Response&& add_header(std::string name, std::string value) && {
    return std::move(add_header(std::move(name), std::move(value)));
  }

  std::uint32_t status() const noexcept { return status_; }
  // Empty if the type was given by set_header() or not at all.
  std::string_view content_type() const noexcept { return content_type_; }
  const std::vector<std::pair<std::string, std::string>>& headers() const noexcept {
    return headers_;
  }
  // The message, if this is a failure.
  std::string_view body() const noexcept { return is_shared() ? shared_ : body_; }
  // Whether the body is somebody else's too.
  bool is_shared() const noexcept { return owner_ != nullptr; }

  bool failed() const noexcept { return error_ != BP_OK; }
  // BP_OK if this is an answer.
  bp_status error_status() const noexcept { return error_; }

 private:
  // Literals, so that the usual answers need no allocation for their type.
  static constexpr std::string_view kText = "text/plain; charset=utf-8";
  static constexpr std::string_view kJson = "application/json";
  static constexpr std::string_view kBytes = "application/octet-stream";

  Response(std::string body, std::string_view content_type)
      : body_(std::move(body)), content_type_(content_type) {}

  void remove_header(std::string_view name) {
    if (equals_ignoring_case(name, "Content-Type")) content_type_ = {};
    std::erase_if(headers_,
                  [name](const auto& header) { return equals_ignoring_case(header.first, name); });
  }

  std::string body_;
  std::shared_ptr<const void> owner_;
  std::string_view shared_;  // in place of body_
  std::string_view content_type_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::uint32_t status_ = 200;
  bp_status error_ = BP_OK;
};

}  // namespace backplane
