#include "host/admin/audit_chain.hpp"

#include <span>

#include "host/json/json_reader.hpp"
#include "host/json/json_writer.hpp"
#include "host/plugin/sha256.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kLongestField = 1024;

// Where a line says it stands.
struct Place {
  std::uint64_t sequence;
  std::string previous;
};

std::string digest_of(std::string_view line) {
  Sha256 digest;
  digest.update(std::as_bytes(std::span(line)));
  return digest.finish();
}

void write_text(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.member(name, value.substr(0, kLongestField));
}

void write_number(JsonWriter& json, std::string_view name, std::optional<std::uint64_t> value) {
  if (value) json.member(name, *value);
}

Error broken(const std::string& what) {
  return {ErrorCode::kConflict, "audit_broken", what};
}

Result<Place> place_of(std::string_view line) {
  if (line.size() > AuditChain::kLongestLine) return broken("it is longer than any line of ours");
  const auto document = parse_json(line);
  if (!document.ok()) return broken("it is no JSON: " + std::string(document.error().message()));
  const auto sequence = document.value().root().find("sequence");
  const auto previous = document.value().root().find("previous");
  const std::int64_t number = sequence ? sequence->integer().value_or(0) : 0;
  const auto digest = previous ? previous->string() : std::nullopt;
  if (number < 1 || !digest) return broken("it has no 'sequence' and 'previous'");
  return Place{static_cast<std::uint64_t>(number), std::string(*digest)};
}

}  // namespace

std::string AuditChain::next_line(const AuditRecord& record, WallTime time) const {
  std::string line;
  JsonWriter json(line);
  json.begin_object()
      .member("sequence", sequence_ + 1)
      .member("time", to_text(time))
      .member("event", kAuditEventNames[static_cast<std::size_t>(record.event)]);
  write_text(json, "request_id", record.request_id);
  write_text(json, "peer", record.peer);
  write_text(json, "token", record.token);
  if (record.role) json.member("role", name_of(*record.role));
  write_text(json, "action", record.action);
  write_text(json, "object", record.object);
  write_text(json, "query", record.query);
  write_text(json, "body_sha256", record.body_sha256);
  if (record.status != 0) json.member("status", std::uint64_t{record.status});
  write_text(json, "code", record.code);
  write_number(json, "revision_before", record.revision_before);
  write_number(json, "revision_after", record.revision_after);
  if (record.count != 0) {
    json.member(record.event == AuditEvent::kRecovered ? "bytes" : "unrecorded", record.count);
  }
  json.member("previous", digest_).end_object();
  return line;
}

Status AuditChain::accept(std::string_view line) {
  auto place = place_of(line);
  if (!place.ok()) return std::move(place).error();
  if (place.value().sequence != sequence_ + 1) {
    return broken("its number is " + std::to_string(place.value().sequence) + ", wanted " +
                  std::to_string(sequence_ + 1));
  }
  if (place.value().previous != digest_) {
    return broken("its 'previous' is not the SHA-256 of the line before it, which is " + digest_);
  }
  ++sequence_;
  digest_ = digest_of(line);
  return {};
}

Status AuditChain::accept_first(std::string_view line) {
  auto place = place_of(line);
  if (!place.ok()) return std::move(place).error();
  sequence_ = place.value().sequence - 1;
  digest_ = place.value().previous;
  return accept(line);
}

}  // namespace backplane::host
