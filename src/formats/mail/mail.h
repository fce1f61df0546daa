// SPDX-License-Identifier: Apache-2.0
// Reads an e-mail as MIME (RFC 5322, RFC 2045, RFC 2046) over the raw bytes, so that every header, part and encoded word
// keeps its place. It is lenient as mail readers are: a missing blank line, boundary or end is read over and named.
#pragma once
#include <vector>

#include "formats/format.h"

namespace plumbline::formats {

struct HeaderField {
    std::string_view name;        // as written
    std::uint64_t value_at = 0;   // in the bytes given
    std::string_view value;       // raw, with its folding
};
struct HeaderBlock {
    std::vector<HeaderField> fields;  // at most 1000
    std::uint64_t body_at = 0;        // after the blank line
    const HeaderField* find(std::string_view name) const;  // the first one, any case
};
// `begin` to `end` of `text`; offsets count from the start of `text`.
HeaderBlock read_header_block(std::string_view text, std::uint64_t begin, std::uint64_t end);

// A structured value: "multipart/mixed; boundary=\"x\"" (RFC 2045 section 5.1, parameters also as in RFC 2231).
struct StructuredValue {
    std::string main;  // lower case
    std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case; values unquoted, UTF-8 where decoded
    std::string_view parameter(std::string_view name) const;      // empty where absent
};
StructuredValue read_structured(std::string_view value);

bool looks_like_mail(ByteView bytes, const Hints& hints);
void open_mail(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats
