// SPDX-License-Identifier: Apache-2.0
// The readers of one generation each, and what they share. Inside xarf/ only.
#pragma once
#include "reports/xarf/xarf.h"

namespace plumbline::reports {

std::string text_or(const Json& json, std::string_view name);           // "" where it is not a text
Outcome read_xarf_4(const Json& json, const Schemas& schemas, const CategoryMap& categories, const ReportLimits& limits);
Outcome read_xarf_old(const Json& json, const Schemas& schemas, const CategoryMap& categories, const ReportLimits& limits);
// Takes one attached sample in; `where` is its pointer.
void take_sample(MachineReport& report, const std::string& where, std::string_view name, std::string_view media_type, const std::string& payload, bool is_base64,
                 std::string_view hash, const ReportLimits& limits);

}  // namespace plumbline::reports
