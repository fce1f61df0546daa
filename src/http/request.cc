// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

namespace plumbline {

namespace {
std::string_view value_in(const std::map<std::string, std::string>& pairs, std::string_view name) {
    const auto found = pairs.find(std::string(name));
    return found == pairs.end() ? std::string_view() : std::string_view(found->second);
}
std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}
}  // namespace

std::string_view Request::header(std::string_view lower_case_name) const { return value_in(headers, lower_case_name); }
std::string_view Request::query_value(std::string_view name) const { return value_in(query, name); }

// RFC 6265 section 5.4: "a=1; b=2". The first of equal names counts.
std::optional<std::string> Request::cookie(std::string_view name) const {
    std::string_view rest = header("cookie");
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || trimmed(pair.substr(0, equals)) != name) continue;
        return std::string(trimmed(pair.substr(equals + 1)));
    }
    return std::nullopt;
}

}  // namespace plumbline
