// SPDX-License-Identifier: Apache-2.0
// Copies a text into a view in which escapes are replaced by what they mean. For decoders of such writings only.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

// `step(text, at, made)` says how many bytes at `at` are an escape, 0 for none, and appends to `made` what they mean. An
// escape starts with one of `starts`; other bytes stand as they are. In sources over a mebibyte, escapes side by side have
// one row in the map: what they are for, finding the neighbours of an escape, is asked of short stretches only.
template <class Step>
Decoded rewritten(std::string_view decoder, std::string_view starts, ByteView source, Budget& budget, Step&& step) {
    constexpr std::size_t exact_max = 1 << 20;
    Decoded out;
    out.decoder = decoder;
    if (!budget.take_steps(source.size()) || !budget.take_bytes(source.size())) {
        out.damage = out.decoder + ": over the budget";
        return out;
    }
    bool starts_escape[256] = {};
    for (const char c : starts) starts_escape[static_cast<unsigned char>(c)] = true;
    const std::string_view text = text_of(source);
    const bool is_exact = text.size() <= exact_max;
    bool was_made = false;
    out.size_in = text.size();
    out.bytes.reserve(text.size());
    std::string made;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t plain = at;
        while (plain < text.size() && !starts_escape[static_cast<unsigned char>(text[plain])]) ++plain;
        made.clear();
        const std::size_t size = plain < text.size() ? step(text, plain, made) : 0;
        if (size == 0 && plain < text.size()) ++plain;  // the byte means itself
        if (plain > at) {
            out.map.add(out.bytes.size(), at, OffsetMap::Run::same);
            append(out.bytes, text.substr(at, plain - at));
            was_made = false;
        }
        if (size > 0) {
            if (is_exact || !was_made) out.map.add(out.bytes.size(), plain, OffsetMap::Run::made);
            append(out.bytes, made);
            was_made = true;
        }
        at = plain + size;
    }
    return out;
}

}  // namespace plumbline::formats
