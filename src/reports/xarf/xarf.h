// SPDX-License-Identifier: Apache-2.0
// XARF (https://xarf.org): v4 of all types, v3 as published and as it is sent, v2, v1 and alpha. Docs: docs/formats/xarf.md.
//
// v4 is read as people send it: what says who reports what about whom must be there and right, all else that breaks the schema is
// a named warning. v1 to v3 must fit their schema.
#pragma once
#include "base/json.h"
#include "reports/category_map.h"
#include "reports/report.h"
#include "reports/schema/schema.h"

namespace plumbline::reports {

bool looks_like_xarf(const Json& json);
Outcome read_xarf(const Json& json, const Schemas& schemas, const CategoryMap& categories, const ReportLimits& limits);

// All values of a JSON text but objects and lists, each with its pointer; not the members named in `left_out` at the top.
void append_fields(const Json& json, std::string_view pointer, const ReportLimits& limits, MachineReport& report);

}  // namespace plumbline::reports
