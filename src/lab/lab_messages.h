// SPDX-License-Identifier: Apache-2.0
// The JSON bodies of the lab API (docs/formats/lab_api.md), written and read in one place. What a lab reads comes from its
// desk, what a desk reads from a lab; both are checked field by field.
#pragma once
#include "base/json.h"
#include "dispatch/lab_desk.h"

namespace plumbline::lab {

struct LeaseRequest {
    std::vector<std::string> skills;
    unsigned wait_seconds = 0;
};
struct GiveBackRequest {
    std::string reason;
    bool is_final = false;
};
Json to_json(const LeaseRequest& request);
Result<LeaseRequest> lease_request_from(const Json& json);
Json to_json(const GiveBackRequest& request);
Result<GiveBackRequest> give_back_request_from(const Json& json);
Json to_json(const dispatch::LabLease& lease);
Result<dispatch::LabLease> lab_lease_from(const Json& json);
Json to_json(const dispatch::RenewedLease& lease);
Result<dispatch::RenewedLease> renewed_lease_from(const Json& json);

}  // namespace plumbline::lab
