#pragma once

namespace backplane::host {

class Exchange;

// Makes an answer that is sent in pieces (HttpResponse::more). Shared by its writer and the
// exchange that it is the answer of.
class PieceSource {
 public:
  virtual ~PieceSource() = default;
  // [any] The last piece was taken: completes `exchange` with the next one, now or later; when it
  // is abandoned, soon and with anything.
  virtual void resume(Exchange& exchange) = 0;
};

}  // namespace backplane::host
