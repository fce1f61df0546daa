// SPDX-License-Identifier: Apache-2.0
#include "model/indicator.h"

#include <algorithm>

#include "base/utf8.h"

namespace plumbline {

namespace {
constexpr std::pair<IndicatorKind, std::string_view> kinds[] = {
    {IndicatorKind::email, "email"},     {IndicatorKind::url, "url"},       {IndicatorKind::domain, "domain"},
    {IndicatorKind::ipv4, "ipv4"},       {IndicatorKind::ipv6, "ipv6"},     {IndicatorKind::mac, "mac"},
    {IndicatorKind::phone, "phone"},     {IndicatorKind::card, "card"},     {IndicatorKind::iban, "iban"},
    {IndicatorKind::bic, "bic"},         {IndicatorKind::btc, "btc"},       {IndicatorKind::bch, "bch"},
    {IndicatorKind::ltc, "ltc"},         {IndicatorKind::doge, "doge"},     {IndicatorKind::eth, "eth"},
    {IndicatorKind::tron, "tron"},       {IndicatorKind::xmr, "xmr"},       {IndicatorKind::sol, "sol"},
    {IndicatorKind::xrp, "xrp"},         {IndicatorKind::md5, "md5"},       {IndicatorKind::sha1, "sha1"},
    {IndicatorKind::sha256, "sha256"},   {IndicatorKind::sha512, "sha512"}, {IndicatorKind::message_id, "message_id"},
    {IndicatorKind::user_agent, "user_agent"}, {IndicatorKind::handle, "handle"}, {IndicatorKind::cve, "cve"},
    {IndicatorKind::jwt, "jwt"},         {IndicatorKind::onion, "onion"},   {IndicatorKind::magnet, "magnet"},
    {IndicatorKind::file, "file"},
};
}  // namespace

std::string_view name_of(IndicatorKind kind) {
    for (const auto& [value, name] : kinds)
        if (value == kind) return name;
    return "unknown";
}
Result<IndicatorKind> indicator_kind_from(std::string_view text) {
    for (const auto& [value, name] : kinds)
        if (name == text) return value;
    return fail(ErrorKind::invalid, "no indicator kind \"{}\"", text.substr(0, 40));
}

Json to_json(const Sighting& sighting) {
    Json json = Json::object();
    json.set("kind", name_of(sighting.kind));
    json.set("value", sighting.value);
    json.set("text", utf8_repaired(sighting.text));
    json.set("where", sighting.where);
    json.set("offset", sighting.offset);
    json.set("context", sighting.context);
    if (sighting.warnings.empty()) return json;
    Json warnings = Json::array();
    for (const std::string& name : sighting.warnings) warnings.push(name);
    json.set("warnings", std::move(warnings));
    return json;
}

Json to_json(const PartEvidence& part) {
    Json json = Json::object();
    json.set("part", static_cast<std::int64_t>(part.part));
    json.set("name", part.name);
    json.set("sha256", part.sha256);
    json.set("size_bytes", part.size_bytes);
    json.set("format", part.format);
    json.set("text", part.text);
    Json sightings = Json::array();
    for (const Sighting& sighting : part.sightings) sightings.push(to_json(sighting));
    json.set("sightings", std::move(sightings));
    Json unread = Json::array();
    for (const Unread& row : part.unread) {
        Json item = Json::object();
        item.set("where", row.where);
        item.set("reason", row.reason);
        unread.push(std::move(item));
    }
    json.set("unread", std::move(unread));
    if (part.pictures > 0) json.set("pictures", part.pictures);
    return json;
}

Json to_json(const Evidence& evidence) {
    Json parts = Json::array();
    for (const PartEvidence& part : evidence.parts) parts.push(to_json(part));
    Json json = Json::object();
    json.set("parts", std::move(parts));
    return json;
}

namespace {

// Members of one object, in order: {"name":value,...}.
class ObjectText {
  public:
    explicit ObjectText(std::string& out) : out_(out) { out_.push_back('{'); }
    ObjectText& text(std::string_view name, std::string_view value) {
        start(name);
        append_json_text(out_, value);
        return *this;
    }
    ObjectText& number(std::string_view name, std::uint64_t value) {
        start(name);
        out_ += std::to_string(static_cast<std::int64_t>(value));
        return *this;
    }
    template <class Rows, class Print>
    ObjectText& list(std::string_view name, const Rows& rows, Print print) {
        start(name);
        out_.push_back('[');
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (i > 0) out_.push_back(',');
            print(out_, rows[i]);
        }
        out_.push_back(']');
        return *this;
    }
    void end() { out_.push_back('}'); }

