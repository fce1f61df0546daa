// SPDX-License-Identifier: Apache-2.0
// The report form and what comes of it. Fields are kept in memory, each bounded; files are sealed piece by piece as they
// come and are never whole in memory nor unsealed on a disk.
#include "base/utf8.h"
#include "face/hotline_pages.h"
#include "face/tip_fields.h"
#include "http/multipart.h"

namespace plumbline::face {

namespace {
using Fields = std::map<std::string, std::string>;

struct FormField {
    const char* name;
    const char* label;   // in an error list
};
constexpr FormField form_fields[] = {
    {"text", "What happened"},
    {"category", "What fits best"},
    {"danger_now", "Is somebody in danger now"},
    {"still_happening", "Is it still happening"},
    {"victim_is_child", "Is the person under 18"},
    {"amount", "Amount"},
    {"currency", "Currency"},
    {"sent_within_72_hours", "Did you send money in the last three days"},
    {"contact", "How can we reach you"},
    {"files", "Files"},
};
constexpr const char* answer_names[] = {"danger_now", "still_happening", "victim_is_child", "sent_within_72_hours"};

std::string_view value_in(const Fields& fields, const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

Json choices(std::string_view chosen) {
    if (chosen != "yes" && chosen != "no") chosen = "unknown";
    constexpr std::pair<const char*, const char*> rows[] = {{"unknown", "I don't know"}, {"no", "No"}, {"yes", "Yes"}};
    Json list = Json::array();
    for (const auto& [value, words] : rows) {
        Json row = Json::object();
        row.set("value", value).set("words", words).set("chosen", chosen == value);
        list.push(std::move(row));
    }
    return list;
}

Json category_groups_json(const Categories& categories, std::string_view chosen) {
    Json groups = Json::array();
    for (const CategoryGroup group : category_groups) {
        Json leaves = Json::array();
        for (const Category& leaf : categories.leaves()) {
            if (leaf.group != group || leaf.code == category_not_sure) continue;
            Json row = Json::object();
            row.set("code", leaf.code).set("plain", leaf.plain).set("chosen", leaf.code == chosen);
            leaves.push(std::move(row));
        }
        if (leaves.as_array().empty()) continue;
        Json row = Json::object();
        row.set("title", categories.title_of(group)).set("leaves", std::move(leaves));
        groups.push(std::move(row));
    }
    return groups;
}

// The form with what was typed in it.
Response form_page(const Hotline& hotline, int status, const Fields& fields, const std::vector<FieldError>& errors, std::string_view failure, bool files_lost) {
    const HotlineServices& services = hotline.services;
    Json values = Json::object();
    for (const char* name : {"text", "amount", "currency", "contact"}) values.set(name, value_in(fields, name));
    for (const char* name : answer_names) values.set(name, choices(value_in(fields, name)));
    values.set("groups", category_groups_json(services.categories, value_in(fields, "category")));
    values.set("not_sure", category_not_sure);
    values.set("files_max", services.limits.tip_files_max).set("file_size_max", size_words(services.limits.file_bytes_max));
    Json list = Json::array();
    for (const FieldError& error : errors) {
        const auto* field = std::find_if(std::begin(form_fields), std::end(form_fields), [&](const FormField& row) { return error.field == row.name; });
        Json row = Json::object();
        row.set("field", error.field).set("text", error.text).set("label", field == std::end(form_fields) ? "Report" : field->label);
        values.set("error_" + error.field, error.text);
        list.push(std::move(row));
    }
    values.set("has_errors", !errors.empty()).set("errors", std::move(list));
    values.set("error_lead", errors.size() == 1 ? "One thing needs a change:" : fmt::format("{} things need a change:", errors.size()));
    values.set("failure", failure).set("files_lost", files_lost);
    return hotline.respond(status, Tab::report, errors.empty() && failure.empty() ? "Report a cybercrime" : "Not sent yet", hotline.report, values);
}

class ReportSink final : public BodySink, public MultipartHandler {
  public:
    explicit ReportSink(HotlinePtr hotline) : hotline_(hotline) {}
    Result<void> open(std::string_view content_type) {
        reader_.emplace(TRY(MultipartReader::open(content_type, {}, *this)));
        return {};
    }
    Result<void> data(ByteView piece) override { return reader_->feed(piece); }
    Response finish() override;
    Response refuse(const Error& error) override;

    Result<void> begin_part(const PartHead& head) override;
    Result<void> part_data(ByteView piece) override;
    Result<void> end_part() override;

  private:
    enum class Part { ignored, field, file };
    Result<void> begin_file(const PartHead& head);
    void refuse_files(std::string text);
    Response receipt_page(const intake::Receipt& receipt, const TipContent& content) const;
    const Limits& limits() const { return hotline_->services.limits; }

    HotlinePtr hotline_;
    std::optional<MultipartReader> reader_;
    Fields fields_;
    std::vector<FieldError> errors_;        // found while reading: too long, too many, too large
    std::unique_ptr<intake::TipWriter> writer_;
    Part part_ = Part::ignored;
    std::string field_name_;
    std::size_t field_bytes_ = 0;           // sent, kept or not
    bool had_files_ = false;
    bool is_hopeless_ = false;              // refused already: what files still come are read and dropped
};

Result<void> ReportSink::begin_part(const PartHead& head) {
    part_ = Part::ignored;
    if (head.name == "files") return begin_file(head);
    const bool is_known = std::any_of(std::begin(form_fields), std::end(form_fields), [&](const FormField& row) { return head.name == row.name; });
    if (!is_known || head.file_name) return {};
    part_ = Part::field;
    field_name_ = head.name;
    field_bytes_ = 0;
    fields_[field_name_].clear();
    return {};
}

Result<void> ReportSink::begin_file(const PartHead& head) {
    if (!head.file_name || head.file_name->empty()) return {};  // the empty file input of a form
    had_files_ = true;
    // The form's fields stand before its files: where one is refused already, nothing is sealed for it.
    if (!is_hopeless_ && fields_.contains("text")) is_hopeless_ = !errors_.empty() || !check_fields(fields_, hotline_->services.categories, limits()).errors.empty();
    if (is_hopeless_) return {};
    if (!writer_) writer_ = TRY(hotline_->services.intake.begin({.channel = TipChannel::form, .partner = {}, .dedup_source = {}, .received = {}}));
    auto begun = writer_->begin_file(utf8_prefix(*head.file_name, limits().file_name_bytes_max), head.media_type);
    if (!begun && begun.error().kind == ErrorKind::too_large) {
        refuse_files(fmt::format("at most {} files go with one report. Send the others with a second one, or in a message later", limits().tip_files_max));
        return {};
    }
    if (!begun) return begun;
    part_ = Part::file;
    return {};
}

void ReportSink::refuse_files(std::string text) {
    errors_.push_back({"files", std::move(text)});
    is_hopeless_ = true;
    part_ = Part::ignored;
    writer_.reset();  // throws away what was sealed
}

Result<void> ReportSink::part_data(ByteView piece) {
    if (part_ == Part::field) {
        // What is over the limit is counted and not kept; the person sees both numbers and what was kept.
        const std::size_t limit = field_name_ == "text" ? limits().tip_text_bytes_max * 2 : limits().field_bytes_max;
        std::string& value = fields_[field_name_];
        field_bytes_ += piece.size();
        value += text_of(piece).substr(0, limit - std::min(limit, value.size()));
    }
    if (part_ != Part::file) return {};
    auto taken = writer_->file_data(piece);
    if (taken || taken.error().kind != ErrorKind::too_large) return taken;
    refuse_files(fmt::format("a file is too large, or all together are: at most {} each and {} in all", size_words(limits().file_bytes_max),
                             size_words(limits().tip_bytes_max)));
    return {};
}

Result<void> ReportSink::end_part() {
    if (part_ == Part::file) TRY(writer_->end_file());
    if (part_ == Part::field) {
        std::string& value = fields_[field_name_];
        const bool is_text = field_name_ == "text";
        const std::size_t bytes_max = is_text ? limits().tip_text_bytes_max : limits().field_bytes_max;
        if (field_bytes_ > value.size() && !is_text)
            errors_.push_back({field_name_, fmt::format("this is too long: {} bytes, and at most {} are taken", field_bytes_, bytes_max)});
        value = cleaned_text(value);
        if (field_bytes_ > bytes_max * 2 && is_text)
            errors_.push_back({field_name_, fmt::format("this is too long: {} bytes, and at most {} are taken. Put the rest into a file", field_bytes_, bytes_max)});
    }
    part_ = Part::ignored;
    return {};
}

Response ReportSink::finish() {
    if (auto ended = reader_->end(); !ended) return refuse(ended.error());
    CheckedFields checked = check_fields(fields_, hotline_->services.categories, limits());
    std::vector<FieldError> errors = errors_;
    for (FieldError& error : checked.errors) {
        const bool is_told = std::any_of(errors.begin(), errors.end(), [&](const FieldError& other) { return other.field == error.field; });
        if (!is_told) errors.push_back(std::move(error));
    }
    if (!errors.empty()) return form_page(*hotline_, 422, fields_, errors, "", had_files_);
    if (!writer_) {
        auto writer = hotline_->services.intake.begin({.channel = TipChannel::form, .partner = {}, .dedup_source = {}, .received = {}});
        if (!writer) return refuse(writer.error());
        writer_ = std::move(*writer);
    }
    const TipContent content = checked.content;
    auto receipt = writer_->finish(std::move(checked.content));
    if (!receipt) return refuse(receipt.error());
    return receipt_page(*receipt, content);
}

Response ReportSink::refuse(const Error& error) {
    writer_.reset();
    if (error.kind == ErrorKind::invalid || error.kind == ErrorKind::too_large) {
        // "category: no such one" of the intake, or a form whose framing is broken.
        std::string field = error.message.substr(0, error.message.find(':'));
        const bool is_field = std::any_of(std::begin(form_fields), std::end(form_fields), [&](const FormField& row) { return field == row.name; });
        if (is_field) return form_page(*hotline_, 422, fields_, {{field, error.message.substr(std::min(error.message.size(), field.size() + 2))}}, "", had_files_);
        return form_page(*hotline_, http_status_of(error.kind), fields_, {}, "The form did not come whole: " + error.message + ". Nothing was stored. Please send it again.", had_files_);
    }
    const std::string_view why = error.kind == ErrorKind::busy ? "Many people report at this moment. Nothing was stored. Please press \"Send\" again in a minute."
                                                               : "There is a fault on our side. Nothing was stored. Please try again in a few minutes.";
    Response response = form_page(*hotline_, 503, fields_, {}, why, had_files_);
    return response.with("Retry-After", "60");
}

Response ReportSink::receipt_page(const intake::Receipt& receipt, const TipContent& content) const {
    Json values = Json::object();
    Json words = Json::array();
    std::string_view rest = receipt.words;
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find(' '));
        words.push(word);
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    values.set("words", std::move(words)).set("words_line", receipt.words).set("proof", receipt.proof);
    values.set("day", day_words(hotline_->services.clock.now()));
    values.set("money_hint", content.sent_within_72_hours == Answer::yes).set("danger_hint", content.danger_now == Answer::yes);
    return hotline_->respond(200, Tab::report, "Your report is stored", hotline_->receipt, values);
}
}  // namespace

void add_report_routes(Router& router, HotlinePtr hotline) {
    router.get("/", [hotline](const Request&) { return form_page(*hotline, 200, {}, {}, "", false); });
    router.get("/report", [](const Request&) { return Response::redirect("/"); });
    router.post_stream("/report", [hotline](const Request& request) -> Result<std::unique_ptr<BodySink>> {
        auto sink = std::make_unique<ReportSink>(hotline);
        TRY(sink->open(request.header("content-type")));
        return sink;
    });
}

}  // namespace plumbline::face
