// SPDX-License-Identifier: Apache-2.0
#include "reports/csv/csv.h"

#include <algorithm>

#include "base/utf8.h"

namespace plumbline::reports {

namespace {

constexpr std::size_t columns_max = 500;
constexpr std::size_t field_bytes_max = 64 * 1024;

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

struct CsvRow {
    std::vector<std::string> fields;
    std::string problem;            // the row cannot be read
    bool is_empty = false;
};

// RFC 4180: quoted fields may hold the delimiter, line breaks and doubled quotes.
class CsvReader {
  public:
    CsvReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}
    bool at_end() const { return at_ >= text_.size(); }

    CsvRow next() {
        CsvRow row;
        const std::size_t begin = at_;
        for (;;) {
            std::string field;
            const bool is_quoted = at_ < text_.size() && text_[at_] == '"';
            const bool is_read = is_quoted ? quoted(field, row) : plain(field, row);
            if (row.fields.size() >= columns_max) row.problem = "has too many columns";
            else row.fields.push_back(std::move(field));
            if (!is_read || at_ >= text_.size() || text_[at_] != delimiter_) break;
            ++at_;
        }
        row.is_empty = row.problem.empty() && row.fields.size() == 1 && row.fields[0].empty();
        // Behind a fault the next line is a row again.
        if (!row.problem.empty() && at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') at_ = std::min(text_.size(), text_.find('\n', std::max(at_, begin)));
        if (at_ < text_.size() && text_[at_] == '\r') ++at_;
        if (at_ < text_.size() && text_[at_] == '\n') ++at_;
        return row;
    }

  private:
    bool plain(std::string& field, CsvRow& row) {
        const std::size_t begin = at_;
        while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
        take(text_.substr(begin, at_ - begin), field, row);
        return true;
    }
    bool quoted(std::string& field, CsvRow& row) {
        ++at_;
        for (;;) {
            const std::size_t close = text_.find('"', at_);
            if (close == std::string_view::npos) {
                row.problem = "has a quotation mark that is not closed";
                at_ = text_.size();
                return false;
            }
            take(text_.substr(at_, close - at_), field, row);
            at_ = close + 1;
            if (at_ < text_.size() && text_[at_] == '"') {
                take("\"", field, row);
                ++at_;
                continue;
            }
            if (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n' && text_[at_] != '\r') {
                row.problem = "has letters behind a closed quotation mark";
                return false;
            }
            return true;
        }
    }
    static void take(std::string_view piece, std::string& field, CsvRow& row) {
        if (field.size() + piece.size() > field_bytes_max) row.problem = fmt::format("has a field of more than {} bytes", field_bytes_max);
        else field += piece;
    }

    std::string_view text_;
    char delimiter_;
    std::size_t at_ = 0;
};

class RowMaker {
  public:
    RowMaker(const CsvMapping& mapping, const CategoryMap& categories, const ReportLimits& limits, std::vector<std::string> names)
        : mapping_(mapping), categories_(categories), limits_(limits), names_(std::move(names)) {}

    Outcome make(CsvRow row, std::size_t number) const {
        const auto place = [number](std::string_view column) { return column.empty() ? fmt::format("row {}", number) : fmt::format("row {}, column {}", number, column); };
        if (!row.problem.empty()) return Refusal{place(""), row.problem};
        if (row.fields.size() != names_.size()) return Refusal{place(""), fmt::format("has {} columns, the first row has {}", row.fields.size(), names_.size())};
        MachineReport report;
        report.format = "CSV";
        const std::string named = lowered(value_of(row, mapping_.category_column));
        if (const auto known = mapping_.category_values.find(named); known != mapping_.category_values.end() && !mapping_.category_column.empty()) report.category = known->second;
        else if (!mapping_.category_column.empty() && categories_.has(named)) report.category = named;
        else if (mapping_.category_otherwise.empty()) return Refusal{place(mapping_.category_column), "the mapping has no category for this value"};
        else report.category = mapping_.category_otherwise;
        report.kind = "csv/" + report.category;
        report.reported_value = value_of(row, mapping_.reported_column);
        if (!mapping_.reported_column.empty() && report.reported_value.empty()) return Refusal{place(mapping_.reported_column), "must name what is reported"};
        if (const std::string day = value_of(row, mapping_.day_column); !day.empty()) {
            if (auto instant = instant_from(day)) report.day = day_of(*instant);
            else if (auto date = day_from(day.substr(0, 10))) report.day = *date;
            else report.warn("wrong_form", place(mapping_.day_column), "must be a day (2026-11-28) or a time (RFC 3339): it is left out");
        }
        report.contact = value_of(row, mapping_.contact_column);
        const std::string text = value_of(row, mapping_.text_column);
        report.summary = !text.empty() ? text : report.reported_value.empty() ? std::string("A partner reports this row of a list.") : fmt::format("A partner reports {}.", report.reported_value);
        for (std::size_t i = 0; i < names_.size() && report.fields.size() < limits_.fields_max; ++i)
            if (!row.fields[i].empty() && names_[i] != mapping_.text_column) report.fields.push_back({names_[i], std::move(row.fields[i])});
        return report;
    }

