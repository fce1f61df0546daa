// SPDX-License-Identifier: Apache-2.0
#include "face/download.h"

namespace plumbline::face {

namespace {
// RFC 6266 and RFC 8187: only what is plain in a quoted string, and all of it in the extended form.
std::string disposition_of(std::string_view name) {
    std::string plain;
    std::string extended;
    for (const char letter : name) {
        const auto value = static_cast<unsigned char>(letter);
        const bool is_plain = (value >= '0' && value <= '9') || (value >= 'a' && value <= 'z') || (value >= 'A' && value <= 'Z') || letter == '.' || letter == '-' || letter == '_';
        plain += is_plain ? letter : '_';
        if (is_plain) {
            extended += letter;
        } else {
            extended += fmt::format("%{:02X}", value);
        }
    }
    if (plain.empty()) plain = extended = "file";
    return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain, extended);
}
}  // namespace

Response download(std::string_view name, std::uint64_t size_bytes, std::function<Result<bool>(Bytes& out)> next) {
    Response response;
    response.headers = {{"Content-Type", "application/octet-stream"},
                        {"Content-Disposition", disposition_of(name)},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Content-Security-Policy", "sandbox; default-src 'none'"},
                        {"Cross-Origin-Resource-Policy", "same-origin"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cache-Control", "no-store"}};
    response.body_source_size = size_bytes;
    response.body_source = std::move(next);
    return response;
}

}  // namespace plumbline::face
