#include "host/message/byte_classes.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

// The law itself, byte by byte.
template <ByteClass kClass>
std::size_t skip_slowly(std::string_view text, std::size_t at) {
  while (at < text.size() && is_in_class<kClass>(text[at])) ++at;
  return at;
}

// A byte of each value at each place of texts around the width of a block.
template <ByteClass kClass>
void check_every_byte(char usual) {
  for (const std::size_t size : {1U, 15U, 16U, 17U, 33U, 50U}) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, usual);
        text[place] = static_cast<char>(byte);
        for (const std::size_t from : {std::size_t{0}, place}) {
          const std::size_t found = skip_class<kClass>(text, from);
          if (found != skip_slowly<kClass>(text, from)) {
            FAIL("byte " << byte << " at " << place << " of " << size << " from " << from);
          }
        }
      }
    }
  }
}

TEST_SUITE("message") {
  TEST_CASE("byte classes: sixteen bytes at once are judged as they are one by one") {
    check_every_byte<ByteClass::kToken>('a');
    check_every_byte<ByteClass::kToken>('!');
    check_every_byte<ByteClass::kFieldValue>(' ');
    check_every_byte<ByteClass::kFieldValue>('\xc3');
    check_every_byte<ByteClass::kTarget>('/');
  }

  TEST_CASE("byte classes: exactly the bytes of the RFCs") {
    std::string token;
    std::string target;
    int values = 0;
    for (int byte = 0; byte < 256; ++byte) {
      const char c = static_cast<char>(byte);
      if (is_in_class<ByteClass::kToken>(c)) token += c;
      if (is_in_class<ByteClass::kTarget>(c)) target += c;
      if (is_in_class<ByteClass::kFieldValue>(c)) ++values;
    }
    CHECK(token == "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
    CHECK(target.size() == 93);  // 0x21 to 0x7e without '#'
    CHECK(target.find_first_of(std::string_view(" #\x7f\0", 4)) == std::string::npos);
    CHECK(values == 256 - 31 - 1);  // all but the controls without HTAB, and DEL
  }

  TEST_CASE("byte classes: nothing is read behind the end of the text") {
    const std::string text = "abcdefgh\r\nabcdefghijklmnop";
    CHECK(skip_class<ByteClass::kToken>(std::string_view(text).substr(0, 4), 0) == 4);
    CHECK(skip_class<ByteClass::kToken>(text, text.size()) == text.size());
    CHECK(skip_class<ByteClass::kFieldValue>("", 0) == 0);
  }
}

}  // namespace
}  // namespace backplane::host
