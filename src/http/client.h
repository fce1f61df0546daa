// SPDX-License-Identifier: Apache-2.0
// A blocking HTTP/1.1 client for a lab that dials in: TLS with the server's certificate pinned by its SHA-256 fingerprint,
// or checked against a CA file. Follows no redirect. One thread at a time; keeps its connection.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/result.h"

namespace plumbline {

struct ClientOptions {
    std::string base_url;                        // "https://host:8443" or "http://127.0.0.1:8080"
    std::optional<Sha256> certificate_sha256;    // of the server's DER certificate
    std::string ca_file;                         // where no fingerprint is given; "" = the system's
    unsigned timeout_seconds = 60;
    std::uint64_t answer_bytes_max = 6ULL * 1024 * 1024 * 1024;
};
struct ClientAnswer {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;
};

class HttpClient {
  public:
    static Result<std::unique_ptr<HttpClient>> open(const ClientOptions& options);
    virtual ~HttpClient() = default;
    using Headers = std::vector<std::pair<std::string, std::string>>;
    virtual Result<ClientAnswer> request(std::string_view method, std::string_view target, const Headers& headers, ByteView body) = 0;
    // The same with the answer's body written to a file descriptor that the caller owns (memory stays flat).
    virtual Result<ClientAnswer> download(std::string_view method, std::string_view target, const Headers& headers, int into_fd) = 0;
};

// A self-signed certificate and key (P-256, ten years) written as PEM files, key with mode 0600; returns the
// certificate's fingerprint. Existing files are kept and their fingerprint returned.
Result<Sha256> ensure_certificate(const std::string& certificate_path, const std::string& key_path, std::string_view host_name);

}  // namespace plumbline
