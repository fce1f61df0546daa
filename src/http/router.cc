// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "http/server.h"

namespace plumbline {

namespace {
bool is_rest(std::string_view segment) { return segment.starts_with('{') && segment.ends_with("...}"); }
bool is_binding(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }
// How exactly a segment says what it takes: written out before {name} before {rest...}.
char rank_of(std::string_view segment) { return is_rest(segment) ? '2' : is_binding(segment) ? '1' : '0'; }
std::string rank_of(const Router::Route& route) {
    std::string rank;
    for (const std::string& segment : route.segments) rank += rank_of(segment);
    return rank;
}

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    path.remove_prefix(path.starts_with('/') ? 1 : 0);
    while (true) {
        const std::size_t end = path.find('/');
        segments.emplace_back(path.substr(0, end));
        if (end == std::string_view::npos) return segments;
        path.remove_prefix(end + 1);
    }
}

bool fits(const Router::Route& route, const std::vector<std::string>& path, std::map<std::string, std::string>& values) {
    for (std::size_t i = 0; i < route.segments.size(); ++i) {
        const std::string_view wanted = route.segments[i];
        if (i >= path.size()) return false;
        if (is_rest(wanted)) {
            std::string rest;
            for (std::size_t k = i; k < path.size(); ++k) rest += (k == i ? "" : "/") + path[k];
            values[std::string(wanted.substr(1, wanted.size() - 5))] = std::move(rest);
            return true;
        }
        if (is_binding(wanted)) {
            if (path[i].empty()) return false;
            values[std::string(wanted.substr(1, wanted.size() - 2))] = path[i];
        } else if (path[i] != wanted) {
            return false;
        }
    }
    return path.size() == route.segments.size();
}
}  // namespace

void Router::add(std::string method, std::string pattern, Handler handler, StreamHandler stream) {
    CHECK(pattern.starts_with('/'));
    Route route{std::move(method), segments_of(pattern), std::move(handler), std::move(stream)};
    for (const Route& other : routes_) CHECK(other.method != route.method || other.segments != route.segments);
    routes_.push_back(std::move(route));
}
void Router::get(std::string pattern, Handler handler) { add("GET", std::move(pattern), std::move(handler), nullptr); }
void Router::post(std::string pattern, Handler handler) { add("POST", std::move(pattern), std::move(handler), nullptr); }
void Router::put(std::string pattern, Handler handler) { add("PUT", std::move(pattern), std::move(handler), nullptr); }
void Router::patch(std::string pattern, Handler handler) { add("PATCH", std::move(pattern), std::move(handler), nullptr); }
void Router::remove(std::string pattern, Handler handler) { add("DELETE", std::move(pattern), std::move(handler), nullptr); }
void Router::options(std::string pattern, Handler handler) { add("OPTIONS", std::move(pattern), std::move(handler), nullptr); }
void Router::post_stream(std::string pattern, StreamHandler handler) { add("POST", std::move(pattern), nullptr, std::move(handler)); }
void Router::patch_stream(std::string pattern, StreamHandler handler) { add("PATCH", std::move(pattern), nullptr, std::move(handler)); }

Router::Match Router::match(std::string_view method, std::string_view path, std::map<std::string, std::string>& path_values) const {
    const std::vector<std::string> wanted = segments_of(path);
    if (method == "HEAD") method = "GET";
    Match match;
    std::string best_rank;
    for (const Route& route : routes_) {
        std::map<std::string, std::string> values;
        if (!fits(route, wanted, values)) continue;
        if (route.method != method) {
            match.allowed.push_back(route.method);
            if (route.method == "GET") match.allowed.emplace_back("HEAD");
            continue;
        }
        std::string rank = rank_of(route);
        if (match.route != nullptr && rank >= best_rank) continue;
        match.route = &route;
        best_rank = std::move(rank);
        path_values = std::move(values);
    }
    std::sort(match.allowed.begin(), match.allowed.end());
    match.allowed.erase(std::unique(match.allowed.begin(), match.allowed.end()), match.allowed.end());
    return match;
}

Response Router::not_matched(const Request& request, const Match& match) const {
    if (match.allowed.empty() && otherwise_ && (request.method == "GET" || request.method == "HEAD")) return otherwise_(request);
    if (match.allowed.empty()) return Response::problem(404, "not found", "there is nothing at this address");
    Response response = Response::problem(405, "method not allowed", "this address takes another method");
    return response.with("Allow", fmt::format("{}", fmt::join(match.allowed, ", ")));
}

Response Router::handle(Request request) const {
    const Match found = match(request.method, request.path, request.path_values);
    if (found.route == nullptr) return not_matched(request, found);
    if (found.route->handler) return found.route->handler(request);
    const std::string body = std::move(request.body);
    request.body.clear();
    auto sink = found.route->stream(request);
    if (!sink) return Response::from_error(sink.error());
    // Odd pieces, so that tests meet a sink's seams.
    for (std::size_t at = 0; at < body.size(); at += 1021) {
        if (auto taken = (*sink)->data(view(std::string_view(body).substr(at, 1021))); !taken) return (*sink)->refuse(taken.error());
    }
    return (*sink)->finish();
}

}  // namespace plumbline
