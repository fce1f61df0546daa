// SPDX-License-Identifier: Apache-2.0
#include "evidence/slice.h"

#include <charconv>

namespace plumbline::evidence {

namespace {
constexpr std::size_t steps_max = 64;

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}
std::string_view next_token(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('-'), rest.size());
    const std::string_view token = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return token;
}
}  // namespace

Place place_of(const Slice& slice, std::uint64_t at, std::uint64_t size) {
    const Slice* here = &slice;
    while (here->parent && here->map) {
        const std::optional<std::uint64_t> source = here->map->same_at(at, size);
        if (!source) break;
        at = here->parent_offset + *source;
        here = here->parent;
    }
    return {here, at};
}

Result<Where> parse_where(std::string_view text) {
    Where where;
    std::string_view rest = text;
    if (rest.empty()) return fail(ErrorKind::invalid, "where: it is empty");
    while (!rest.empty()) {
        std::string_view token = next_token(rest);
        std::string_view size;
        if (const std::size_t plus = token.find('+'); plus != std::string_view::npos && rest.empty()) {
            size = token.substr(plus + 1);
            token = token.substr(0, plus);
        }
        const std::optional<std::uint64_t> offset = number_of(token);
        if (!offset) return fail(ErrorKind::invalid, "where: \"{}\" is not an offset", token.substr(0, 40));
        if (!size.empty()) {
            where.size = number_of(size);
            if (!where.size) return fail(ErrorKind::invalid, "where: \"{}\" is not a count of bytes", size.substr(0, 40));
        }
        if (rest.empty()) {
            where.offset = offset;
            break;
        }
        const std::string_view decoder = next_token(rest);
        const std::size_t colon = std::min(decoder.find(':'), decoder.size());
        if (colon == 0) return fail(ErrorKind::invalid, "where: a decoder is missing");
        if (where.steps.size() == steps_max) return fail(ErrorKind::too_large, "where: more than {} steps", steps_max);
        where.steps.push_back({*offset, std::string(decoder.substr(0, colon)), std::string(decoder.substr(std::min(colon + 1, decoder.size())))});
    }
    return where;
}

bool where_less(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        const std::string_view x = next_token(a);
        const std::string_view y = next_token(b);
        if (x == y) continue;
        const std::optional<std::uint64_t> m = number_of(x);
        const std::optional<std::uint64_t> n = number_of(y);
        if (m && n && *m != *n) return *m < *n;
        return x < y;
    }
    return a.empty() && !b.empty();
}

}  // namespace plumbline::evidence
