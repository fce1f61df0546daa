// SPDX-License-Identifier: Apache-2.0
// A blocking HTTP/1.1 client for a lab that dials in: TLS with the server's certificate pinned by its SHA-256 fingerprint,
// or checked against a CA file. Follows no redirect. One thread at a time; keeps its connection.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/result.h"

namespace plumbline {

struct ClientOptions {
    std::string base_url = {};                   // "https://host:8443" or "http://127.0.0.1:8080"
    std::optional<Sha256> certificate_sha256 = {}; // of the server's DER certificate
    std::string ca_file = {};                    // where no fingerprint is given; "" = the system's
    unsigned timeout_seconds = 60;               // for each step: to connect, and until the next piece goes or comes
    std::uint64_t answer_bytes_max = 6ULL * 1024 * 1024 * 1024;
};
struct ClientAnswer {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;
};

// request() holds its answer in memory, at most this much; what may be larger goes through download().
inline constexpr std::uint64_t answer_in_memory_bytes_max = 64ULL * 1024 * 1024;

// Errors: unavailable (no connection, or it broke), timeout, denied (the certificate is not the pinned one or does not
// check), too_large (the answer), corrupt (not HTTP). A status of 400 or 500 is an answer, not an error. A request is
// sent again, once, only where a kept connection turned out closed and the method is GET, HEAD, PUT or DELETE.
class HttpClient {
  public:
    static Result<std::unique_ptr<HttpClient>> open(const ClientOptions& options);
    virtual ~HttpClient() = default;
    using Headers = std::vector<std::pair<std::string, std::string>>;
    virtual Result<ClientAnswer> request(std::string_view method, std::string_view target, const Headers& headers, ByteView body) = 0;
    // The same with the answer's body written to a file descriptor that the caller owns (memory stays flat). The body of
    // an answer that is not 2xx goes to `body` instead, as with request().
    virtual Result<ClientAnswer> download(std::string_view method, std::string_view target, const Headers& headers, int into_fd) = 0;
};

// A self-signed certificate and key (P-256, ten years) written as PEM files, key with mode 0600; returns the
// certificate's fingerprint. Existing files are kept and their fingerprint returned.
Result<Sha256> ensure_certificate(const std::string& certificate_path, const std::string& key_path, std::string_view host_name);

}  // namespace plumbline
