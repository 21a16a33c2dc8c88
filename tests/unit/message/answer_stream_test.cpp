#include "host/message/answer_stream.hpp"

#include <memory>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "tests/support/gate.hpp"

namespace backplane::host {
namespace {

using Written = AnswerStream::Written;

// A client's connection: notes what it is given, and asks for more when the test says so. The
// test's thread, but for push().
class Reader final : public Exchange, public CompletionSink {
 public:
  Reader() { home = this; }

  void push(Exchange& /*exchange*/) noexcept override {
    MutexLock lock(mutex_);
    got_ += response.body;
    ++pieces_taken_;
    here_ = true;
    changed_.notify_all();
  }
  // Blocks until a piece is here. False when that takes over kPatience.
  bool wait() {
    const TimePoint deadline = Clock::now() + kPatience;
    MutexLock lock(mutex_);
    while (!here_) {
      if (!changed_.wait_until(mutex_, deadline)) return here_;
    }
    return true;
  }
  // The piece has been sent.
  void take_next() {
    {
      MutexLock lock(mutex_);
      here_ = false;
    }
    const std::shared_ptr<PieceSource> source = pieces;
    source->resume(*this);
  }
  // Reads to the end.
  void take_all() {
    while (wait() && response.more) take_next();
  }
  bool ended() const { return is_here() && !response.more; }
  bool is_here() const {
    MutexLock lock(mutex_);
    return here_;
  }
  std::string got() const {
    MutexLock lock(mutex_);
    return got_;
  }
  int pieces_taken() const {
    MutexLock lock(mutex_);
    return pieces_taken_;
  }

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  std::string got_ BP_GUARDED_BY(mutex_);
  int pieces_taken_ BP_GUARDED_BY(mutex_) = 0;
  bool here_ BP_GUARDED_BY(mutex_) = false;
};

std::shared_ptr<AnswerStream> begun(Reader& reader, std::size_t room = 10) {
  auto stream = std::make_shared<AnswerStream>(room);
  stream->begin(reader);
  return stream;
}

}  // namespace

TEST_SUITE("message") {
  TEST_CASE("AnswerStream: the first piece goes at once, what follows gathers until it is taken") {
    Reader reader;
    const auto stream = begun(reader);
    // The head goes, before there is any piece.
    CHECK(reader.is_here());
    CHECK(reader.response.more);
    reader.take_next();
    CHECK_FALSE(reader.is_here());
    CHECK(stream->write("a", kNever) == Written::kTaken);
    CHECK(reader.is_here());
    CHECK(stream->write("b", kNever) == Written::kTaken);
    CHECK(stream->write("c", kNever) == Written::kTaken);
    CHECK(reader.got() == "a");
    reader.take_next();
    CHECK(reader.got() == "abc");
    CHECK(reader.pieces_taken() == 3);
    reader.take_next();
    CHECK_FALSE(reader.is_here());
    stream->end(true);
    CHECK(reader.ended());
    CHECK_FALSE(reader.response.broken);
    CHECK(reader.pieces == nullptr);
  }

  TEST_CASE("AnswerStream: what stands in the answer already is its beginning") {
    Reader reader;
    reader.response.body = "before ";
    const auto stream = begun(reader);
    CHECK(reader.got() == "before ");
    stream->end(true);
    CHECK_FALSE(reader.ended());
    reader.take_next();
    CHECK(reader.ended());
    CHECK(reader.got() == "before ");
  }

  TEST_CASE("AnswerStream: an end that is not whole says so, after what was written") {
    Reader reader;
    const auto stream = begun(reader);
    reader.take_next();
    CHECK(stream->write("a", kNever) == Written::kTaken);
    CHECK(stream->write("b", kNever) == Written::kTaken);
    stream->end(false);
    reader.take_next();
    CHECK(reader.got() == "ab");
    CHECK(reader.ended());
    CHECK(reader.response.broken);
  }

  TEST_CASE("AnswerStream: holds no more than its room, and who may not wait is told") {
    Reader reader;
    const auto stream = begun(reader, 4);
    reader.take_next();
    CHECK(stream->try_write("a") == Written::kTaken);
    CHECK(stream->try_write("bcde") == Written::kTaken);
    CHECK(stream->try_write("f") == Written::kFull);
    int told = 0;
    const auto count = [](void* times) { ++*static_cast<int*>(times); };
    CHECK(stream->room_again().listen(count, &told));
    // Who asks again meanwhile is told no less.
    CHECK(stream->try_write("f") == Written::kFull);
    CHECK(told == 0);
    reader.take_next();
    CHECK(told == 1);
    CHECK(reader.got() == "abcde");
    CHECK(stream->try_write("f") == Written::kTaken);
    // The same once more: each time it is full.
    CHECK(stream->try_write("ghij") == Written::kTaken);
    CHECK(stream->try_write("k") == Written::kFull);
    stream->end(true);
  }

  TEST_CASE("AnswerStream: who waits for room is told when somebody else has ended it") {
    Reader reader;
    const auto stream = begun(reader, 4);
    REQUIRE(stream->write("abcd", kNever) == Written::kTaken);
    Written said = Written::kTaken;
    std::thread writer([&] { said = stream->write("efgh", Clock::now() + kPatience); });
    stream->end(false);
    writer.join();
    CHECK(said == Written::kAbandoned);
    reader.take_next();
    CHECK(reader.got() == "abcd");
    CHECK(reader.ended());
  }

  TEST_CASE("AnswerStream: who writes more than there is room for waits for the client") {
    Reader reader;
    const auto stream = begun(reader, 4);
    std::thread writer([&stream] {
      CHECK(stream->write("abcdefghij", kNever) == Written::kTaken);
      stream->end(true);
    });
    reader.take_all();
    writer.join();
    CHECK(reader.got() == "abcdefghij");
    CHECK(reader.pieces_taken() >= 3);
    CHECK(reader.ended());
  }

  TEST_CASE("AnswerStream: who waits is told that nobody reads any more") {
    Reader reader;
    const auto stream = begun(reader, 1);
    reader.take_next();
    REQUIRE(stream->write("a", kNever) == Written::kTaken);
    REQUIRE(stream->write("b", kNever) == Written::kTaken);
    std::thread writer([&stream] {
      CHECK(stream->write("c", kNever) == Written::kAbandoned);
      stream->end(true);
    });
    // Its connection has ended, and asks for what is left.
    reader.abandon();
    reader.take_next();
    writer.join();
    CHECK(reader.ended());
    CHECK(reader.got() == "a");
  }

  TEST_CASE("AnswerStream: who writes when nobody reads any more is told as well") {
    Reader reader;
    const auto stream = begun(reader);
    reader.take_next();
    reader.abandon();
    CHECK(stream->write("a", kNever) == Written::kAbandoned);
    CHECK(stream->try_write("a") == Written::kAbandoned);
    stream->end(false);
    CHECK(reader.ended());
  }

  TEST_CASE("AnswerStream: nobody waits for room past the deadline") {
    Reader reader;
    const auto stream = begun(reader, 1);
    reader.take_next();
    REQUIRE(stream->write("a", kNever) == Written::kTaken);
    REQUIRE(stream->write("b", kNever) == Written::kTaken);
    CHECK(stream->write("c", Clock::now()) == Written::kLate);
    stream->end(false);
    reader.take_all();
    CHECK(reader.got() == "ab");
    CHECK(reader.response.broken);
  }

  TEST_CASE("AnswerStream: a deadline that has passed ends it, be there room or not") {
    Reader reader;
    const auto stream = begun(reader);
    CHECK(stream->write("a", Clock::now()) == Written::kLate);
    stream->end(false);
    reader.take_all();
    CHECK(reader.response.broken);
  }

  TEST_CASE("AnswerStream: every byte arrives once, however both sides are pushed") {
    Reader reader;
    const auto stream = begun(reader, 100);
    constexpr int kLines = 20'000;
    std::thread writer([&stream] {
      for (int i = 0; i < kLines; ++i) {
        if (stream->write(std::to_string(i) + "\n", kNever) != Written::kTaken) return;
      }
      stream->end(true);
    });
    reader.take_all();
    writer.join();
    std::string wanted;
    for (int i = 0; i < kLines; ++i) wanted += std::to_string(i) + "\n";
    CHECK((reader.got() == wanted));
  }
}

}  // namespace backplane::host
