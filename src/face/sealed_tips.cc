// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/sealed-tips: a tip that its reporter has sealed (docs/formats/sealed_tip.md), and what a page needs to know
// before it seals one.
#include "face/hotline_pages.h"
#include "face/sealed_tip_json.h"

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
    auto tip = sealed_tip_from(*json);
    if (!tip) return Response::problem(422, "invalid", tip.error().message);
    WorkGate* work = hotline.services.work;
    if (work != nullptr && !work->admit(request.header("plumbline-work")))
        return Response::problem(503, "busy", "send Plumbline-Work with a solution of /api/v1/work, or try again in a minute").with("Retry-After", "60");
    auto receipt = hotline.services.sealed->accept(std::move(*tip));
    if (!receipt) return refusal(receipt.error());
    if (work != nullptr) work->count_tip();
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
