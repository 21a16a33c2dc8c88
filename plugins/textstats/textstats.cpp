#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/json.hpp>
#include <backplane/plugin.hpp>

namespace {

constexpr std::size_t kTopWords = 10;

struct Statistics {
  std::size_t characters = 0;  // code points
  std::size_t words = 0;
  std::size_t sentences = 0;
  // Ordered: the words come from the client, who could aim at a hash.
  std::map<std::string, std::size_t, std::less<>> occurrences;
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

char32_t code_point(std::string_view sequence) {
  if (sequence.size() == 1) return static_cast<unsigned char>(sequence[0]);
  // The lead byte of a sequence of n bytes has 7 - n bits of its own.
  char32_t point = static_cast<unsigned char>(sequence[0]) & (0x7Fu >> sequence.size());
  for (const char c : sequence.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 63);
  return point;
}

// ASCII letters and digits, and everything beyond ASCII that is not space or punctuation.
bool is_word_character(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;  // Latin-1's signs, but not its letters
  const bool general_punctuation = c >= 0x2000 && c <= 0x206F;
  const bool cjk_punctuation = c >= 0x3000 && c <= 0x303F;
  const bool fullwidth_punctuation = c >= 0xFF01 && c <= 0xFF0F;
  return !general_punctuation && !cjk_punctuation && !fullwidth_punctuation && c != 0xFF1F;
}

bool ends_sentence(char32_t c) {
  return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0xFF01 ||
         c == 0xFF1F;
}

// Apostrophes and hyphens belong to a word when they stand inside of it: "don't", "well-known".
bool joins_word(char32_t c) {
  return c == '\'' || c == '-' || c == 0x2019;
}

// Walks the text once. A sentence is what has at least one word and is ended by its mark or by the
// end of the text, so "Wait..." is one sentence and "3.14" is not two.
class TextReader {
 public:
  Statistics read(std::string_view text) {
    while (!text.empty()) {
      const std::string_view sequence = text.substr(0, backplane::utf8_sequence_length(text));
      text.remove_prefix(sequence.size());
      ++statistics_.characters;
      step(code_point(sequence), sequence, text);
    }
    end_word();
    end_sentence();
    return std::move(statistics_);
  }

 private:
  void step(char32_t c, std::string_view sequence, std::string_view rest) {
    const bool word_follows =
        !rest.empty() &&
        is_word_character(code_point(rest.substr(0, backplane::utf8_sequence_length(rest))));
    const bool inside_number =
        c == '.' && !word_.empty() && word_follows && word_.back() >= '0' && word_.back() <= '9';
    if (is_word_character(c) || inside_number ||
        (joins_word(c) && !word_.empty() && word_follows)) {
      for (const char byte : sequence) word_ += lower(byte);
      return;
    }
    end_word();
    if (ends_sentence(c)) end_sentence();
  }

  void end_word() {
    if (word_.empty()) return;
    ++statistics_.words;
    ++statistics_.occurrences[std::exchange(word_, {})];
    sentence_has_words_ = true;
  }

  void end_sentence() {
    if (std::exchange(sentence_has_words_, false)) ++statistics_.sentences;
  }

  Statistics statistics_;
  std::string word_;
  bool sentence_has_words_ = false;
};

// Most frequent first; equally frequent words in the order of the alphabet.
std::vector<std::pair<std::string, std::size_t>> top_words(const Statistics& statistics) {
  std::vector<std::pair<std::string, std::size_t>> words(statistics.occurrences.begin(),
                                                         statistics.occurrences.end());
  std::stable_sort(words.begin(), words.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  words.resize(std::min(words.size(), kTopWords));
  return words;
}

// Takes {"text": "…"} and answers with its numbers of characters, words and sentences, and its ten
// most frequent words.
class TextStats {
 public:
  explicit TextStats(const backplane::Context& context)
      : words_(context.metrics().counter("textstats_words_total")),
        sizes_(context.metrics().histogram("textstats_document_bytes",
                                           {100, 1'000, 10'000, 100'000, 1'000'000})) {}

  backplane::Response operator()(const backplane::Request& request) const {
    const auto document = backplane::JsonDocument::parse(request.json());
    const backplane::JsonView root = document.root();
    const std::string_view text = root.at("text").as_string();
    root.for_each_member([](std::string_view name, const backplane::JsonView& member) {
      // A misspelt member would be ignored in silence otherwise.
      if (name != "text") throw backplane::Error::invalid("'" + member.place() + "' is not known");
    });
    const Statistics statistics = TextReader().read(text);
    words_.add(static_cast<double>(statistics.words));
    sizes_.observe(static_cast<double>(text.size()));
    return backplane::Response::json(to_json(statistics));
  }

  // Documents have nothing to do with each other: a bad one fails alone.
  std::vector<backplane::Response> batch(std::span<const backplane::Request> requests) const {
    return backplane::answer_each(requests, *this);
  }

 private:
  static std::string to_json(const Statistics& statistics) {
    backplane::JsonWriter json;
    json.begin_object()
        .member("characters", statistics.characters)
        .member("words", statistics.words)
        .member("sentences", statistics.sentences)
        .key("top_words")
        .begin_array();
    for (const auto& [word, count] : top_words(statistics)) {
      json.begin_object().member("word", word).member("count", count).end_object();
    }
    return json.end_array().end_object().take();
  }

  // The series of all replicas, on the host's page for Prometheus.
  backplane::Counter words_;
  backplane::Histogram sizes_;
};

}  // namespace

BACKPLANE_PLUGIN("textstats", "1.0.0",
                 backplane::handler<TextStats>("textstats", {.max_batch = 64, .stateless = true}));
