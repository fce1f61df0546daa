// SPDX-License-Identifier: Apache-2.0
// UTF-8 as in RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace plumbline {

// Bytes of the sequence that `text` starts with, 1 to 4; 0 where it is not UTF-8 or empty.
std::size_t utf8_sequence_size(std::string_view text);
bool is_utf8(std::string_view text);
// Every byte that is not part of a sequence becomes U+FFFD.
std::string utf8_repaired(std::string_view text);
void append_utf8(std::string& out, char32_t code_point);  // an invalid code point becomes U+FFFD
// The longest start of `text` that has at most `bytes_max` bytes and does not cut a sequence.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

}  // namespace plumbline
