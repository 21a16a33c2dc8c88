#include "host/config/listener_reader.hpp"

#include "host/config/path_reader.hpp"
#include "host/config/socket_address.hpp"

namespace backplane::host {
namespace {

constexpr std::int64_t kDay = std::int64_t{24} * 60 * 60 * 1000;
constexpr std::int64_t kMebibyte = std::int64_t{1024} * 1024;
constexpr std::int64_t kGibibyte = 1024 * kMebibyte;

constexpr IntegerRange kPort{0, 65'535};
constexpr IntegerRange kIoThreads{0, 256};
constexpr IntegerRange kConnections{1, 1'000'000};
constexpr IntegerRange kTargetBytes{64, kMebibyte};
constexpr IntegerRange kHeadBytes{256, kMebibyte};
constexpr IntegerRange kHeaderFields{1, 10'000};
constexpr IntegerRange kBodyBytes{0, 4 * kGibibyte};
constexpr IntegerRange kPipelinedBytes{1024, 16 * kMebibyte};
constexpr IntegerRange kTimeout{1, kDay};
constexpr IntegerRange kHandshakeTimeout{1, 600'000};
constexpr IntegerRange kRate{0, 1'000'000'000};
constexpr IntegerRange kLingerTimeout{0, 60'000};
constexpr IntegerRange kLingerBytes{0, kGibibyte};

// A path that is required.
std::filesystem::path require_path(ObjectReader& reader, std::string_view key,
                                   const std::filesystem::path& folder) {
  if (!reader.require(key)) return {};
  return read_path(reader, key, folder).value_or("");
}

TlsConfig read_tls(const JsonValue& value, const std::filesystem::path& folder,
                   std::vector<Error>& errors) {
  ObjectReader reader(value, errors);
  TlsConfig tls;
  tls.certificate = require_path(reader, "certificate", folder);
  tls.key = require_path(reader, "key", folder);
  tls.client_ca = read_path(reader, "client_ca", folder);
  if (const auto word = reader.read_word("min_version", {"1.2", "1.3"})) {
    tls.min_version = *word == 0 ? TlsVersion::kTls12 : TlsVersion::kTls13;
  }
  reader.read("handshake_timeout_ms", kHandshakeTimeout, tls.handshake_timeout);
  reader.finish();
  return tls;
}

}  // namespace

void read_listener(ObjectReader& reader, const std::filesystem::path& folder,
                   ListenerConfig& config, std::vector<Error>& errors) {
  if (const auto address = reader.take("address")) {
    const std::string_view text = address->string().value_or("");
    if (is_ip_address(text)) {
      config.address = text;
    } else {
      reader.refuse(*address, "an IPv4 or IPv6 address");
    }
  }
  reader.read("port", kPort, config.port);
  reader.read("io_threads", kIoThreads, config.io_threads);
  reader.read("max_connections", kConnections, config.max_connections);
  if (const auto tls = reader.take("tls")) config.tls = read_tls(*tls, folder, errors);
  reader.read("max_target_bytes", kTargetBytes, config.max_target_bytes);
  reader.read("max_head_bytes", kHeadBytes, config.max_head_bytes);
  reader.read("max_header_fields", kHeaderFields, config.max_header_fields);
  reader.read("max_body_bytes", kBodyBytes, config.max_body_bytes);
  reader.read("max_pipelined_bytes", kPipelinedBytes, config.max_pipelined_bytes);
  reader.read("first_byte_timeout_ms", kTimeout, config.first_byte_timeout);
  reader.read("head_timeout_ms", kTimeout, config.head_timeout);
  reader.read("idle_timeout_ms", kTimeout, config.idle_timeout);
  reader.read("body_timeout_ms", kTimeout, config.body_timeout);
  reader.read("body_min_bytes_per_second", kRate, config.body_min_bytes_per_second);
  reader.read("write_stall_timeout_ms", kTimeout, config.write_stall_timeout);
  reader.read("linger_timeout_ms", kLingerTimeout, config.linger_timeout);
  reader.read("linger_bytes", kLingerBytes, config.linger_bytes);
}

}  // namespace backplane::host
