// SPDX-License-Identifier: Apache-2.0
// The hotline's scripts (ui/sealing): the page's, and the two workers that seal, one of which a page loads behind itself. Only a
// hotline whose desk key is signed gives them out: a page that cannot tell whose key it is must not promise to seal to it.
#include "face/hotline_pages.h"
#include "seal/signed_key.h"

namespace plumbline::face {

namespace {
constexpr const char* folder = "ui/sealing/dist/";
// A worker has a policy of its own: WebAssembly may be compiled there and nowhere else.
constexpr const char* worker_policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; require-trusted-types-for 'script'";

struct ScriptFile {
    std::string plain, packed, hash;     // packed by gzip; hash: base64 of the SHA-256, as "integrity" has it
};

Result<ScriptFile> script_file(const HotlineServices& services, std::string_view name) {
    ScriptFile file;
    file.plain = TRY(services.asset(fmt::format("{}{}", folder, name)));
    file.packed = TRY(services.asset(fmt::format("{}{}.gz", folder, name)));
    file.hash = to_base64(sha256(view(file.plain)).bytes);
    return file;
}

std::string address_of(std::string_view name, const ScriptFile& file) { return fmt::format("/sealing/{}?v={}", name, sha256(view(file.plain)).hex().substr(0, 12)); }

Response script_response(const Request& request, const ScriptFile& file) {
    const bool takes_gzip = request.header("accept-encoding").find("gzip") != std::string_view::npos;
    Response response = Response::bytes(200, "text/javascript; charset=utf-8", takes_gzip ? file.packed : file.plain);
    if (takes_gzip) response.with("Content-Encoding", "gzip");
    response.with("Vary", "Accept-Encoding").with("Content-Security-Policy", worker_policy);
    return response.with("Cache-Control", "public, max-age=31536000, immutable");
}
}  // namespace

Json add_script_routes(Router& router, const HotlineServices& services) {
    router.get("/blank", [](const Request&) { return Response::html(200, "<!doctype html><html lang=\"en\"><title>-</title><link rel=\"icon\" href=\"data:,\"></html>"); });
    const auto page = script_file(services, "report.js");
    const auto worker = script_file(services, "seal.js");
    const auto plain = script_file(services, "seal-plain.js");
    if (services.sealed == nullptr || services.signed_desk_key.empty() || !page || !worker || !plain) return {};
    const auto keys = seal::verify_desk_keys(services.signed_desk_key, day_of(services.clock.now()));
    if (!keys) return {};
    Json values = Json::object();
    values.set("script", address_of("report.js", *page)).set("hash", "sha256-" + page->hash).set("anchor", to_base64(keys->by.bytes));
    values.set("seal", address_of("seal.js", *worker)).set("seal_size", worker->plain.size()).set("seal_hash", worker->hash);
    values.set("plain", address_of("seal-plain.js", *plain)).set("plain_size", plain->plain.size()).set("plain_hash", plain->hash);
    for (const auto& [name, file] : {std::pair{"report.js", &*page}, std::pair{"seal.js", &*worker}, std::pair{"seal-plain.js", &*plain}}) {
        const ScriptFile& kept = router.keep(ScriptFile(*file));
        router.get(std::string("/sealing/") + name, [&kept](const Request& request) { return script_response(request, kept); });
    }
    return values;
}

}  // namespace plumbline::face
