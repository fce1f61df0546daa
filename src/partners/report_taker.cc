// SPDX-License-Identifier: Apache-2.0
#include "partners/report_taker.h"

#include "base/check.h"

namespace plumbline::partners {

namespace {

constexpr std::size_t group_items_max = 128;
constexpr std::size_t group_bytes_max = 4 * 1024 * 1024;
// A document of several incidents is kept with each of them.
constexpr std::size_t copies_bytes_max = 64 * 1024 * 1024;

struct RawName {
    std::string_view name, media_type;
};
RawName raw_name_of(reports::ReportForm form) {
    switch (form) {
        case reports::ReportForm::json: return {"report.json", "application/json"};
        case reports::ReportForm::mail: return {"report.eml", "message/rfc822"};
        case reports::ReportForm::xml: return {"report.xml", "application/xml"};
        case reports::ReportForm::csv: return {"report.csv", "text/csv"};
    }
    return {"report", ""};
}

// A mail that could not be read is kept as it is: a partner that sends by mail hears of no refusal.
reports::Outcome unread_mail() {
    reports::MachineReport report;
    report.format = "mail";
    report.category = category_not_sure;
    report.summary = "A mail was handed in for examination.";
    report.warn("unreadable", "", "the mail could not be read for a report: it is kept as a mail");
    return report;
}

}  // namespace

std::string csv_mapping_setting(std::string_view partner) { return "csv_mapping/" + std::string(partner); }

Result<std::optional<reports::CsvMapping>> csv_mapping_of(Store& store, std::string_view partner, const reports::CategoryMap& categories) {
    const auto text = TRY(store.setting(csv_mapping_setting(partner)));
    if (!text) return std::optional<reports::CsvMapping>();
    return std::optional<reports::CsvMapping>(TRY(reports::CsvMapping::from_json(TRY(parse_json(*text)), categories)));
}

std::string_view name_of(ItemOutcome outcome) {
    switch (outcome) {
        case ItemOutcome::accepted: return "accepted";
        case ItemOutcome::duplicate: return "duplicate";
        case ItemOutcome::known: return "known";
        case ItemOutcome::refused: return "refused";
        case ItemOutcome::over_rate: return "over_rate";
        case ItemOutcome::unavailable: return "unavailable";
    }
    return "";
}

Json to_json(const ItemAnswer& answer) {
    Json json = Json::object();
    json.set("item", answer.item).set("outcome", name_of(answer.outcome));
    if (answer.tip) json.set("tip", answer.tip->text()).set("count", answer.count);
    if (answer.outcome == ItemOutcome::refused) json.set("pointer", answer.where).set("reason", answer.reason);
    if (!answer.warnings.empty()) {
        Json list = Json::array();
        for (const reports::Warning& warning : answer.warnings) {
            Json row = Json::object();
            row.set("name", warning.name).set("pointer", warning.where).set("text", warning.text);
            list.push(std::move(row));
        }
        json.set("warnings", std::move(list));
    }
    return json;
}

ReportTaker::ReportTaker(const ReportServices& services, TokenRow token, std::string delivery, Answer answer)
    : services_(services), token_(std::move(token)), delivery_(std::move(delivery)), answer_(std::move(answer)),
      batch_(services.intake.begin_reports({token_.partner, token_.trust})) {}

void ReportTaker::refuse(std::uint64_t item, std::string where, std::string reason) {
    ItemAnswer answer;
    answer.item = item;
    answer.where = std::move(where);
    answer.reason = std::move(reason);
    waiting_.push_back(std::move(answer));
}

Result<void> ReportTaker::take(std::uint64_t item, reports::ReportForm form, ByteView raw) {
    if (!services_.rates.take(token_.partner, token_.items_per_hour, services_.clock.now())) {
        refuse(item, "", "");
        waiting_.back().outcome = ItemOutcome::over_rate;
    } else {
        TRY(read_item(item, form, raw));
    }
    if (waiting_.size() >= group_items_max || waiting_bytes_ >= group_bytes_max) return flush();
    return {};
}

Result<void> ReportTaker::read_item(std::uint64_t item, reports::ReportForm form, ByteView raw) {
    std::vector<reports::Outcome> outcomes;
    if (form == reports::ReportForm::json) {
        outcomes = services_.readers.read(form, raw);
    } else {
        if (form == reports::ReportForm::csv) {
            if (!mapping_) mapping_ = TRY(csv_mapping_of(services_.store, token_.partner, services_.readers.categories()));
            if (*mapping_) (*mapping_)->first_row = item;
        }
        auto decoded = services_.decode(form, raw, mapping_ && *mapping_ ? &**mapping_ : nullptr);
        // A worker that died is this item's fault; one that is not to be had is nobody's.
        if (!decoded && decoded.error().kind != ErrorKind::corrupt && decoded.error().kind != ErrorKind::timeout && decoded.error().kind != ErrorKind::too_large) return give_up(decoded.error());
        if (decoded) outcomes = std::move(*decoded);
        else outcomes = {form == reports::ReportForm::mail ? unread_mail() : reports::Outcome(reports::Refusal{"", decoded.error().message})};
    }
    if (outcomes.size() > 1 && outcomes.size() * raw.size() > copies_bytes_max) {
        refuse(item, "", fmt::format("holds {} reports in {} bytes: send them in smaller documents", outcomes.size(), raw.size()));
        return {};
    }
    for (std::size_t place = 0; place < outcomes.size(); ++place) {
        if (auto* refusal = std::get_if<reports::Refusal>(&outcomes[place])) refuse(item, std::move(refusal->where), std::move(refusal->reason));
        else TRY(submit(item, place, std::get<reports::MachineReport>(std::move(outcomes[place])), form, raw));
        if (waiting_.size() >= group_items_max) TRY(flush());
    }
    return {};
}

Result<void> ReportTaker::submit(std::uint64_t item, std::size_t place, reports::MachineReport report, reports::ReportForm form, ByteView raw) {
    intake::SubmittedReport submitted;
    submitted.content.text = reports::report_text(report, services_.readers.limits());
    submitted.content.category = report.category;
    submitted.content.still_happening = report.is_ongoing ? plumbline::Answer::yes : plumbline::Answer::unknown;
    submitted.contact = report.contact;
    submitted.bundle_source = reports::bundle_key(report, day_of(services_.clock.now()));
    if (!delivery_.empty()) submitted.delivery_source = fmt::format("{}\n{}\n{}\n{}", token_.partner, delivery_, item, place);
    const RawName name = raw_name_of(form);
    submitted.files.push_back({std::string(name.name), std::string(name.media_type), raw});
    for (const reports::ReportFile& file : report.files) submitted.files.push_back({file.name, file.media_type, ByteView(file.bytes)});
    auto added = batch_->add(std::move(submitted));
    if (!added && added.error().kind != ErrorKind::invalid && added.error().kind != ErrorKind::too_large) return give_up(added.error());
    if (!added) {
        refuse(item, "", added.error().message);
        return {};
    }
    ItemAnswer answer;
    answer.item = item;
    answer.warnings = std::move(report.warnings);
    added_.push_back(waiting_.size());
    waiting_.push_back(std::move(answer));
    waiting_bytes_ += raw.size();
    return {};
}

Result<void> ReportTaker::give_up(const Error& error) {
    for (const std::size_t place : added_) waiting_[place].outcome = ItemOutcome::unavailable;
    for (const ItemAnswer& answer : waiting_) answer_(answer);
    waiting_.clear();
    added_.clear();
    return fail(error);
}

Result<void> ReportTaker::flush() {
    if (waiting_.empty()) return {};
    auto receipts = batch_->commit();
    if (!receipts) return give_up(receipts.error());
    CHECK(receipts->size() == added_.size());
    for (std::size_t i = 0; i < added_.size(); ++i) {
        const intake::ReportReceipt& receipt = (*receipts)[i];
        ItemAnswer& answer = waiting_[added_[i]];
        answer.outcome = receipt.was_delivered ? ItemOutcome::known : receipt.is_new ? ItemOutcome::accepted : ItemOutcome::duplicate;
        answer.tip = receipt.tip;
        answer.count = receipt.count;
    }
    for (const ItemAnswer& answer : waiting_) answer_(answer);
    waiting_.clear();
    added_.clear();
    waiting_bytes_ = 0;
    // Whatever came, even what was refused: the partner is not silent.
    const Instant hour = hour_of(services_.clock.now());
    if (noted_hour_ == hour) return {};
    noted_hour_ = hour;
    return services_.store.note_partner(token_.partner, hour);
}

}  // namespace plumbline::partners
