// SPDX-License-Identifier: Apache-2.0
#include "model/tip.h"

#include <array>

namespace plumbline {

namespace {
// ISO 4217 codes by their number of minor digits; codes of metals, funds and testing are left out.
constexpr std::string_view digits_0[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::string_view digits_3[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
constexpr std::string_view digits_2[] = {
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD",
    "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP",
    "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD",
    "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB",
    "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC",
    "SYP", "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VES", "WST", "XCD", "YER", "ZAR", "ZMW", "ZWL"};

template <class Value, std::size_t N>
Result<Value> value_named(const std::pair<Value, std::string_view> (&rows)[N], std::string_view text, std::string_view what) {
    for (const auto& [value, name] : rows)
        if (name == text) return value;
    return fail(ErrorKind::invalid, "no {} \"{}\"", what, text.substr(0, 40));
}
template <class Value, std::size_t N>
std::string_view name_in(const std::pair<Value, std::string_view> (&rows)[N], Value wanted) {
    for (const auto& [value, name] : rows)
        if (value == wanted) return name;
    return "unknown";
}
constexpr std::pair<Answer, std::string_view> answers[] = {{Answer::unknown, "unknown"}, {Answer::no, "no"}, {Answer::yes, "yes"}};
constexpr std::pair<TipChannel, std::string_view> channels[] = {
    {TipChannel::form, "form"}, {TipChannel::api, "api"}, {TipChannel::import, "import"}, {TipChannel::demo, "demo"}};
constexpr std::pair<TipState, std::string_view> states[] = {
    {TipState::received, "received"}, {TipState::decided, "decided"},   {TipState::opened, "opened"}, {TipState::with_lab, "with_lab"},
    {TipState::answered, "answered"}, {TipState::referred, "referred"}, {TipState::closed, "closed"}};
}  // namespace

std::optional<int> minor_digits_of(std::string_view currency) {
    const auto is_in = [&](const auto& list) { return std::find(std::begin(list), std::end(list), currency) != std::end(list); };
    if (is_in(digits_2)) return 2;
    if (is_in(digits_0)) return 0;
    if (is_in(digits_3)) return 3;
    return std::nullopt;
}

std::string_view name_of(Answer answer) { return name_in(answers, answer); }
Result<Answer> answer_from(std::string_view text) {
    if (text.empty()) return Answer::unknown;
    return value_named(answers, text, "answer");
}
std::string_view name_of(TipChannel channel) { return name_in(channels, channel); }
std::string_view name_of(TipState state) { return name_in(states, state); }
Result<TipState> tip_state_from(std::string_view text) { return value_named(states, text, "tip state"); }

Json to_json(const ReporterIdentity& identity) { return Json::object().set("contact", identity.contact); }
Result<ReporterIdentity> reporter_identity_from(const Json& json) { return ReporterIdentity{TRY(json.text_at("contact"))}; }
namespace {
struct AnswerMember {
    std::string_view name;
    Answer TipContent::*member;
};
// These are written only where they were answered: tips from before they were asked read the same.
constexpr AnswerMember later_answers[] = {{"victim_is_older", &TipContent::victim_is_older}, {"victim_is_organisation", &TipContent::victim_is_organisation}, {"synthetic_content", &TipContent::synthetic_content}};

Json recall_json(const Recall& recall) {
    Json json = Json::object();
    for (const RecallField& row : recall_fields)
        if (!(recall.*row.member).empty()) json.set(row.name, recall.*row.member);
    return json;
}
}  // namespace

std::string told_text(const TipContent& content) {
    std::string text = content.text;
    if (content.recall == Recall{}) return text;
    text += text.empty() ? "Payment to call back" : "\n\nPayment to call back";
    for (const RecallField& row : recall_fields)
        if (!(content.recall.*row.member).empty()) text += fmt::format("\n{}: {}", row.label, content.recall.*row.member);
    return text;
}

Json to_json(const TipContent& content) {
    Json json = Json::object();
    json.set("text", content.text);
    json.set("category", content.category);
    if (content.loss) {
        Json loss = Json::object();
        loss.set("minor_units", content.loss->minor_units);
        loss.set("currency", content.loss->currency);
        json.set("loss", std::move(loss));
    }
    json.set("still_happening", name_of(content.still_happening));
    json.set("danger_now", name_of(content.danger_now));
    json.set("sent_within_72_hours", name_of(content.sent_within_72_hours));
    json.set("victim_is_child", name_of(content.victim_is_child));
    json.set("victim_is_critical_service", name_of(content.victim_is_critical_service));
    for (const AnswerMember& row : later_answers)
        if (content.*row.member != Answer::unknown) json.set(row.name, name_of(content.*row.member));
    for (const AttributeField& row : attribute_fields)
        if (!(content.*row.member).empty()) json.set(row.name, content.*row.member);
    if (content.recall != Recall{}) json.set("recall", recall_json(content.recall));
    json.set("contact", content.contact);
    if (!content.own_values.empty()) json.set("own_values", content.own_values);
    Json origin = Json::object();
    origin.set("country", content.origin.country);
    origin.set("language", content.origin.language);
    origin.set("partner", content.origin.partner);
    json.set("origin", std::move(origin));
    Json files = Json::array();
    for (const AttachedFile& file : content.files) {
        Json row = Json::object();
        row.set("name", file.name);
        row.set("media_type", file.media_type);
        row.set("size_bytes", file.size_bytes);
        files.push(std::move(row));
    }
    json.set("files", std::move(files));
    if (!content.reporter_key.empty()) json.set("reporter_key", content.reporter_key);
    return json;
}

Result<TipContent> tip_content_from(const Json& json) {
    TipContent content;
    content.text = TRY(json.text_at("text"));
    content.category = TRY(json.text_at("category"));
    if (const Json* loss = json.find("loss"); loss != nullptr && !loss->is_null()) {
        Money money;
        money.minor_units = TRY(loss->integer_at("minor_units"));
        money.currency = TRY(loss->text_at("currency"));
        content.loss = money;
    }
    const auto answer_at = [&json](std::string_view name) -> Result<Answer> {
        auto answer = answer_from(TRY(json.text_at_or(name, "")));
        if (!answer) return fail_in(name, answer.error());
        return answer;
    };
    content.still_happening = TRY(answer_at("still_happening"));
    content.danger_now = TRY(answer_at("danger_now"));
    content.sent_within_72_hours = TRY(answer_at("sent_within_72_hours"));
    content.victim_is_child = TRY(answer_at("victim_is_child"));
    content.victim_is_critical_service = TRY(answer_at("victim_is_critical_service"));
    for (const AnswerMember& row : later_answers) content.*row.member = TRY(answer_at(row.name));
    for (const AttributeField& row : attribute_fields) content.*row.member = TRY(json.text_at_or(row.name, ""));
    if (const Json* recall = json.find("recall"); recall != nullptr && recall->is_object())
        for (const RecallField& row : recall_fields) content.recall.*row.member = TRY(recall->text_at_or(row.name, ""));
    content.contact = TRY(json.text_at_or("contact", ""));
    content.own_values = TRY(json.text_at_or("own_values", ""));
    content.reporter_key = TRY(json.text_at_or("reporter_key", ""));
    if (const Json* origin = json.find("origin"); origin != nullptr && origin->is_object()) {
        content.origin.country = TRY(origin->text_at_or("country", ""));
        content.origin.language = TRY(origin->text_at_or("language", ""));
        content.origin.partner = TRY(origin->text_at_or("partner", ""));
    }
    if (json.find("files") != nullptr) {
        const Json* files = TRY(json.array_at("files"));
        for (const Json& row : files->as_array()) {
            AttachedFile file;
            file.name = TRY(row.text_at("name"));
            file.media_type = TRY(row.text_at_or("media_type", ""));
            file.size_bytes = static_cast<std::uint64_t>(TRY(row.integer_at_or("size_bytes", 0)));
            content.files.push_back(std::move(file));
        }
    }
    return content;
}

}  // namespace plumbline
