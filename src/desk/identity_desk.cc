// SPDX-License-Identifier: Apache-2.0
#include "desk/identity_desk.h"

#include "base/log.h"
#include "desk/act_entry.h"
#include "seal/identity.h"

namespace plumbline::desk {

namespace {
constexpr std::string_view product_identity = "identity";
constexpr std::size_t identity_bytes_max = 1024 * 1024;
}  // namespace

struct IdentityDesk::Request {
    std::string asked_by, asked_name, asked_at, reason;
    std::string approved_by, approved_name, approved_at;
    std::string end, ended_at;        // "shown", "refused"
};

Result<std::vector<IdentityDesk::Request>> IdentityDesk::requests_of(TipId tip) {
    std::vector<Request> requests;
    const std::optional<Json> product = TRY(parts_.opener.product(tip, product_identity));
    if (!product) return requests;
    for (const Json& row : TRY(product->array_at("requests"))->as_array()) {
        Request request;
        for (const auto& [name, field] : {std::pair{"asked_by", &request.asked_by}, {"asked_name", &request.asked_name}, {"asked_at", &request.asked_at},
                                          {"reason", &request.reason}, {"approved_by", &request.approved_by}, {"approved_name", &request.approved_name},
                                          {"approved_at", &request.approved_at}, {"end", &request.end}, {"ended_at", &request.ended_at}})
            *field = TRY(row.text_at_or(name, ""));
        requests.push_back(std::move(request));
    }
    return requests;
}

Result<void> IdentityDesk::keep(const TipRow& row, std::vector<Request> requests, std::string kind, Json statement, const Session& who) {
    Json rows = Json::array();
    for (const Request& request : requests) {
        Json one = Json::object();
        one.set("asked_by", request.asked_by).set("asked_name", request.asked_name).set("asked_at", request.asked_at).set("reason", request.reason);
        one.set("approved_by", request.approved_by).set("approved_name", request.approved_name).set("approved_at", request.approved_at);
        one.set("end", request.end).set("ended_at", request.ended_at);
        rows.push(std::move(one));
    }
    Change change;
    change.products.push_back(parts_.opener.sealed_product(row.header.id, product_identity, 1, Json::object().set("requests", std::move(rows))));
    log_event(LogLevel::info, "desk." + kind, {{"tip", row.header.id.text()}, {"staff", who.staff.text()}});
    change.entries.push_back(act_entry(parts_.opener, row.header, std::move(kind), std::move(statement), who, parts_.clock.now()));
    return parts_.store.apply(std::move(change));
}

Result<SealedPart> IdentityDesk::part_of(TipId tip) {
    for (SealedPart& part : TRY(parts_.store.parts(tip)))
        if (part.part == seal::identity_part) return std::move(part);
    return fail(ErrorKind::not_found, "this tip names nobody");
}

Result<std::string> IdentityDesk::contact_of(TipId tip) {
    if (!parts_.identity_key) return fail(ErrorKind::unavailable, "keys/identity.key is not on this machine: it cannot be opened here");
    const SealedPart part = TRY(part_of(tip));
    Bytes sealed;
    if (const Bytes* bytes = std::get_if<Bytes>(&part.where)) {
        sealed = *bytes;
    } else {
        const BlobRef& ref = std::get<BlobRef>(part.where);
        if (ref.size_bytes > identity_bytes_max) return fail(ErrorKind::too_large, "the identity part has {} bytes", ref.size_bytes);
        const auto reader = TRY(parts_.blobs.read(ref));
        sealed.resize(ref.size_bytes);
        for (std::size_t at = 0; at < sealed.size();) {
            const std::size_t count = TRY(reader->read(at, std::span(sealed).subspan(at)));
            if (count == 0) return fail(ErrorKind::corrupt, "the identity part is cut");
            at += count;
        }
    }
    const seal::SecretBytes plain(TRY(seal::open_identity(tip, sealed, *parts_.identity_key)));
    return TRY(reporter_identity_from(TRY(parse_json(text_of(plain.bytes()))))).contact;
}

// none, asked, approved; lapsed, shown, refused.
std::string IdentityDesk::step_of(const Request& request) const {
    if (!request.end.empty()) return request.end;
    const bool is_approved = !request.approved_by.empty();
    const auto since = instant_from(is_approved ? request.approved_at : request.asked_at);
    const auto most = is_approved ? identity_approved_max : identity_asked_max;
    if (!since || parts_.clock.now() - *since > most) return "lapsed";
    return is_approved ? "approved" : "asked";
}

Json IdentityDesk::json_of(const std::vector<Request>& requests, const Session& who) const {
    const std::string last = requests.empty() ? "none" : step_of(requests.back());
    const bool is_live = last == "asked" || last == "approved";
    const bool is_own = !requests.empty() && requests.back().asked_by == who.staff.text();
    Json may = Json::array();
    if (!is_live && requests.size() < identity_requests_max) may.push("ask");
    if (last == "asked" && !is_own) may.push("approve");
    if (is_live) may.push("refuse");
    if (last == "approved" && is_own) may.push("show");
    Json earlier = Json::array();
    for (const Request& request : requests) {
        Json row = Json::object();
        row.set("asked_by", request.asked_name).set("asked_at", request.asked_at).set("reason", request.reason);
        row.set("approved_by", request.approved_name).set("approved_at", request.approved_at).set("step", step_of(request));
        earlier.push(std::move(row));
    }
    Json json = Json::object();
    json.set("is_named", true).set("can_open", parts_.identity_key.has_value()).set("step", is_live ? last : "none").set("is_own", is_own);
    json.set("may", std::move(may)).set("requests", std::move(earlier));
    return json;
}

Result<Json> IdentityDesk::state(TipId tip, const Session& who) {
    const auto part = part_of(tip);
    if (!part && part.error().kind == ErrorKind::not_found) {
        TRY(parts_.store.tip(tip));
        return Json::object().set("is_named", false);
    }
    if (!part) return fail(part.error());
    return json_of(TRY(requests_of(tip)), who);
}

Result<Json> IdentityDesk::ask(TipId tip, std::string_view reason, const Session& who) {
    TRY(check_reason(reason));
    const std::lock_guard lock(mutex_);
    const TipRow row = TRY(parts_.store.tip(tip));
    TRY(part_of(tip));
    std::vector<Request> requests = TRY(requests_of(tip));
    if (requests.size() >= identity_requests_max) return fail(ErrorKind::conflict, "it was asked for {} times: no more is taken", requests.size());
    if (!requests.empty()) {
        const std::string step = step_of(requests.back());
        if (step == "asked" || step == "approved") return fail(ErrorKind::conflict, "{} has asked already", requests.back().asked_name);
    }
    Request request;
    request.asked_by = who.staff.text();
    request.asked_name = who.name;
    request.asked_at = to_text(parts_.clock.now());
    request.reason = reason;
    requests.push_back(std::move(request));
    TRY(keep(row, requests, "identity.asked", Json::object().set("act", "asked who the reporter is").set("reason", reason), who));
    return json_of(requests, who);
}

Result<Json> IdentityDesk::approve(TipId tip, const Session& who) {
    const std::lock_guard lock(mutex_);
    const TipRow row = TRY(parts_.store.tip(tip));
    std::vector<Request> requests = TRY(requests_of(tip));
    if (requests.empty() || step_of(requests.back()) != "asked") return fail(ErrorKind::conflict, "nobody asks at this moment");
    Request& request = requests.back();
    if (request.asked_by == who.staff.text()) return fail(ErrorKind::denied, "another person must approve: you are the one who asks");
    request.approved_by = who.staff.text();
    request.approved_name = who.name;
    request.approved_at = to_text(parts_.clock.now());
    Json statement = Json::object();
    statement.set("act", "approved that the reporter's identity is shown").set("asked_by", request.asked_by).set("reason", request.reason);
    TRY(keep(row, requests, "identity.approved", std::move(statement), who));
    return json_of(requests, who);
}

Result<Json> IdentityDesk::refuse(TipId tip, std::string_view reason, const Session& who) {
    TRY(check_reason(reason));
    const std::lock_guard lock(mutex_);
    const TipRow row = TRY(parts_.store.tip(tip));
    std::vector<Request> requests = TRY(requests_of(tip));
    const std::string step = requests.empty() ? "none" : step_of(requests.back());
    if (step != "asked" && step != "approved") return fail(ErrorKind::conflict, "nobody asks at this moment");
    requests.back().end = "refused";
    requests.back().ended_at = to_text(parts_.clock.now());
    TRY(keep(row, requests, "identity.refused", Json::object().set("act", "refused or withdrew").set("reason", reason), who));
    return json_of(requests, who);
}

Result<Json> IdentityDesk::show(TipId tip, const Session& who) {
    const std::lock_guard lock(mutex_);
    const TipRow row = TRY(parts_.store.tip(tip));
    std::vector<Request> requests = TRY(requests_of(tip));
    if (requests.empty() || step_of(requests.back()) != "approved") return fail(ErrorKind::conflict, "it is not approved, or was shown already");
    Request& request = requests.back();
    if (request.asked_by != who.staff.text()) return fail(ErrorKind::denied, "it is shown to the one who asked");
    const std::string contact = TRY(contact_of(tip));
    request.end = "shown";
    request.ended_at = to_text(parts_.clock.now());
    Json statement = Json::object();
    statement.set("act", "was shown the reporter's identity").set("approved_by", request.approved_by).set("reason", request.reason);
    TRY(keep(row, requests, "identity.shown", std::move(statement), who));
    return Json::object().set("contact", utf8_repaired(contact)).set("hide_after_seconds", static_cast<std::int64_t>(identity_shown_seconds));
}

}  // namespace plumbline::desk
