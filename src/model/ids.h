// SPDX-License-Identifier: Apache-2.0
// The kinds of id that the rooms speak of.
#pragma once
#include "base/id.h"

namespace plumbline {

struct TipTag { static constexpr std::string_view prefix = "tip_"; };
struct JobTag { static constexpr std::string_view prefix = "job_"; };
struct LabTag { static constexpr std::string_view prefix = "lab_"; };
struct FindingTag { static constexpr std::string_view prefix = "finding_"; };
struct StaffTag { static constexpr std::string_view prefix = "staff_"; };
struct RepeatTag { static constexpr std::string_view prefix = "rep_"; };
struct MessageTag { static constexpr std::string_view prefix = "msg_"; };

using TipId = Id<TipTag>;
using JobId = Id<JobTag>;
using LabId = Id<LabTag>;
using FindingId = Id<FindingTag>;
using StaffId = Id<StaffTag>;
using RepeatId = Id<RepeatTag>;
using MessageId = Id<MessageTag>;

}  // namespace plumbline