  private:
    void start(std::string_view name) {
        if (out_.back() != '{') out_.push_back(',');
        out_.push_back('"');
        out_ += name;
        out_ += "\":";
    }
    std::string& out_;
};

void print_sighting(std::string& out, const Sighting& sighting) {
    ObjectText object(out);
    object.text("kind", name_of(sighting.kind)).text("value", sighting.value).text("text", sighting.text).text("where", sighting.where)
        .number("offset", sighting.offset).text("context", sighting.context);
    if (!sighting.warnings.empty()) object.list("warnings", sighting.warnings, [](std::string& to, const std::string& name) { append_json_text(to, name); });
    object.end();
}
void print_unread(std::string& out, const Unread& row) { ObjectText(out).text("where", row.where).text("reason", row.reason).end(); }
void print_part(std::string& out, const PartEvidence& part) {
    ObjectText object(out);
    object.number("part", part.part).text("name", part.name).text("sha256", part.sha256).number("size_bytes", part.size_bytes)
        .text("format", part.format).text("text", part.text).list("sightings", part.sightings, print_sighting).list("unread", part.unread, print_unread);
    if (part.pictures > 0) object.number("pictures", part.pictures);
    object.end();
}

}  // namespace

std::string json_text(const Evidence& evidence) {
    std::string out;
    ObjectText(out).list("parts", evidence.parts, print_part).end();
    return out;
}

Result<Sighting> sighting_from(const Json& json) {
    Sighting sighting;
    sighting.kind = TRY(indicator_kind_from(TRY(json.text_at("kind"))));
    sighting.value = TRY(json.text_at("value"));
    sighting.text = TRY(json.text_at("text"));
    sighting.where = TRY(json.text_at("where"));
    sighting.offset = static_cast<std::uint64_t>(TRY(json.integer_at("offset")));
    sighting.context = TRY(json.text_at_or("context", ""));
    if (json.find("warnings") == nullptr) return sighting;
    for (const Json& name : TRY(json.array_at("warnings"))->as_array()) {
        if (!name.is_text()) return fail(ErrorKind::invalid, "warnings: texts");
        sighting.warnings.push_back(name.as_text());
    }
    return sighting;
}

Result<PartEvidence> part_evidence_from(const Json& json) {
    PartEvidence part;
    part.part = static_cast<std::uint32_t>(TRY(json.integer_at("part")));
    part.name = TRY(json.text_at_or("name", ""));
    part.sha256 = TRY(json.text_at("sha256"));
    part.size_bytes = static_cast<std::uint64_t>(TRY(json.integer_at("size_bytes")));
    part.format = TRY(json.text_at("format"));
    part.text = TRY(json.text_at_or("text", ""));
    for (const Json& row : TRY(json.array_at("sightings"))->as_array()) part.sightings.push_back(TRY(sighting_from(row)));
    for (const Json& row : TRY(json.array_at("unread"))->as_array())
        part.unread.push_back({TRY(row.text_at("where")), TRY(row.text_at("reason"))});
    if (json.find("pictures") != nullptr) part.pictures = static_cast<std::uint64_t>(std::max<std::int64_t>(0, TRY(json.integer_at("pictures"))));
    return part;
}

Result<Evidence> evidence_from(const Json& json) {
    Evidence evidence;
    for (const Json& row : TRY(json.array_at("parts"))->as_array()) evidence.parts.push_back(TRY(part_evidence_from(row)));
    return evidence;
}

}  // namespace plumbline
