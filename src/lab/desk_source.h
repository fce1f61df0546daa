// SPDX-License-Identifier: Apache-2.0
// Jobs straight from the desk in the same process: the lab inside `serve`.
#pragma once
#include "lab/job_source.h"

namespace plumbline::lab {

class DeskSource final : public JobSource {
  public:
    DeskSource(dispatch::LabDesk& desk, dispatch::LabIdentity identity) : desk_(desk), identity_(std::move(identity)) {}
    Result<std::optional<dispatch::LabLease>> lease(const std::vector<std::string>& skills, unsigned wait_seconds) override;
    Result<void> fetch(std::string_view lease, const dispatch::LeasePart& part, std::uint64_t offset, std::uint64_t count,
                       const std::function<Result<void>(ByteView)>& take) override;
    Result<dispatch::RenewedLease> renew(std::string_view lease) override;
    Result<void> complete(std::string_view lease, ByteView sealed_finding) override;
    Result<void> keep_bookmark(std::string_view lease, ByteView sealed) override;
    Result<std::optional<Bytes>> bookmark(std::string_view lease) override;
    Result<void> give_back(std::string_view lease, std::string_view reason, bool is_final) override;

  private:
    dispatch::LabDesk& desk_;
    const dispatch::LabIdentity identity_;
};

}  // namespace plumbline::lab