  private:
    std::string value_of(const CsvRow& row, const std::string& column) const {
        if (column.empty()) return {};
        const auto found = std::find(names_.begin(), names_.end(), column);
        return found == names_.end() ? std::string() : row.fields[static_cast<std::size_t>(found - names_.begin())];
    }
    const CsvMapping& mapping_;
    const CategoryMap& categories_;
    const ReportLimits& limits_;
    std::vector<std::string> names_;
};

Result<std::string> column_at(const Json& json, std::string_view name) { return json.text_at_or(name, ""); }

}  // namespace

Result<CsvMapping> CsvMapping::from_json(const Json& json, const CategoryMap& categories) {
    CsvMapping mapping;
    if (TRY(json.text_at("format")) != "plumbline-csv/1") return fail(ErrorKind::unsupported, "format: must be plumbline-csv/1");
    const std::string delimiter = TRY(json.text_at_or("delimiter", ","));
    if (delimiter.size() != 1 || delimiter == "\"" || delimiter == "\n" || delimiter == "\r") return fail(ErrorKind::invalid, "delimiter: must be one letter");
    mapping.delimiter = delimiter[0];
    const Json* category = TRY(json.object_at("category"));
    mapping.category_column = TRY(column_at(*category, "column"));
    mapping.category_otherwise = TRY(column_at(*category, "otherwise"));
    if (const Json* values = category->find("values")) {
        if (!values->is_object()) return fail(ErrorKind::invalid, "category.values: must be an object");
        for (const auto& [from, to] : values->as_object()) {
            if (!to.is_text() || !categories.has(to.as_text())) return fail(ErrorKind::invalid, "category.values.{}: is not a category of this hotline", from);
            mapping.category_values[lowered(from)] = to.as_text();
        }
    }
    if (!mapping.category_otherwise.empty() && !categories.has(mapping.category_otherwise)) return fail(ErrorKind::invalid, "category.otherwise: is not a category of this hotline");
    if (mapping.category_column.empty() && mapping.category_otherwise.empty()) return fail(ErrorKind::invalid, "category: names neither a column nor a category for all rows");
    mapping.reported_column = TRY(column_at(json, "reported"));
    mapping.day_column = TRY(column_at(json, "day"));
    mapping.contact_column = TRY(column_at(json, "contact"));
    mapping.text_column = TRY(column_at(json, "text"));
    const std::int64_t first_row = TRY(json.integer_at_or("first_row", 2));
    if (first_row < 2) return fail(ErrorKind::invalid, "first_row: must be 2 or more");
    mapping.first_row = static_cast<std::uint64_t>(first_row);
    return mapping;
}

Json CsvMapping::to_json() const {
    Json values = Json::object();
    for (const auto& [from, to] : category_values) values.set(from, to);
    Json category = Json::object();
    category.set("column", category_column).set("values", std::move(values)).set("otherwise", category_otherwise);
    Json json = Json::object();
    json.set("format", "plumbline-csv/1").set("delimiter", std::string(1, delimiter)).set("category", std::move(category));
    json.set("reported", reported_column).set("day", day_column).set("contact", contact_column).set("text", text_column).set("first_row", first_row);
    return json;
}

std::vector<Outcome> read_csv(ByteView bytes, const CsvMapping& mapping, const CategoryMap& categories, const ReportLimits& limits) {
    std::string_view text = text_of(bytes);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    if (!is_utf8(text)) return {Refusal{"", "must be UTF-8"}};
    CsvReader reader(text, mapping.delimiter);
    if (reader.at_end()) return {Refusal{"row 1", "must name the columns"}};
    CsvRow head = reader.next();
    if (!head.problem.empty()) return {Refusal{"row 1", head.problem}};
    for (const std::string& column : {mapping.category_column, mapping.reported_column, mapping.day_column, mapping.contact_column, mapping.text_column})
        if (!column.empty() && std::find(head.fields.begin(), head.fields.end(), column) == head.fields.end()) return {Refusal{"row 1", "has no column " + column + ", which the mapping names"}};
    const RowMaker maker(mapping, categories, limits, std::move(head.fields));
    std::vector<Outcome> outcomes;
    for (std::size_t number = mapping.first_row; !reader.at_end(); ++number) {
        CsvRow row = reader.next();
        if (row.is_empty) continue;
        if (outcomes.size() >= limits.items_max) {
            outcomes.push_back(Refusal{fmt::format("row {}", number), fmt::format("a file may have {} rows: this one and the ones behind it are not taken", limits.items_max)});
            break;
        }
        outcomes.push_back(maker.make(std::move(row), number));
    }
    if (outcomes.empty()) outcomes.push_back(Refusal{"", "there is no row"});
    return outcomes;
}

}  // namespace plumbline::reports
