#include <string>

#include <doctest/doctest.h>

#include <backplane/json_writer.hpp>
#include <backplane/testing.hpp>
#include <backplane/testing/conformance.hpp>

namespace {

backplane::TestRequest post(std::string body) {
  return {.method = "POST", .body = std::move(body), .content_type = "application/json"};
}

backplane::TestRequest document(std::string_view text) {
  return post(backplane::JsonWriter().begin_object().member("text", text).end_object().take());
}

}  // namespace

TEST_SUITE("plugins") {
  TEST_CASE("textstats: counts characters, words and sentences and lists frequent words") {
    backplane::TestReplica stats("textstats");
    const auto answer = stats.send(document("The cat sat. The dog sat! Did the cat?"));
    CHECK(answer.http_status == 200);
    CHECK(answer.header("content-type") == "application/json");
    CHECK(answer.body ==
          R"({"characters":38,"words":9,"sentences":3,"top_words":[)"
          R"({"word":"the","count":3},{"word":"cat","count":2},{"word":"sat","count":2},)"
          R"({"word":"did","count":1},{"word":"dog","count":1}]})");
  }

  TEST_CASE("textstats: lists at most ten words, equally frequent ones by the alphabet") {
    backplane::TestReplica stats("textstats");
    CHECK(stats.send(document("l k j i h g f e d c b a a")).body ==
          R"({"characters":25,"words":13,"sentences":1,"top_words":[{"word":"a","count":2},)"
          R"({"word":"b","count":1},{"word":"c","count":1},{"word":"d","count":1},)"
          R"({"word":"e","count":1},{"word":"f","count":1},{"word":"g","count":1},)"
          R"({"word":"h","count":1},{"word":"i","count":1},{"word":"j","count":1}]})");
  }

  TEST_CASE("textstats: counts code points, and punctuation beyond ASCII splits words") {
    backplane::TestReplica stats("textstats");
    CHECK(stats.send(document("caf\u00e9\u2014caf\u00e9\u2026 \u4f60\u597d\u3002")).body ==
          R"({"characters":14,"words":3,"sentences":2,"top_words":[{"word":"café","count":2},)"
          R"({"word":"你好","count":1}]})");
  }

  TEST_CASE("textstats: numbers, contractions and compounds are one word, dots alone no sentence") {
    backplane::TestReplica stats("textstats");
    CHECK(stats.send(document("Don't say 3.14 is well-known... -- '")).body ==
          R"({"characters":36,"words":5,"sentences":1,"top_words":[{"word":"3.14","count":1},)"
          R"({"word":"don't","count":1},{"word":"is","count":1},{"word":"say","count":1},)"
          R"({"word":"well-known","count":1}]})");
    CHECK(stats.send(document("")).body ==
          R"({"characters":0,"words":0,"sentences":0,"top_words":[]})");
  }

  TEST_CASE("textstats: refuses bad input with a 400 that names the place") {
    backplane::TestReplica stats("textstats");
    const auto refusal = [&stats](std::string body) {
      const auto answer = stats.send(post(std::move(body)));
      CHECK(answer.http_status == 400);
      return answer.message;
    };
    CHECK(refusal("") == "body must be JSON; it is empty");
    CHECK(refusal("[]") == "the JSON document must be an object");
    CHECK(refusal("{}") == "'/text' is missing");
    CHECK(refusal(R"({"text":1})") == "'/text' must be a string");
    CHECK(refusal(R"({"text":"a","txet":1})") == "'/txet' is not known");
    CHECK(refusal(R"({"text":"a","text":"b"})") == "not JSON: name 'text' repeats at byte 18");
    CHECK(refusal("{\"text\":\"\xff\"}") == "body must be JSON in UTF-8; byte 9 is not UTF-8");
    CHECK(refusal(R"({"text":"a\udc00b"})").starts_with("not JSON: a lone surrogate at byte "));
    CHECK(refusal(R"({"text":"a"} x)").find("byte 13") != std::string::npos);
    CHECK(refusal(std::string(40, '[')) == "not JSON: nested deeper than 32 levels at byte 32");
  }

  TEST_CASE("textstats: words and sizes of documents are measured, bad ones are not") {
    backplane::TestReplica stats("textstats");
    stats.send(document("The cat sat."));
    stats.send(document(std::string(200, 'a')));
    stats.send(post("{"));
    CHECK(stats.metric("textstats_words_total").value == 4);
    const auto sizes = stats.metric("textstats_document_bytes");
    CHECK(sizes.value == 212);
    CHECK(sizes.buckets == std::vector<std::uint64_t>{1, 1, 0, 0, 0, 0});
  }

  TEST_CASE("textstats: a bad document in a batch fails alone") {
    backplane::TestReplica stats("textstats");
    const auto answers = stats.send_batch({document("a"), post("{"), document("b c")});
    CHECK(answers[0].http_status == 200);
    CHECK(answers[1].http_status == 400);
    CHECK(answers[2].body.find(R"("words":2)") != std::string::npos);
  }

  TEST_CASE("textstats: keeps the contract, alone and in batches") {
    backplane::check_conformance("textstats", {.samples = {document("a b. c"), document("")}});
  }
}
