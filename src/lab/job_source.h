// SPDX-License-Identifier: Apache-2.0
// Where a lab worker gets its jobs: over HTTPS (http_source.h) or straight from the desk in the same process
// (desk_source.h). The verbs and their errors are those of dispatch::LabDesk.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/lab_desk.h"

namespace plumbline::lab {

// All but renew() are called by one thread, that by a second one meanwhile.
class JobSource {
  public:
    virtual ~JobSource() = default;
    virtual Result<std::optional<dispatch::LabLease>> lease(const std::vector<std::string>& skills, unsigned wait_seconds) = 0;
    // `count` sealed bytes of one part from `offset` on, in order, in pieces. What `take` says ends it.
    virtual Result<void> fetch(std::string_view lease, const dispatch::LeasePart& part, std::uint64_t offset, std::uint64_t count,
                               const std::function<Result<void>(ByteView)>& take) = 0;
    virtual Result<dispatch::RenewedLease> renew(std::string_view lease) = 0;
    virtual Result<void> complete(std::string_view lease, ByteView sealed_finding) = 0;
    virtual Result<void> keep_bookmark(std::string_view lease, ByteView sealed) = 0;
    virtual Result<std::optional<Bytes>> bookmark(std::string_view lease) = 0;
    virtual Result<void> give_back(std::string_view lease, std::string_view reason, bool is_final) = 0;
};

}  // namespace plumbline::lab
