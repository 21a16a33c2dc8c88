#include "host/routing/ticket.hpp"

namespace backplane::host {

Ticket& TicketPool::take() {
  if (free_.empty()) {
    all_.push_back(std::make_unique<Ticket>());
    free_.push_back(all_.back().get());
  }
  Ticket& ticket = *free_.back();
  free_.pop_back();
  ticket = Ticket{};
  return ticket;
}

void TicketPool::give_back(Ticket& ticket) {
  free_.push_back(&ticket);
}

}  // namespace backplane::host
