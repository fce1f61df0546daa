// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

namespace plumbline {

namespace {
// What a page may do: load its own style, pictures and scripts, and send forms to its own origin. Nothing else.
constexpr const char* page_policy =
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

Response made(int status, std::string media_type, std::string body) {
    Response response;
    response.status = status;
    response.headers = {{"Content-Type", std::move(media_type)}, {"X-Content-Type-Options", "nosniff"}};
    response.body = std::move(body);
    return response;
}
}  // namespace

Response Response::text(int status, std::string body) { return made(status, "text/plain; charset=utf-8", std::move(body)); }

Response Response::html(int status, std::string body) {
    Response response = made(status, "text/html; charset=utf-8", std::move(body));
    response.with("Content-Security-Policy", page_policy);
    response.with("Referrer-Policy", "no-referrer");
    response.with("Cache-Control", "no-store");
    response.with("Cross-Origin-Opener-Policy", "same-origin");
    response.with("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    return response;
}

Response Response::json(int status, const Json& body) {
    return made(status, "application/json", body.dump()).with("Cache-Control", "no-store");
}

Response Response::bytes(int status, std::string media_type, std::string body) {
    return made(status, std::move(media_type), std::move(body));
}

Response Response::redirect(std::string location) {
    Response response = made(303, "text/plain; charset=utf-8", "");
    return response.with("Location", std::move(location)).with("Cache-Control", "no-store");
}

Response Response::problem(int status, std::string_view title, std::string_view detail, std::string_view pointer) {
    Json body = Json::object();
    body.set("type", "about:blank").set("title", title).set("status", status);
    if (!detail.empty()) body.set("detail", detail);
    if (!pointer.empty()) body.set("pointer", pointer);
    Response response = made(status, "application/problem+json", body.dump());
    response.with("Cache-Control", "no-store");
    if (status == 503) response.with("Retry-After", "5");
    return response;
}

int http_status_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::not_found: return 404;
        case ErrorKind::invalid: return 422;
        case ErrorKind::conflict: return 409;
        case ErrorKind::corrupt: return 500;
        case ErrorKind::too_large: return 413;
        case ErrorKind::denied: return 403;
        case ErrorKind::busy: return 503;
        case ErrorKind::unavailable: return 503;
        case ErrorKind::timeout: return 504;
        case ErrorKind::unsupported: return 415;
    }
    return 500;
}

Response Response::from_error(const Error& error) {
    std::string title(name_of(error.kind));
    std::replace(title.begin(), title.end(), '_', ' ');
    return problem(http_status_of(error.kind), title, error.message);
}

Response& Response::with(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
}

}  // namespace plumbline
