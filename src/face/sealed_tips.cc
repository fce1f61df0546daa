// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/sealed-tips: a tip that its reporter has sealed (docs/formats/sealed_tip.md), and what a page needs to know
// before it seals one.
#include "face/hotline_pages.h"

namespace plumbline::face {

namespace {

Response sealing_answer(const Hotline& hotline) {
    const HotlineServices& services = hotline.services;
    Json keys = Json::array();
    for (const seal::PublicKey& key : services.sealed->keys().desk) keys.push(to_base64(key.bytes));
    Json limits = Json::object();
    limits.set("text_bytes", services.limits.tip_text_bytes_max).set("files", services.limits.tip_files_max);
    limits.set("file_bytes", services.limits.file_bytes_max).set("tip_bytes", services.limits.tip_bytes_max);
    limits.set("field_bytes", services.limits.field_bytes_max).set("file_name_bytes", services.limits.file_name_bytes_max);
    Json body = Json::object();
    // The id of a tip is made of this hour, so that a clock that runs wrong tells nothing of whose it is.
    body.set("hour", to_text(hour_of(services.clock.now()))).set("desk_keys", std::move(keys)).set("limits", std::move(limits));
    body.set("upload_hours", services.limits.upload_hours).set("signed_desk_key", services.signed_desk_key);
    body.set("identity_key", to_base64(services.sealed->keys().identity.bytes));
    return Response::json(200, body);
}

Result<CategoryGroup> group_in(const Json& json) {
    const std::string name = TRY(json.text_at("group"));
    for (const CategoryGroup group : category_groups)
        if (name_of(group) == name) return group;
    return fail(ErrorKind::invalid, "group: is not one of the {} groups", std::size(category_groups));
}

Result<Bytes> bytes_in(const Json& json, std::string_view name) {
    auto bytes = from_base64(TRY(json.text_at(name)));
    if (!bytes) return fail(ErrorKind::invalid, "{}: is not base64", name);
    return bytes;
}

Result<intake::SealedTip> tip_from(const Json& json) {
    intake::SealedTip tip;
    auto id = TipId::from_text(TRY(json.text_at("tip")));
    if (!id) return fail(ErrorKind::invalid, "tip: is not an id like tip_...");
    tip.tip = *id;
    tip.group = TRY(group_in(json));
    tip.wrapped_keys = TRY(bytes_in(json, "wrapped_keys"));
    auto reporter_key = seal::public_key_from_bytes(TRY(bytes_in(json, "reporter_key")));
    if (!reporter_key) return fail(ErrorKind::invalid, "reporter_key: is not a public key of 32 bytes");
    tip.reporter_key = *reporter_key;
    auto mailbox = Sha256::from_hex(TRY(json.text_at("mailbox")));
    if (!mailbox) return fail(ErrorKind::invalid, "mailbox: is not 64 hexadecimal digits");
    tip.mailbox = *mailbox;
    for (const Json& row : TRY(json.array_at("parts"))->as_array()) {
        if (!row.is_object()) return fail(ErrorKind::invalid, "parts: an element is no object");
        intake::SealedTipPart part;
        const std::int64_t number = TRY(row.integer_at("part"));
        if (number < 0 || number > UINT32_MAX) return fail(ErrorKind::invalid, "parts: {} is no number of a part", number);
        part.part = static_cast<std::uint32_t>(number);
        part.upload = TRY(row.text_at_or("upload", ""));
        if (row.find("sealed") != nullptr) part.sealed = TRY(bytes_in(row, "sealed"));
        tip.parts.push_back(std::move(part));
    }
    return tip;
}

Response refusal(const Error& error) {
    // corrupt and unsupported are of the bytes that were sent, not of ours.
    if (error.kind == ErrorKind::corrupt || error.kind == ErrorKind::unsupported) return Response::problem(422, "invalid", error.message);
    if (error.kind == ErrorKind::not_found) return Response::problem(410, "gone", error.message);
    return Response::from_error(error);
}

Response take(const Hotline& hotline, const Request& request) {
    if (request.header("content-type").substr(0, request.header("content-type").find(';')) != "application/json")
        return Response::problem(415, "unsupported", "send Content-Type: application/json");
    auto json = parse_json(request.body, hotline.services.limits.json_depth_max);
    if (!json) return Response::problem(400, "bad request", json.error().message);
    if (!json->is_object()) return Response::problem(422, "invalid", "a sealed tip is an object");
    auto tip = tip_from(*json);
    if (!tip) return Response::problem(422, "invalid", tip.error().message);
    auto receipt = hotline.services.sealed->accept(std::move(*tip));
    if (!receipt) return refusal(receipt.error());
    Json body = Json::object();
    body.set("id", receipt->tip.text()).set("is_new", receipt->is_new).set("entry", receipt->entry).set("proof", receipt->proof);
    return Response::json(receipt->is_new ? 201 : 200, body);
}
}  // namespace

void add_sealed_tip_routes(Router& router, HotlinePtr hotline) {
    if (hotline->services.sealed == nullptr) return;
    router.get("/api/v1/sealing", [hotline](const Request&) { return sealing_answer(*hotline); });
    router.post("/api/v1/sealed-tips", [hotline](const Request& request) { return take(*hotline, request); });
    if (hotline->services.signed_desk_key.empty()) return;
    router.get("/.well-known/plumbline-desk-key", [hotline](const Request&) {
        return Response::bytes(200, "text/plain; charset=utf-8", hotline->services.signed_desk_key).with("Cache-Control", "no-cache");
    });
}

}  // namespace plumbline::face
