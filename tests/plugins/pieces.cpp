#include <chrono>
#include <string>
#include <thread>

#include <backplane/plugin.hpp>

namespace {

// Answers in pieces, as ?do= says: `n` of them (?n=), each a line "<number>\n"
//   count    and that is all
//   big      of 64 KiB each
//   break    then throws
//   refuse   throws before the first
//   none     and none at all, with status 202
//   wait     then none, until nobody reads any more or it is to stop; then a line "told"
//   flood    then as many as there is room for, until nobody reads any more or it is to stop
void pieces(const backplane::Request& request, backplane::Stream& stream) {
  const std::string what = request.arg("do");
  const int n = std::stoi(request.arg("n", "3"));
  if (what == "refuse") throw backplane::Error::unavailable("not now");
  if (what == "none") {
    stream.set_status(202);
    return;
  }
  stream.set_header("X-Made-By", "pieces");
  const std::string filling = what == "big" ? std::string(65'530, 'x') : std::string();
  for (int i = 0; i < n; ++i) {
    if (!stream.write(std::to_string(i) + filling + "\n")) return;
  }
  if (what == "break") throw backplane::Error::internal("broken in the middle");
  const std::string flood(what == "flood" ? 65'536 : 0, 'x');
  while ((what == "wait" || what == "flood") && !request.cancelled()) {
    const bool waits = flood.empty() || stream.try_write(flood) != backplane::Stream::Tried::kTaken;
    if (waits) std::this_thread::yield();
  }
  if (what == "wait") stream.write("told\n");
}

}  // namespace

BACKPLANE_PLUGIN("pieces", "1.0.0", backplane::function<pieces>("pieces"));
