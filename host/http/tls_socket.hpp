#pragma once

struct bio_method_st;

namespace backplane::host {

// [any] OpenSSL's way to a socket: the data of such a BIO is an int with its number, and closing is
// not its business. OpenSSL's own one raises SIGPIPE when a client has gone, whatever the process
// has made of that signal. Null when there is no memory; the caller frees it.
bio_method_st* new_tls_socket_method();

}  // namespace backplane::host
