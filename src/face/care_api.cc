// SPDX-License-Identifier: Apache-2.0
#include "face/care_api.h"

#include <charconv>

namespace plumbline::face {

namespace {

using desk::Session;

Result<std::string> reason_of(const Json& body) { return body.text_at("reason"); }

// A POST about one tip, with a reason where the act takes one.
template <class Act>
Handler act_on_tip(const DeskGuards& guards, Act act) {
    return guards.acting([act](const Request& request, const Json& body, const Session& who) {
        const auto id = tip_in_path(request);
        return id ? desk_answer(act(*id, body, who)) : desk_refusal(id.error());
    });
}
template <class Act>
Handler act_with_reason(const DeskGuards& guards, Act act) {
    return act_on_tip(guards, [act](TipId id, const Json& body, const Session& who) -> Result<Json> { return act(id, TRY(reason_of(body)), who); });
}

void add_identity_routes(Router& router, const DeskGuards& guards, desk::IdentityDesk& identities) {
    router.get("/api/desk/tips/{id}/identity", guards.reading([&identities](const Request& request, const Session& who) {
        const auto id = tip_in_path(request);
        return id ? desk_answer(identities.state(*id, who)) : desk_refusal(id.error());
    }));
    router.post("/api/desk/tips/{id}/identity/ask", act_with_reason(guards, [&identities](TipId id, const std::string& reason, const Session& who) { return identities.ask(id, reason, who); }));
    router.post("/api/desk/tips/{id}/identity/refuse", act_with_reason(guards, [&identities](TipId id, const std::string& reason, const Session& who) { return identities.refuse(id, reason, who); }));
    router.post("/api/desk/tips/{id}/identity/approve", act_on_tip(guards, [&identities](TipId id, const Json&, const Session& who) { return identities.approve(id, who); }));
    router.post("/api/desk/tips/{id}/identity/show", act_on_tip(guards, [&identities](TipId id, const Json&, const Session& who) { return identities.show(id, who); }));
}

void add_flood_routes(Router& router, const DeskGuards& guards, desk::FloodDesk& floods) {
    router.get("/api/desk/floods/{id}", guards.reading([&floods](const Request& request, const Session&) {
        const auto id = tip_in_path(request);
        if (!id) return desk_refusal(id.error());
        const auto offset = number_in_query(request, "offset", 0, 10'000'000);
        const auto count = number_in_query(request, "count", 50, desk::queue_rows_max);
        if (!offset || !count) return desk_refusal(!offset ? offset.error() : count.error());
        return desk_answer(floods.look(*id, *offset, *count));
    }));
    const auto flag = [&](const char* path, auto act) { router.post(path, act_with_reason(guards, act)); };
    flag("/api/desk/floods/{id}/aside", [&floods](TipId id, const std::string& reason, const Session& who) { return floods.set_aside(id, true, reason, who); });
    flag("/api/desk/floods/{id}/back", [&floods](TipId id, const std::string& reason, const Session& who) { return floods.set_aside(id, false, reason, who); });
    flag("/api/desk/tips/{id}/mute", [&floods](TipId id, const std::string& reason, const Session& who) { return floods.set_muted(id, true, reason, who); });
    flag("/api/desk/tips/{id}/unmute", [&floods](TipId id, const std::string& reason, const Session& who) { return floods.set_muted(id, false, reason, who); });
    flag("/api/desk/tips/{id}/hold", [&floods](TipId id, const std::string& reason, const Session& who) { return floods.set_held(id, true, reason, who); });
    flag("/api/desk/tips/{id}/release", [&floods](TipId id, const std::string& reason, const Session& who) { return floods.set_held(id, false, reason, who); });
}

Result<Json> erase(desk::RetentionDesk& retention, const Json& body, const Session& who) {
    std::vector<TipId> tips;
    for (const Json& row : TRY(body.array_at("tips"))->as_array()) {
        auto id = row.is_text() ? TipId::from_text(row.as_text()) : Result<TipId>(fail(ErrorKind::invalid, "not a text"));
        if (!id) return fail(ErrorKind::invalid, "tips: must be ids of tips");
        tips.push_back(*id);
    }
    return retention.erase(tips, TRY(reason_of(body)), who);
}

// The bytes are a PNG that the sandbox made: the browser gets nothing of the file itself.
Response picture_response(Result<Bytes> picture) {
    if (!picture) return desk_refusal(picture.error());
    Response response = Response::bytes(200, "image/png", std::string(text_of(*picture)));
    response.with("Content-Security-Policy", "sandbox; default-src 'none'").with("X-Content-Type-Options", "nosniff");
    return response.with("Cache-Control", "no-store").with("Cross-Origin-Resource-Policy", "same-origin");
}

Result<std::uint32_t> file_number_of(const Request& request) {
    const std::string& text = request.path_values.at("n");
    std::uint32_t n = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (problem != std::errc() || end != text.data() + text.size()) return fail(ErrorKind::not_found, "there is no such file");
    return n;
}

}  // namespace

void add_care_routes(Router& router, const DeskGuards& guards, const CareServices& services) {
    add_identity_routes(router, guards, services.identities);
    add_flood_routes(router, guards, services.floods);
    desk::RetentionDesk& retention = services.retention;
    router.get("/api/desk/retention/due", guards.reading([&retention](const Request&, const Session&) { return desk_answer(retention.due(desk::due_listed_max)); }));
    router.post("/api/desk/retention/erase", guards.acting([&retention](const Request&, const Json& body, const Session& who) { return desk_answer(erase(retention, body, who)); }));

    desk::PictureDesk& pictures = services.pictures;
    router.get("/api/desk/tips/{id}/files/{n}/blurred", guards.reading([&pictures](const Request& request, const Session&) {
        const auto id = tip_in_path(request);
        const auto n = file_number_of(request);
        if (!id || !n) return desk_refusal(!id ? id.error() : n.error());
        return picture_response(pictures.blurred(*id, *n));
    }));
    router.post("/api/desk/tips/{id}/files/{n}/show", guards.acting([&pictures](const Request& request, const Json&, const Session& who) {
        const auto id = tip_in_path(request);
        const auto n = file_number_of(request);
        if (!id || !n) return desk_refusal(!id ? id.error() : n.error());
        return picture_response(pictures.shown(*id, *n, who));
    }));
    router.get("/api/desk/exposure", guards.reading([&pictures](const Request&, const Session& who) { return desk_answer(pictures.exposed(0, who)); }));
    router.post("/api/desk/exposure", guards.acting([&pictures](const Request&, const Json& body, const Session& who) {
        const auto seconds = body.integer_at("seconds");
        if (!seconds) return desk_refusal(seconds.error());
        if (*seconds < 0 || *seconds > 3600) return desk_refusal(Error{ErrorKind::invalid, "seconds: 0 to 3600"});
        return desk_answer(pictures.exposed(static_cast<unsigned>(*seconds), who));
    }));
}

}  // namespace plumbline::face
