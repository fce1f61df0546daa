// SPDX-License-Identifier: Apache-2.0
#include "face/desk_api.h"

#include <charconv>
#include <memory>

#include "base/check.h"
#include "base/hash.h"
#include "face/desk_answer.h"
#include "face/download.h"

namespace plumbline::face {

Response desk_refusal(const Error& error) {
    const std::size_t colon = error.message.find(": ");
    const std::string_view field = std::string_view(error.message).substr(0, colon == std::string::npos ? 0 : colon);
    const bool is_field = !field.empty() && field.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
    if (error.kind == ErrorKind::invalid && is_field) return Response::problem(422, "invalid", error.message, "/" + std::string(field));
    return Response::from_error(error);
}

Response desk_answer(Result<Json> result) {
    if (!result) return desk_refusal(result.error());
    return Response::json(200, *result);
}

Result<std::size_t> number_in_query(const Request& request, std::string_view name, std::size_t otherwise, std::size_t most) {
    const std::string_view text = request.query_value(name);
    if (text.empty()) return otherwise;
    std::size_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size() || number > most) return fail(ErrorKind::invalid, "{}: a number up to {}", name, most);
    return number;
}

Result<TipId> tip_in_path(const Request& request) {
    const auto id = TipId::from_text(request.path_values.at("id"));
    if (!id) return fail(ErrorKind::not_found, "there is no such tip");
    return *id;
}

namespace {

Response refusal(const Error& error) { return desk_refusal(error); }
Response answer_of(Result<Json> result) { return desk_answer(std::move(result)); }
Result<TipId> tip_of(const Request& request) { return tip_in_path(request); }

constexpr std::size_t body_bytes_max = 64 * 1024;
constexpr std::size_t body_depth_max = 4;
constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

struct PageFile {
    std::string_view path;
    std::string_view name;
    std::string_view media_type;
};
constexpr PageFile page_files[] = {
    {"/", "index.html", "text/html; charset=utf-8"},
    {"/desk.js", "desk.js", "text/javascript; charset=utf-8"},
    {"/desk.css", "desk.css", "text/css; charset=utf-8"},
    {"/desk.svg", "desk.svg", "image/svg+xml"},
};

Result<desk::QueueQuery> queue_query_of(const Request& request) {
    desk::QueueQuery query;
    const std::string_view state = request.query_value("state");
    if (state == "any") query.is_any_state = true;
    if (!state.empty() && state != "any") {
        auto named = tip_state_from(state);
        if (!named) return fail(ErrorKind::invalid, "state: no such state");
        query.state = *named;
    }
    query.queue = request.query_value("queue");
    if (query.queue.size() > 64) return fail(ErrorKind::invalid, "queue: at most 64 bytes");
    const std::string_view order = request.query_value("order");
    if (!order.empty() && order != "deadline" && order != "severity") return fail(ErrorKind::invalid, "order: deadline or severity");
    query.by_severity = order == "severity";
    query.is_aside = request.query_value("aside") == "1";
    query.is_folded = request.query_value("flat") != "1";
    query.offset = TRY(number_in_query(request, "offset", 0, 10'000'000));
    query.count = TRY(number_in_query(request, "count", 50, desk::queue_rows_max));
    return query;
}

Json json_of(const desk::Session& session) {
    Json json = Json::object();
    json.set("id", session.staff.text()).set("name", session.name).set("role", session.role).set("ends_at", to_text(session.ends_at()));
    return json;
}

class DeskApi {
  public:
    DeskApi(desk::DeskService& desk, desk::SignIn& sign_in, DeskApiOptions options) : desk_(desk), sign_in_(sign_in), options_(std::move(options)) {}

    using Reader = std::function<Response(const Request&, const desk::Session&)>;
    using Actor = std::function<Response(const Request&, const Json& body, const desk::Session&)>;

    Handler reading(Reader read) const {
        return [self = *this, read = std::move(read)](const Request& request) {
            const auto session = self.session_of(request);
            return session ? read(request, *session) : not_signed_in();
        };
    }
    Handler acting(Actor act) const {
        return [self = *this, act = std::move(act)](const Request& request) {
            if (!is_from_our_page(request)) return not_our_page();
            const auto session = self.session_of(request);
            if (!session) return not_signed_in();
            auto body = body_of(request);
            return body ? act(request, *body, *session) : refusal(body.error());
        };
    }

    // For an act whose body is not JSON: who acts, or the answer that refuses.
    tl::expected<desk::Session, Response> actor(const Request& request) const {
        if (!is_from_our_page(request)) return tl::unexpected<Response>(not_our_page());
        const auto session = session_of(request);
        if (!session) return tl::unexpected<Response>(not_signed_in());
        return *session;
    }

