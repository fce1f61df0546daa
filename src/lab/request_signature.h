// SPDX-License-Identifier: Apache-2.0
// Signed requests (docs/formats/lab_api.md, "Who asks"): made by the lab, checked by the desk's listener before it reads
// the body.
#pragma once
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/time.h"
#include "dispatch/lab_desk.h"
#include "lab/lab_keys.h"

namespace plumbline::lab {

using Headers = std::vector<std::pair<std::string, std::string>>;
Headers sign_request(const LabKeys& keys, Instant now, Entropy& entropy, std::string_view method, std::string_view path, ByteView body);

// The fields of a request as they came, each "" where absent.
struct SignedRequest {
    std::string_view method;
    std::string_view path;
    std::string_view lab;
    std::string_view time;
    std::string_view nonce;
    std::string_view content_sha256;
    std::string_view signature;
};
struct CheckedRequest {
    dispatch::LabIdentity lab;
    Sha256 content_sha256;         // what the body must have
};

// Any thread.
class RequestGuard {
  public:
    using LabOf = std::function<Result<dispatch::LabIdentity>(LabId)>;
    RequestGuard(LabOf lab_of, Clock& clock) : lab_of_(std::move(lab_of)), clock_(clock), started_(clock.now()) {}
    // denied, naming the check that failed; busy while too many nonces are fresh.
    Result<CheckedRequest> check(const SignedRequest& request);

  private:
    Result<void> check_time(Instant time, Instant now) const;
    Result<void> remember(LabId lab, std::string_view nonce, Instant now);

    LabOf lab_of_;
    Clock& clock_;
    const Instant started_;
    std::mutex mutex_;
    std::set<std::pair<LabId, std::string>> nonces_;
    std::deque<std::pair<Instant, std::pair<LabId, std::string>>> by_age_;   // oldest first
};

}  // namespace plumbline::lab
