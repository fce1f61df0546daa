// SPDX-License-Identifier: Apache-2.0
// The published log as static files (docs/formats/ledger.md, C2SP tlog-tiles). Only the names that the layout has are looked
// up, so that no request reaches another file, whatever is in the folder.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "face/hotline_pages.h"

namespace plumbline::face {

namespace {
constexpr std::uint64_t file_bytes_max = 32ULL * 1024 * 1024;  // a bundle has at most 256 entries of 64 KiB

bool is_number(std::string_view text, std::size_t digits_min, std::size_t digits_max) {
    return text.size() >= digits_min && text.size() <= digits_max && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// tile/<L>/<N>[.p/<W>] or tile/entries/<N>[.p/<W>], N as x001/x234/067.
bool is_tile_path(std::string_view path) {
    if (!path.starts_with("tile/")) return false;
    path.remove_prefix(5);
    const std::string_view level = path.substr(0, path.find('/'));
    if (level.size() == path.size() || (level != "entries" && !is_number(level, 1, 2))) return false;
    path.remove_prefix(level.size() + 1);
    while (path.starts_with('x')) {
        if (path.size() < 5 || !is_number(path.substr(1, 3), 3, 3) || path[4] != '/') return false;
        path.remove_prefix(5);
    }
    if (!is_number(path.substr(0, 3), 3, 3)) return false;
    path.remove_prefix(3);
    return path.empty() || (path.starts_with(".p/") && is_number(path.substr(3), 1, 3));
}

Result<std::string> read_whole(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) return fail(errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? ErrorKind::not_found : ErrorKind::unavailable, "no such file of the log");
    struct stat status {};
    std::string text;
    Result<void> done;
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) done = fail(ErrorKind::not_found, "no such file of the log");
    else if (static_cast<std::uint64_t>(status.st_size) > file_bytes_max) done = fail(ErrorKind::too_large, "a file of the log over {} bytes", file_bytes_max);
    else text.resize(static_cast<std::size_t>(status.st_size));
    for (std::size_t at = 0; done && at < text.size();) {
        const auto count = ::read(file, text.data() + at, text.size() - at);
        if (count <= 0) done = fail(ErrorKind::unavailable, "a file of the log cannot be read");
        else at += static_cast<std::size_t>(count);
    }
    ::close(file);
    if (!done) return fail(std::move(done).error());
    return text;
}
}  // namespace

void add_ledger_routes(Router& router, HotlinePtr hotline) {
    router.get("/ledger/{rest...}", [hotline](const Request& request) {
        const std::string& path = request.path_values.at("rest");
        const bool is_checkpoint = path == "checkpoint";
        if (hotline->services.ledger_folder.empty() || (!is_checkpoint && !is_tile_path(path)))
            return Response::problem(404, "not found", "the log has checkpoint and tile/...");
        auto text = read_whole(hotline->services.ledger_folder + "/" + path);
        if (!text) return Response::from_error(text.error());
        // A checkpoint is replaced by the next one; what a tile holds is fixed by its name.
        Response response = Response::bytes(200, is_checkpoint ? "text/plain; charset=utf-8" : "application/octet-stream", std::move(*text));
        response.with("Cache-Control", is_checkpoint ? "no-cache" : "public, max-age=31536000, immutable");
        return response.with("Access-Control-Allow-Origin", "*");  // anybody's page may check the log
    });
}

}  // namespace plumbline::face
