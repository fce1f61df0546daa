// SPDX-License-Identifier: Apache-2.0
// Comma-separated values (RFC 4180) with a mapping file that says which column is what (docs/formats/reports_csv.md). In the
// sandbox only.
//
//     {"format": "plumbline-csv/1", "delimiter": ";", "category": {"column": "type", "values": {"phish": "fraud.phishing"}, "otherwise": "other.unclassified"},
//      "reported": "url", "day": "seen", "contact": "mail", "text": "note"}
#pragma once
#include <map>

#include "base/json.h"
#include "reports/category_map.h"
#include "reports/report.h"

namespace plumbline::reports {

struct CsvMapping {
    char delimiter = ',';
    std::string category_column;                        // "" = every row has category_otherwise
    std::map<std::string, std::string> category_values; // from what stands in the column, in lower case
    std::string category_otherwise;                     // "" = a row with another value is refused
    std::string reported_column, day_column, contact_column, text_column;   // "" = the file has none

    std::uint64_t first_row = 2;                        // the number of the second row of what is read, where it is a piece

    // invalid: names the member that is wrong. A category must be one of ours.
    static Result<CsvMapping> from_json(const Json& json, const CategoryMap& categories);
    Json to_json() const;
};

// The first row names the columns. An Outcome a row, in order; rows count from 2.
std::vector<Outcome> read_csv(ByteView bytes, const CsvMapping& mapping, const CategoryMap& categories, const ReportLimits& limits);

}  // namespace plumbline::reports
