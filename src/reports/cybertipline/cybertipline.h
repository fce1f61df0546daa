// SPDX-License-Identifier: Apache-2.0
// XML in the shape that providers send to NCMEC's CyberTipline: <report> with incidentSummary and reporter, and <fileDetails>.
// Docs: docs/formats/cybertipline.md. NCMEC's own schema is not shipped: what every report must say is looked for. In the sandbox only.
#pragma once
#include "reports/category_map.h"
#include "reports/report.h"
#include "reports/xml/xml_text.h"

namespace plumbline::reports {

bool is_cybertipline(const pugi::xml_node& root);
Outcome read_cybertipline(const pugi::xml_node& root, const CategoryMap& categories, const ReportLimits& limits);

}  // namespace plumbline::reports