    Response signed_in(const Request& request) const {
        if (!is_from_our_page(request)) return not_our_page();
        const auto body = body_of(request);
        if (!body) return refusal(body.error());
        const auto name = body->text_at("name");
        if (!name) return refusal(name.error());
        const auto password = body->text_at("password");
        if (!password) return refusal(password.error());
        auto answer = sign_in_.sign_in(*name, *password);
        if (!answer) return Response::from_error(answer.error());
        using Kind = desk::SignInAnswer::Kind;
        if (answer->kind == Kind::too_early)
            return Response::problem(429, "too many tries", fmt::format("Too many tries for this name: try again in {} s.", answer->retry_seconds)).with("Retry-After", std::to_string(answer->retry_seconds));
        if (answer->kind == Kind::wrong) return Response::problem(401, "not signed in", "The name or the password is wrong.");
        return Response::json(200, json_of(*answer->session)).with("Set-Cookie", cookie(answer->token, ""));
    }
    Response signed_out(const Request& request) const {
        if (!is_from_our_page(request)) return not_our_page();
        if (const auto token = request.cookie(cookie_name())) sign_in_.sign_out(*token);
        Response response;
        response.status = 204;
        return response.with("Set-Cookie", cookie("", "; Max-Age=0")).with("Cache-Control", "no-store");
    }
    Response page(const Request& request, const PageFile& file) const {
        const auto bytes = options_.page_file ? options_.page_file(file.name) : std::nullopt;
        if (!bytes) return Response::problem(404, "not found", "The desk's page is not part of this build.");
        const std::string tag = "\"" + sha256(view(*bytes)).hex().substr(0, 32) + "\"";
        Response response = Response::bytes(200, std::string(file.media_type), std::string(*bytes));
        if (request.header("if-none-match") == tag) {
            response.status = 304;
            response.body.clear();
        }
        response.with("Content-Security-Policy", std::string(page_policy)).with("Referrer-Policy", "no-referrer");
        response.with("Cross-Origin-Opener-Policy", "same-origin").with("Cross-Origin-Resource-Policy", "same-origin");
        response.with("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
        return response.with("Cache-Control", "no-cache").with("ETag", tag);
    }
    Response file(const Request& request) const {
        const auto id = tip_of(request);
        if (!id) return refusal(id.error());
        const std::string& text = request.path_values.at("n");
        std::uint32_t n = 0;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), n);
        if (problem != std::errc() || end != text.data() + text.size()) return Response::problem(404, "not found", "there is no such file");
        auto opened = desk_.file(*id, n);
        if (!opened) return refusal(opened.error());
        const std::string name = (*opened)->name();
        const std::uint64_t size = (*opened)->size_bytes();
        // A std::function must be copyable, so its copies share the one reader.
        return download(name, size, [reader = std::make_shared<std::unique_ptr<desk::FileReader>>(std::move(*opened))](Bytes& out) { return (*reader)->next(out); });
    }

  private:
    std::string_view cookie_name() const { return options_.has_tls ? "__Host-plumbline_desk" : "plumbline_desk"; }
    std::string cookie(std::string_view value, std::string_view more) const {
        return fmt::format("{}={}; HttpOnly; SameSite=Strict; Path=/{}{}", cookie_name(), value, options_.has_tls ? "; Secure" : "", more);
    }
    std::optional<desk::Session> session_of(const Request& request) const {
        const auto token = request.cookie(cookie_name());
        return token ? sign_in_.session_of(*token) : std::nullopt;
    }
    static Response not_signed_in() { return Response::problem(401, "not signed in", "Sign in first, or again: the session has ended."); }
    static Response not_our_page() { return Response::problem(403, "denied", "This call is for the desk's own page."); }
    static bool is_from_our_page(const Request& request) {
        if (request.header("x-plumbline-desk") != "1") return false;
        const std::string_view site = request.header("sec-fetch-site");
        return site.empty() || site == "same-origin";
    }
    static Result<Json> body_of(const Request& request) {
        if (!request.header("content-type").starts_with("application/json")) return fail(ErrorKind::unsupported, "the body must be application/json");
        if (request.body.size() > body_bytes_max) return fail(ErrorKind::too_large, "the body has more than {} bytes", body_bytes_max);
        Json body = TRY(parse_json(request.body, body_depth_max));
        if (!body.is_object()) return fail(ErrorKind::invalid, "the body must be an object");
        return body;
    }

    desk::DeskService& desk_;
    desk::SignIn& sign_in_;
    DeskApiOptions options_;
};

using ReadVerb = Result<Json> (desk::DeskService::*)(TipId);

