#include <new>
#include <stdexcept>

#include <backplane/plugin.hpp>

// Throws: a std::exception by itself, with ?int an int, with ?alloc a bad_alloc, with ?error=… an
// Error of the SDK.
backplane::Response thr(const backplane::Request& request) {
  if (request.find_arg("int")) throw 42;
  if (request.find_arg("alloc")) throw std::bad_alloc();
  if (const auto message = request.find_arg("error")) {
    throw backplane::Error::unavailable(*message);
  }
  throw std::runtime_error("thr was asked to throw");
}

BACKPLANE_PLUGIN("thr", "1.0.0", backplane::function<thr>("thr"));
