#include "host/http/output_buffer.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>

#include <doctest/doctest.h>

#include "host/http/descriptor.hpp"

namespace backplane::host {
namespace {

struct Pair {
  Pair() {
    std::array<int, 2> fds{-1, -1};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds.data()) == 0);
    ours = Descriptor(fds[0]);
    theirs = Descriptor(fds[1]);
  }
  std::string take() const {
    std::string bytes(262144, '\0');
    const ssize_t n = ::recv(theirs.get(), bytes.data(), bytes.size(), 0);
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
  }
  Descriptor ours;
  Descriptor theirs;
};

void write_text(std::string_view text, OutputBuffer& output) {
  char* const to = output.text().room(text.size());
  output.text().commit(std::copy(text.begin(), text.end(), to));
}

TEST_SUITE("http") {
  TEST_CASE("OutputBuffer: text and body arrive whole and in order, however much fits at once") {
    for (const std::size_t body_size : {std::size_t{0}, std::size_t{10}, std::size_t{3000000}}) {
      CAPTURE(body_size);
      const Pair pair;
      OutputBuffer output;
      std::string body;
      for (std::size_t i = 0; i < body_size; ++i) body += static_cast<char>('a' + i % 23);
      write_text("head", output);
      output.set_body(std::string(body));
      std::string arrived;
      OutputBuffer::Sent sent = OutputBuffer::Sent::kBlocked;
      while (sent == OutputBuffer::Sent::kBlocked) {
        sent = output.send(pair.ours.get());
        arrived += pair.take();
      }
      for (std::string more = pair.take(); !more.empty(); more = pair.take()) arrived += more;
      CHECK(sent == OutputBuffer::Sent::kAll);
      CHECK(output.empty());
      CHECK(arrived == "head" + body);
    }
  }

  TEST_CASE("OutputBuffer: adopted bytes are sent from where they stand, and then given back") {
    const Pair pair;
    std::string bytes(3000000, 'x');
    int released = 0;
    const auto release = [](void* user) { ++*static_cast<int*>(user); };
    OutputBuffer output;
    write_text("head", output);
    output.set_body(AdoptedBytes(bytes, release, &released, nullptr));
    REQUIRE(output.send(pair.ours.get()) == OutputBuffer::Sent::kBlocked);
    // Which nobody may do; what arrives shows that there is no copy.
    bytes.back() = 'y';
    std::string arrived;
    OutputBuffer::Sent sent = OutputBuffer::Sent::kBlocked;
    while (sent == OutputBuffer::Sent::kBlocked) {
      CHECK(released == 0);
      arrived += pair.take();
      sent = output.send(pair.ours.get());
    }
    CHECK(released == 1);
    for (std::string more = pair.take(); !more.empty(); more = pair.take()) arrived += more;
    CHECK(sent == OutputBuffer::Sent::kAll);
    CHECK(output.empty());
    CHECK(arrived == "head" + bytes);
  }

  TEST_CASE("OutputBuffer: adopted bytes that nobody wants any more are given back") {
    std::string bytes(3000000, 'x');
    int released = 0;
    const auto release = [](void* user) { ++*static_cast<int*>(user); };
    OutputBuffer output;
    output.set_body(AdoptedBytes(bytes, release, &released, nullptr));
    output.clear();
    CHECK(released == 1);
    CHECK(output.empty());
  }

  TEST_CASE("OutputBuffer: the memory of a large body goes with it") {
    OutputBuffer output;
    output.set_body(std::string(3000000, 'x'));
    output.clear();
    // What the buffer still held would be swapped for this one's memory.
    std::string next(100, 'y');
    output.set_body(std::move(next));
    // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move): what it got is asked
    CHECK(next.capacity() < 3000000);
  }

  TEST_CASE("OutputBuffer: a reader that is gone is a failure, not a signal") {
    Pair pair;
    pair.theirs.close();
    OutputBuffer output;
    write_text("head", output);
    CHECK(output.send(pair.ours.get()) == OutputBuffer::Sent::kFailed);
  }
}

}  // namespace
}  // namespace backplane::host
