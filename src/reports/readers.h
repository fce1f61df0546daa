// SPDX-License-Identifier: Apache-2.0
// All formats behind one function.
//
//     const ReportReaders readers = TRY(ReportReaders::from_json(schemas, categories, {}));
//     for (Outcome& outcome : readers.read(ReportForm::mail, bytes)) ...
//
// Mail, XML and CSV are hostile bytes for parsers of some size: app/ and face/ read them in the sandbox alone (wire.h). JSON goes
// through base/json, as every JSON that the API takes (docs/decisions/0151).
#pragma once
#include "base/json.h"
#include "base/result.h"
#include "reports/category_map.h"
#include "reports/csv/csv.h"
#include "reports/report.h"
#include "reports/schema/schema.h"

namespace plumbline::reports {

enum class ReportForm : std::uint8_t { json = 1, mail = 2, xml = 3, csv = 4 };   // wire values
std::string_view name_of(ReportForm form);

class ReportReaders {
  public:
    static Result<ReportReaders> from_json(const Json& schemas, const Json& categories, const ReportLimits& limits);

    // What stands in `bytes`: one report of a mail or a JSON object, any number of an XML or CSV document. Never empty: a document
    // that holds no report is one Refusal. The mapping is for CSV alone.
    std::vector<Outcome> read(ReportForm form, ByteView bytes, const CsvMapping* mapping = nullptr) const;
    Outcome read_json(const Json& json) const;

    const CategoryMap& categories() const { return categories_; }
    const ReportLimits& limits() const { return limits_; }

  private:
    ReportReaders(Schemas schemas, CategoryMap categories, const ReportLimits& limits) : schemas_(std::move(schemas)), categories_(std::move(categories)), limits_(limits) {}
    Schemas schemas_;
    CategoryMap categories_;
    ReportLimits limits_;
};

}  // namespace plumbline::reports
