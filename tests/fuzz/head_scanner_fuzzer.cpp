#include "tests/fuzz/head_scanner_fuzzer.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

#include "host/http/framing.hpp"
#include "host/http/head_scanner.hpp"
#include "host/http/request_target.hpp"

namespace backplane::host {
namespace {

void must(bool condition) {
  if (!condition) std::abort();
}

bool is_inside(Span span, std::size_t head_size) {
  return std::size_t{span.begin} + span.size <= head_size;
}

void check_parts(const HeadScanner& scanner, const char* head) {
  must(is_inside(scanner.method(), scanner.head_size()));
  must(is_inside(scanner.target(), scanner.head_size()));
  must(is_known_method(scanner.method().in(head)));
  must(scanner.target().size > 0);
  for (const FieldSpan& field : scanner.fields()) {
    must(field.name.size > 0);
    must(is_inside(field.name, scanner.head_size()));
    must(is_inside(field.value, scanner.head_size()));
    must(field.value.in(head).find_first_of(std::string_view("\r\n\0", 3)) ==
         std::string_view::npos);
  }
}

void check_meaning(const HeadScanner& scanner, const char* head) {
  Framing framing;
  if (!decide_framing(head, scanner.fields(), scanner.minor_version(), {}, framing)) {
    must(framing.body != Framing::Body::kChunked || scanner.minor_version() == 1);
    must(framing.body != Framing::Body::kChunked || framing.length == 0);
    must(!framing.host_field || *framing.host_field < scanner.fields().size());
  }
  const auto target = parse_target(scanner.method().in(head), scanner.target().in(head));
  const auto* parts = std::get_if<RequestTarget>(&target);
  if (parts == nullptr) return;
  std::string scratch;
  const auto route = route_path_of(parts->path, scratch);
  const auto* path = std::get_if<std::string_view>(&route);
  if (path == nullptr) return;
  const std::string closed = std::string(*path) + "/";
  must(closed.find("/../") == std::string::npos && closed.find("/./") == std::string::npos);
}

}  // namespace

void fuzz_head_scanner(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  HeadScanner whole{HeadLimits{}};
  const HeadScanner::Outcome outcome = whole.scan(bytes);
  const std::size_t split = size == 0 ? 0 : bytes.size() * data[0] / 256;
  HeadScanner pieces{HeadLimits{}};
  HeadScanner::Outcome again = pieces.scan(std::string_view(bytes).substr(0, split));
  if (again == HeadScanner::Outcome::kNeedMore) again = pieces.scan(bytes);
  must(outcome == again);
  if (outcome == HeadScanner::Outcome::kRefused) {
    must(whole.refusal().code == pieces.refusal().code);
  }
  if (outcome != HeadScanner::Outcome::kDone) return;
  must(whole.head_size() == pieces.head_size() && whole.head_size() <= size);
  check_parts(whole, bytes.data());
  check_meaning(whole, bytes.data());
}

}  // namespace backplane::host

#ifdef BACKPLANE_FUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  backplane::host::fuzz_head_scanner(data, size);
  return 0;
}
#endif
