#include <iostream>
#include <string>

#include <Poco/AsyncChannel.h>
#include <Poco/AutoPtr.h>
#include <Poco/ConsoleChannel.h>
#include <Poco/Exception.h>
#include <Poco/FormattingChannel.h>
#include <Poco/Logger.h>
#include <Poco/PatternFormatter.h>

#include "host/base/log.hpp"

namespace backplane::host {
namespace {

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

void write(LogLevel level, std::string_view area, const std::string& line) {
  try {
    Poco::Logger::root().log(Poco::Message(std::string(area), line, priority_of(level)));
  } catch (const Poco::Exception&) {
    // A log that cannot be written must not take the server down with it.
  }
}

}  // namespace

void start_log(LogLevel level) {
  const auto pattern = Poco::makeAuto<Poco::PatternFormatter>("%Y-%m-%dT%H:%M:%S.%iZ %p %s: %t");
  const auto console = Poco::makeAuto<Poco::ConsoleChannel>(std::cerr);
  const auto formatting = Poco::makeAuto<Poco::FormattingChannel>(pattern, console);
  auto async = Poco::makeAuto<Poco::AsyncChannel>(formatting);
  // A reader that is blocked costs lines, not memory; how many is logged when it goes on.
  async->setProperty("queueSize", "8192");
  Poco::Logger::root().setChannel(async);
  Poco::Logger::root().setLevel(priority_of(level));
  set_log_writer(write, level);
}

void stop_log() {
  set_log_writer(nullptr, LogLevel::kError);
  // The last reference to the asynchronous channel goes with this call; its destructor drains.
  Poco::Logger::root().setChannel(nullptr);
  Poco::Logger::shutdown();
}

}  // namespace backplane::host
