#include "host/base/log.hpp"

#include <atomic>
#include <string>

#include <Poco/AsyncChannel.h>
#include <Poco/AutoPtr.h>
#include <Poco/ConsoleChannel.h>
#include <Poco/Exception.h>
#include <Poco/FormattingChannel.h>
#include <Poco/Logger.h>
#include <Poco/PatternFormatter.h>

namespace backplane::host {
namespace {

constexpr std::size_t kMaxMessage = 1024;
std::atomic<int> enabled_up_to{-1};

Poco::Message::Priority priority_of(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return Poco::Message::PRIO_ERROR;
    case LogLevel::kWarning:
      return Poco::Message::PRIO_WARNING;
    case LogLevel::kInfo:
      return Poco::Message::PRIO_INFORMATION;
    case LogLevel::kDebug:
      return Poco::Message::PRIO_DEBUG;
  }
  return Poco::Message::PRIO_DEBUG;
}

// Whoever sends a request or writes a plugin chooses these bytes; a line must stay one line.
std::string escaped(std::string_view message) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const char c : message.substr(0, kMaxMessage)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else {
      out += "\\x";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xfU];
    }
  }
  if (message.size() > kMaxMessage) out += "…";
  return out;
}

}  // namespace

void start_log(LogLevel level) {
  const Poco::AutoPtr<Poco::PatternFormatter> pattern(
      new Poco::PatternFormatter("%Y-%m-%dT%H:%M:%S.%iZ %p %s: %t"));
  const Poco::AutoPtr<Poco::ConsoleChannel> console(new Poco::ConsoleChannel(std::cerr));
  const Poco::AutoPtr<Poco::FormattingChannel> formatting(
      new Poco::FormattingChannel(pattern, console));
  const Poco::AutoPtr<Poco::AsyncChannel> async(new Poco::AsyncChannel(formatting));
  Poco::Logger::root().setChannel(async);
  Poco::Logger::root().setLevel(priority_of(level));
  enabled_up_to.store(static_cast<int>(level), std::memory_order_release);
}

void stop_log() {
  enabled_up_to.store(-1, std::memory_order_release);
  // The last reference to the asynchronous channel goes with this call; its destructor drains.
  Poco::Logger::root().setChannel(nullptr);
  Poco::Logger::shutdown();
}

void log(LogLevel level, std::string_view area, std::string_view message) {
  if (static_cast<int>(level) > enabled_up_to.load(std::memory_order_acquire)) return;
  try {
    Poco::Logger::root().log(
        Poco::Message(std::string(area), escaped(message), priority_of(level)));
  } catch (const Poco::Exception&) {
    // A log that cannot be written must not take the server down with it.
  }
}

}  // namespace backplane::host
