// SPDX-License-Identifier: Apache-2.0
#include "reports/readers.h"

#include "base/check.h"
#include "reports/arf/arf.h"
#include "reports/cybertipline/cybertipline.h"
#include "reports/iodef/iodef.h"
#include "reports/xarf/xarf.h"

namespace plumbline::reports {

namespace {

std::vector<Outcome> read_xml(ByteView bytes, const CategoryMap& categories, const ReportLimits& limits) {
    pugi::xml_document document;
    if (auto refused = parse_xml(bytes, document)) return {*refused};
    const pugi::xml_node root = document.document_element();
    if (is_iodef(root)) return read_iodef_xml(root, categories, limits);
    if (is_cybertipline(root)) return {read_cybertipline(root, categories, limits)};
    return {Refusal{"/" + std::string(local_name(root.name())).substr(0, 100), "is neither an IODEF-Document nor a CyberTipline report"}};
}

}  // namespace

std::string_view name_of(ReportForm form) {
    switch (form) {
        case ReportForm::json: return "json";
        case ReportForm::mail: return "mail";
        case ReportForm::xml: return "xml";
        case ReportForm::csv: return "csv";
    }
    return "";
}

Result<ReportReaders> ReportReaders::from_json(const Json& schemas, const Json& categories, const ReportLimits& limits) {
    return ReportReaders(TRY(Schemas::from_json(schemas)), TRY(CategoryMap::from_json(categories)), limits);
}

Outcome ReportReaders::read_json(const Json& json) const { return read_xarf(json, schemas_, categories_, limits_); }

std::vector<Outcome> ReportReaders::read(ReportForm form, ByteView bytes, const CsvMapping* mapping) const {
    const auto from_text = [this](std::string_view text) -> std::vector<Outcome> {
        auto json = parse_json(text);
        if (!json) return {Refusal{"", json.error().message}};
        if (looks_like_iodef(*json)) return read_iodef_json(*json, categories_, limits_);
        return {read_json(*json)};
    };
    switch (form) {
        case ReportForm::json: return from_text(text_of(bytes));
        case ReportForm::mail: return {read_report_mail(bytes, limits_, [&](std::string_view text) { return std::move(from_text(text).front()); })};
        case ReportForm::xml: return read_xml(bytes, categories_, limits_);
        case ReportForm::csv:
            if (mapping == nullptr) return {Refusal{"", "no mapping is set for this partner's lists"}};
            return read_csv(bytes, *mapping, categories_, limits_);
    }
    return {Refusal{"", "an unknown form"}};
}

}  // namespace plumbline::reports
