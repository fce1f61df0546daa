// SPDX-License-Identifier: Apache-2.0
// Jobs over HTTPS from a desk elsewhere (docs/formats/lab_api.md). Two connections: one for the work, one for renewals, so
// that a long download does not cost the lease.
#pragma once
#include <memory>

#include "base/entropy.h"
#include "base/time.h"
#include "http/client.h"
#include "lab/job_source.h"
#include "lab/lab_keys.h"

namespace plumbline::lab {

class HttpSource final : public JobSource {
  public:
    // `keys`, `clock` and `entropy` outlive it.
    static Result<std::unique_ptr<HttpSource>> open(const ClientOptions& options, const LabKeys& keys, Clock& clock, Entropy& entropy);
    Result<std::optional<dispatch::LabLease>> lease(const std::vector<std::string>& skills, unsigned wait_seconds) override;
    Result<void> fetch(std::string_view lease, const dispatch::LeasePart& part, std::uint64_t offset, std::uint64_t count,
                       const std::function<Result<void>(ByteView)>& take) override;
    Result<dispatch::RenewedLease> renew(std::string_view lease) override;
    Result<void> complete(std::string_view lease, ByteView sealed_finding) override;
    Result<void> keep_bookmark(std::string_view lease, ByteView sealed) override;
    Result<std::optional<Bytes>> bookmark(std::string_view lease) override;
    Result<void> give_back(std::string_view lease, std::string_view reason, bool is_final) override;

  private:
    HttpSource(const LabKeys& keys, Clock& clock, Entropy& entropy) : keys_(keys), clock_(clock), entropy_(entropy) {}
    Result<ClientAnswer> post(HttpClient& client, const std::string& path, std::string_view media_type, ByteView body);
    Result<void> download(const std::string& path, std::uint64_t offset, std::uint64_t count, int into_file);

    const LabKeys& keys_;
    Clock& clock_;
    Entropy& entropy_;
    std::unique_ptr<HttpClient> client_;
    std::unique_ptr<HttpClient> renewals_;
};

}  // namespace plumbline::lab
