#include <clocale>

#include <backplane/plugin.hpp>

namespace {

// From now on the whole process has another idea of what a letter is.
struct ChangesLocale {
  ChangesLocale() {
    std::setlocale(LC_ALL, "C.UTF-8");  // NOLINT(concurrency-mt-unsafe): the sin
  }
  backplane::Response operator()(const backplane::Request&) { return "changed"; }
};

}  // namespace

BACKPLANE_PLUGIN("changes_locale", "1.0.0", backplane::handler<ChangesLocale>("changes_locale"));
