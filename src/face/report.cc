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

// The form's fields; the label of each in a list of errors is "report.NAME", but for work, which is never in one.
constexpr const char* form_fields[] = {
    "text", "danger_now", "category", "sent_within_72_hours", "recall_account", "recall_sent_to", "recall_card_last_four", "recall_wallet", "recall_transaction", "recall_time",
    "amount", "currency", "payment_rail", "contact_channel", "reporter_role", "still_happening", "victim_is_child", "victim_is_older", "victim_is_organisation",
    "victim_is_critical_service", "synthetic_content", "contact", "files", "work"};
bool is_form_field(std::string_view name) { return std::find(std::begin(form_fields), std::end(form_fields), name) != std::end(form_fields); }
constexpr const char* answer_names[] = {"danger_now", "still_happening", "victim_is_child", "sent_within_72_hours", "synthetic_content"};
constexpr const char* victim_boxes[] = {"victim_is_older", "victim_is_organisation", "victim_is_critical_service"};

std::string_view value_in(const Fields& fields, const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

Json choices(const language::Language& words, std::string_view chosen) {
    if (chosen != "yes" && chosen != "no") chosen = "unknown";
    Json list = Json::array();
    for (const char* value : {"unknown", "no", "yes"}) {
        Json row = Json::object();
        row.set("value", value).set("words", words.text(std::string("answer.") + value)).set("chosen", chosen == value);
        list.push(std::move(row));
    }
    return list;
}

Json category_groups_json(const Hotline& hotline, std::string_view chosen) {
    const language::Language& words = hotline.words;
    Json groups = Json::array();
    for (const CategoryGroup group : category_groups) {
        Json leaves = Json::array();
        bool is_open = false;
        for (const Category& leaf : hotline.services.categories.leaves()) {
            if (leaf.group != group || leaf.code == category_not_sure) continue;
            Json row = Json::object();
            row.set("code", leaf.code).set("plain", words.text("category." + leaf.code)).set("examples", words.text("category." + leaf.code + ".examples")).set("chosen", leaf.code == chosen);
            is_open = is_open || leaf.code == chosen;
            leaves.push(std::move(row));
        }
        if (leaves.as_array().empty()) continue;
        Json row = Json::object();
        row.set("title", words.text("group." + std::string(name_of(group)))).set("leaves", std::move(leaves)).set("open", is_open);
        groups.push(std::move(row));
    }
    return groups;
}

std::string_view error_of(const Json& values, std::string_view field) {
    const Json* error = values.find("error_" + std::string(field));
    return error == nullptr ? std::string_view() : std::string_view(error->as_text());
}

// The questions that are answered with a word of a list: payment rail, channel of contact, role.
Json list_questions(const Hotline& hotline, const Fields& fields, const Json& errors) {
    const language::Language& words = hotline.words;
    Json questions = Json::array();
    for (const AttributeField& field : attribute_fields) {
        const std::string name(field.name);
        const std::string_view chosen = value_in(fields, name.c_str());
        Json options = Json::array();
        options.push(Json::object().set("value", "").set("words", words.text(name == "reporter_role" ? "answer.unsaid" : "answer.unknown")).set("chosen", chosen.empty()));
        for (const std::string_view word : field.words)
            options.push(Json::object().set("value", word).set("words", words.text(fmt::format("{}.{}", name, word))).set("chosen", word == chosen));
        questions.push(Json::object().set("name", name).set("label", words.text("report." + name)).set("error", error_of(errors, name)).set("options", std::move(options)));
    }
    return questions;
}

Json recall_questions(const Hotline& hotline, const Fields& fields, const Json& errors) {
    Json questions = Json::array();
    for (const RecallField& field : recall_fields) {
        const std::string name = "recall_" + std::string(field.name);
        Json row = Json::object();
        row.set("name", field.name).set("label", hotline.words.text("report." + name)).set("value", value_in(fields, name.c_str()));
        row.set("error", error_of(errors, name)).set("is_short", field.name == "card_last_four");
        questions.push(std::move(row));
    }
    return questions;
}

Json victim_choices(const language::Language& words, const Fields& fields) {
    Json boxes = Json::array();
    for (const char* name : victim_boxes)
        boxes.push(Json::object().set("name", name).set("words", words.text(std::string("report.") + name)).set("chosen", value_in(fields, name) == "yes"));
    return boxes;
}

// What the form says above itself.
struct FormNotes {
    std::vector<FieldRefusal> refusals = {};
    std::string failure = {};      // a message's key; "" = none
    bool files_lost = false;
};

// The form with what was typed in it.
Response form_page(const Hotline& hotline, int status, const Fields& fields, const FormNotes& notes = {}) {
    const HotlineServices& services = hotline.services;
    const language::Language& words = hotline.words;
    Json values = Json::object();
    for (const char* name : {"text", "amount", "currency", "contact"}) values.set(name, value_in(fields, name));
    for (const char* name : answer_names) values.set(name, choices(words, value_in(fields, name)));
    const std::string_view category = value_in(fields, "category");
    values.set("groups", category_groups_json(hotline, category)).set("not_sure", category_not_sure);
    values.set("is_not_sure", category == category_not_sure || services.categories.find(category) == nullptr);
    values.set("victim", victim_choices(words, fields));
    values.set("files_max", services.limits.tip_files_max).set("file_size_max", size_words(words, services.limits.file_bytes_max));
    Json list = Json::array();
    for (const FieldRefusal& refusal : notes.refusals) {
        const std::string text = words.text(refusal.key, refusal.values);
        Json row = Json::object();
        row.set("field", refusal.field).set("text", text).set("label", words.text("report." + refusal.field));
        values.set("error_" + refusal.field, text);
        list.push(std::move(row));
    }
    values.set("choices", list_questions(hotline, fields, values)).set("recall", recall_questions(hotline, fields, values));
    values.set("has_errors", !notes.refusals.empty()).set("errors", std::move(list)).set("count", notes.refusals.size());
    values.set("failure", notes.failure.empty() ? "" : words.text(notes.failure)).set("files_lost", notes.files_lost);
    const bool is_fresh = notes.refusals.empty() && notes.failure.empty();
    return hotline.respond(status, Tab::report, words.text(is_fresh ? "report.title" : "report.not_sent"), hotline.report, values);
}

class ReportSink final : public BodySink, public MultipartHandler {
  public:
    explicit ReportSink(const Hotline& hotline) : hotline_(&hotline) {}
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
    Result<void> admit();                   // once, before anything is sealed
    void refuse_files(FieldRefusal refusal);
    const Limits& limits() const { return hotline_->services.limits; }

    HotlinePtr hotline_;
    std::optional<MultipartReader> reader_;
    Fields fields_;
    std::vector<FieldRefusal> errors_;      // found while reading: too long, too many, too large
    std::unique_ptr<intake::TipWriter> writer_;
    Part part_ = Part::ignored;
    std::string field_name_;
    std::size_t field_bytes_ = 0;           // sent, kept or not
    bool had_files_ = false;
    std::optional<Result<void>> admitted_;
    bool is_hopeless_ = false;              // refused already: what files still come are read and dropped
};

Result<void> ReportSink::begin_part(const PartHead& head) {
    part_ = Part::ignored;
    if (head.name == "files") return begin_file(head);
    if (!is_form_field(head.name) || head.file_name) return {};
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
    if (!is_hopeless_ && fields_.contains("text")) is_hopeless_ = !errors_.empty() || !check_fields(fields_, hotline_->services.categories, limits()).refusals.empty();
    if (is_hopeless_) return {};
    if (!admit()) {
        is_hopeless_ = true;   // finish() says so, with all that was typed
        return {};
    }
    if (!writer_) writer_ = TRY(hotline_->services.intake.begin({.channel = TipChannel::form, .partner = {}, .dedup_source = {}, .received = {}}));
    auto begun = writer_->begin_file(utf8_prefix(*head.file_name, limits().file_name_bytes_max), head.media_type);
    if (!begun && begun.error().kind == ErrorKind::too_large) {
        refuse_files({"files", "error.files_count", {{"count", static_cast<std::int64_t>(limits().tip_files_max)}}});
        return {};
    }
    if (!begun) return begun;
    part_ = Part::file;
    return {};
}

Result<void> ReportSink::admit() {
    if (!admitted_) admitted_ = hotline_->services.work == nullptr ? Result<void>() : hotline_->services.work->admit(value_in(fields_, "work"));
    return *admitted_;
}

void ReportSink::refuse_files(FieldRefusal refusal) {
    errors_.push_back(std::move(refusal));
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
    const language::Language& words = hotline_->words;
    refuse_files({"files", "error.files_size", {{"each", size_words(words, limits().file_bytes_max)}, {"all", size_words(words, limits().tip_bytes_max)}}});
    return {};
}

Result<void> ReportSink::end_part() {
    if (part_ == Part::file) TRY(writer_->end_file());
    if (part_ == Part::field) {
        std::string& value = fields_[field_name_];
        if (field_name_ == "work") {   // no person wrote it: one that is too long counts as none
            if (field_bytes_ > value.size()) value.clear();
            part_ = Part::ignored;
            return {};
        }
        const bool is_text = field_name_ == "text";
        const std::size_t bytes_max = is_text ? limits().tip_text_bytes_max : limits().field_bytes_max;
        const std::vector<language::Argument> values{{"sent", static_cast<std::int64_t>(field_bytes_)}, {"limit", static_cast<std::int64_t>(bytes_max)}};
        if (field_bytes_ > value.size() && !is_text) errors_.push_back({field_name_, "error.too_long", values});
        value = cleaned_text(value);
        if (field_bytes_ > bytes_max * 2 && is_text) errors_.push_back({field_name_, "error.text_too_long", values});
    }
    part_ = Part::ignored;
    return {};
}

Response ReportSink::finish() {
    if (auto ended = reader_->end(); !ended) return refuse(ended.error());
    CheckedFields checked = check_fields(fields_, hotline_->services.categories, limits());
    std::vector<FieldRefusal> refusals = errors_;
    for (FieldRefusal& refusal : checked.refusals) {
        const bool is_told = std::any_of(refusals.begin(), refusals.end(), [&](const FieldRefusal& other) { return other.field == refusal.field; });
        if (!is_told) refusals.push_back(std::move(refusal));
    }
    if (!refusals.empty()) return form_page(*hotline_, 422, fields_, {.refusals = std::move(refusals), .files_lost = had_files_});
    if (auto let_in = admit(); !let_in) return refuse(let_in.error());
    if (!writer_) {
        auto writer = hotline_->services.intake.begin({.channel = TipChannel::form, .partner = {}, .dedup_source = {}, .received = {}});
        if (!writer) return refuse(writer.error());
        writer_ = std::move(*writer);
    }
    const TipContent content = checked.content;
    auto receipt = writer_->finish(std::move(checked.content));
    if (!receipt) return refuse(receipt.error());
    if (hotline_->services.work != nullptr) hotline_->services.work->count_tip();
    return receipt_page(*hotline_, {receipt->words, receipt->proof, content.sent_within_72_hours == Answer::yes, content.danger_now == Answer::yes});
}

Response ReportSink::refuse(const Error& error) {
    writer_.reset();
    if (error.kind == ErrorKind::invalid || error.kind == ErrorKind::too_large) {
        // "category: no such one" of the intake, or a form whose framing is broken.
        const std::string field = error.message.substr(0, error.message.find(':'));
        if (is_form_field(field)) return form_page(*hotline_, 422, fields_, {.refusals = {{field, "error.refused"}}, .files_lost = had_files_});
        return form_page(*hotline_, http_status_of(error.kind), fields_, {.failure = "report.failure_framing", .files_lost = had_files_});
    }
    const char* why = error.kind == ErrorKind::busy ? "report.failure_busy" : "report.failure_fault";
    Response response = form_page(*hotline_, 503, fields_, {.failure = why, .files_lost = had_files_});
    return response.with("Retry-After", "60");
}
}  // namespace

void add_report_routes(Router& router, HotlinesPtr hotlines) {
    add_page(router, hotlines, "/", [](const Hotline& hotline, const Request&) { return form_page(hotline, 200, {}); });
    add_page(router, hotlines, "/report", [](const Hotline& hotline, const Request&) { return Response::redirect(hotline.base() + "/"); });
    add_form_stream(router, hotlines, "/report", [](const Hotline& hotline, const Request& request) -> Result<std::unique_ptr<BodySink>> {
        auto sink = std::make_unique<ReportSink>(hotline);
        TRY(sink->open(request.header("content-type")));
        return sink;
    });
}

}  // namespace plumbline::face
