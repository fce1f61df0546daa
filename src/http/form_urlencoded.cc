// SPDX-License-Identifier: Apache-2.0
#include "http/form_urlencoded.h"

#include "base/utf8.h"

namespace plumbline {

namespace {
int hex_value(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

Result<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) return fail(ErrorKind::invalid, "a % that two hexadecimal digits do not follow, at byte {}", i);
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    if (out.find('\0') != std::string::npos) return fail(ErrorKind::invalid, "a NUL byte");
    if (!is_utf8(out)) return fail(ErrorKind::invalid, "not UTF-8");
    return out;
}
}  // namespace

Result<std::string> percent_decoded(std::string_view text) { return decoded(text, false); }

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
                              letter == '-' || letter == '.' || letter == '_' || letter == '~';
        if (is_plain) {
            out += letter;
        } else {
            fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(letter));
        }
    }
    return out;
}

Result<std::map<std::string, std::string>> form_from(std::string_view text) {
    std::map<std::string, std::string> pairs;
    std::size_t count = 0;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        if (pair.empty()) continue;
        if (++count > form_pairs_max) return fail(ErrorKind::too_large, "more than {} fields", form_pairs_max);
        const std::size_t equals = pair.find('=');
        std::string name = TRY(decoded(pair.substr(0, equals), true));
        std::string value = equals == std::string_view::npos ? "" : TRY(decoded(pair.substr(equals + 1), true));
        pairs[std::move(name)] = std::move(value);
    }
    return pairs;
}

Result<std::string> path_from(std::string_view encoded_path) {
    if (!encoded_path.starts_with('/')) return fail(ErrorKind::invalid, "a path starts with '/'");
    std::string path = TRY(percent_decoded(encoded_path));
    const auto slashes = [](std::string_view text) { return std::count(text.begin(), text.end(), '/'); };
    if (slashes(path) != slashes(encoded_path)) return fail(ErrorKind::invalid, "an encoded '/' in the path");
    for (const char letter : path)
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f || letter == '\\')
            return fail(ErrorKind::invalid, "a control letter or '\\' in the path");
    std::string_view rest = std::string_view(path).substr(1);
    while (true) {
        const std::string_view segment = rest.substr(0, rest.find('/'));
        if (segment == "." || segment == "..") return fail(ErrorKind::invalid, "a segment \".\" or \"..\" in the path");
        if (segment.size() == rest.size()) return path;
        rest.remove_prefix(segment.size() + 1);
    }
}

}  // namespace plumbline
