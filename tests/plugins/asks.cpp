#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/json.hpp>
#include <backplane/plugin.hpp>

// Handlers that ask others, and one to be asked.
namespace {

using backplane::Answer;
using backplane::OwnedCall;
using backplane::Question;
using backplane::Request;
using backplane::Response;

// What `init` names: {"to": "endpoint"}.
std::string target_of(backplane::Config config) {
  const auto init = backplane::JsonDocument::parse(config.json());
  return std::string(init.root().at("to").as_string());
}

unsigned number_of(const Request& request, std::string_view name, unsigned otherwise) {
  const std::string text = request.arg(name);
  unsigned number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Response passed_on(const Answer& answer) {
  return Response(answer.body()).set_status(answer.http_status());
}

// What a request inherits.
std::string place_of(const Request& request) {
  const auto deadline = request.deadline();
  return std::string(request.id()) + " " + std::string(request.header("traceparent")) + " " +
         (deadline ? std::to_string(deadline->time_since_epoch().count()) : "never");
}

// Asks and waits, and says what it is told, or with ?place what it has beside what the other has.
// ?depth=3: the other is asked with a depth of 2; at 0 nobody is.
class Asks {
 public:
  explicit Asks(backplane::Config config) : to_(target_of(config)) {}

  Response operator()(const Request& request) const {
    const unsigned depth = number_of(request, "depth", 1);
    if (depth == 0) return "bottom";
    const bool deep = request.find_arg("depth").has_value();
    const std::string query =
        deep ? "depth=" + std::to_string(depth - 1) : std::string(request.query());
    const Answer answer = ask(request, {.to = to_, .body = request.body(), .query = query}).get();
    if (request.find_arg("place")) return place_of(request) + "\n" + answer.body();
    return passed_on(answer);
  }

 private:
  const std::string to_;
};

// The same without waiting. ?n=5: five times at once; says how many were good, or passes on the
// first that was not.
class AsksLater {
 public:
  explicit AsksLater(backplane::Config config) : to_(target_of(config)) {}

  void operator()(OwnedCall call) const {
    const Request request = call.request();
    const unsigned count = number_of(request, "n", 1);
    const std::vector<Question> questions(
        count, {.to = to_, .body = request.body(), .query = request.query()});
    gather(std::move(call), questions, [](OwnedCall asked, const std::vector<Answer>& answers) {
      for (const Answer& answer : answers) {
        if (!answer.ok()) return asked.reply(passed_on(answer));
      }
      asked.reply(answers.size() == 1 ? answers.front().body() : std::to_string(answers.size()));
    });
  }

 private:
  const std::string to_;
};

// Answers at once, and counts what it is told then, by status.
class AsksAndLeaves {
 public:
  AsksAndLeaves(const backplane::Context& context, backplane::Config config)
      : context_(context), to_(target_of(config)) {}

  Response operator()(const Request& request) const {
    ask(request, {.to = to_, .query = request.query()}, [this](const Answer& answer) {
      context_.metrics()
          .counter("asks_told_total", {{"status", std::to_string(answer.http_status())}})
          .add();
    });
    return "asked";
  }

 private:
  const backplane::Context& context_;
  const std::string to_;
};

// The sum of the numbers in its body, separated by blanks, commas or lines.
Response sum(const Request& request) {
  const std::string_view body = request.body();
  double total = 0;
  for (const char* at = body.data(); at < body.data() + body.size();) {
    double number = 0;
    const auto read = std::from_chars(at, body.data() + body.size(), number);
    if (read.ec == std::errc()) total += number;
    at = read.ec == std::errc() ? read.ptr : at + 1;
  }
  return std::to_string(total);
}

Response place(const Request& request) {
  return place_of(request);
}

}  // namespace

BACKPLANE_PLUGIN("asks", "1.0.0", backplane::handler<Asks>("asks"),
                 backplane::handler<AsksLater>("asks_later"),
                 backplane::handler<AsksAndLeaves>("asks_and_leaves"),
                 backplane::function<sum>("sum", {.never_blocks = true}),
                 backplane::function<place>("place"));