Handler reading_tip(const DeskApi& api, desk::DeskService& desk, ReadVerb verb) {
    return api.reading([&desk, verb](const Request& request, const desk::Session&) {
        const auto id = tip_of(request);
        return id ? answer_of((desk.*verb)(*id)) : refusal(id.error());
    });
}

Result<Json> set_state(desk::DeskService& desk, const Request& request, const Json& body, const desk::Session& who) {
    const TipId id = TRY(tip_of(request));
    const auto from = tip_state_from(TRY(body.text_at("from")));
    if (!from) return fail(ErrorKind::invalid, "from: no such state");
    const auto to = tip_state_from(TRY(body.text_at("to")));
    if (!to) return fail(ErrorKind::invalid, "to: no such state");
    const desk::DeskService::Told told{TRY(body.text_at_or("whom", "")), TRY(body.text_at_or("words", ""))};
    return desk.set_state(id, *from, *to, TRY(body.text_at_or("reason", "")), who, told);
}

void add_acts(Router& router, const DeskApi& api, desk::DeskService& desk) {
    router.post("/api/desk/tips/{id}/open", api.acting([&desk](const Request& request, const Json&, const desk::Session& who) {
        const auto id = tip_of(request);
        return id ? answer_of(desk.open(*id, who)) : refusal(id.error());
    }));
    router.post("/api/desk/tips/{id}/state", api.acting([&desk](const Request& request, const Json& body, const desk::Session& who) {
        return answer_of(set_state(desk, request, body, who));
    }));
    router.post("/api/desk/tips/{id}/answer", api.acting([&desk](const Request& request, const Json& body, const desk::Session& who) {
        const auto id = tip_of(request);
        if (!id) return refusal(id.error());
        const auto text = body.text_at("text");
        return text ? answer_of(desk.answer(*id, *text, who)) : refusal(text.error());
    }));
    router.post_stream("/api/desk/tips/{id}/answer-with-files", [api, &desk](const Request& request) -> Result<std::unique_ptr<BodySink>> {
        const auto who = api.actor(request);
        if (!who) return refusing(who.error());
        const auto id = tip_of(request);
        if (!id) return refusing(refusal(id.error()));
        return take_answer(desk, *id, *who, request.header("content-type"), refusal);
    });
}

}  // namespace

void add_desk_routes(Router& router, desk::DeskService& desk, desk::SignIn& sign_in, DeskApiOptions options) {
    const auto more_routes = std::move(options.more_routes);
    const auto alarms = options.alarms;
    const DeskApi api(desk, sign_in, std::move(options));
    router.post("/api/desk/sign-in", [api](const Request& request) { return api.signed_in(request); });
    router.post("/api/desk/sign-out", [api](const Request& request) { return api.signed_out(request); });
    router.get("/api/desk/me", api.reading([](const Request&, const desk::Session& session) { return Response::json(200, json_of(session)); }));
    router.get("/api/desk/status", api.reading([&desk](const Request&, const desk::Session&) { return answer_of(desk.status()); }));
    if (alarms)
        router.get("/api/desk/alarms", api.reading([alarms](const Request&, const desk::Session&) { return answer_of(alarms()); }));
    router.get("/api/desk/queue", api.reading([&desk](const Request& request, const desk::Session&) {
        const auto query = queue_query_of(request);
        return query ? answer_of(desk.queue(*query)) : refusal(query.error());
    }));
    router.get("/api/desk/due-soon", api.reading([&desk](const Request& request, const desk::Session&) {
        const auto hours = number_in_query(request, "hours", 24, static_cast<std::size_t>(desk::due_soon_hours_max));
        return hours ? answer_of(desk.due_soon(static_cast<std::int64_t>(*hours))) : refusal(hours.error());
    }));
    router.get("/api/desk/tips/{id}", reading_tip(api, desk, &desk::DeskService::tip));
    router.get("/api/desk/tips/{id}/graph", reading_tip(api, desk, &desk::DeskService::graph));
    router.get("/api/desk/tips/{id}/verify", reading_tip(api, desk, &desk::DeskService::verify));
    router.get("/api/desk/tips/{id}/files/{n}", api.reading([api](const Request& request, const desk::Session&) { return api.file(request); }));
    add_acts(router, api, desk);
    if (more_routes)
        more_routes(router, {[api](DeskGuards::Reader read) { return api.reading(std::move(read)); }, [api](DeskGuards::Actor act) { return api.acting(std::move(act)); }});
    for (const PageFile& file : page_files)
        router.get(std::string(file.path), [api, file](const Request& request) { return api.page(request, file); });
}

}  // namespace plumbline::face
