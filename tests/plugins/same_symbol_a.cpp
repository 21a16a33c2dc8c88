#include <backplane/plugin.hpp>

// The same names are in same_symbol_b, with other content. Visible on purpose: what is seen by the
// linker could be merged by the loader.
struct __attribute__((visibility("default"))) SameSymbol {
  static const char* text() { return word; }
  static inline const char* word = "a";
};

__attribute__((visibility("default"))) const char* same_symbol_text() {
  return SameSymbol::text();
}

backplane::Response same_symbol(const backplane::Request&) {
  return same_symbol_text();
}

BACKPLANE_PLUGIN("same_symbol_a", "1.0.0", backplane::function<same_symbol>("same_symbol_a"));
