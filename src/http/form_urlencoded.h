// SPDX-License-Identifier: Apache-2.0
// Percent-encoding (RFC 3986 section 2.1) and application/x-www-form-urlencoded (WHATWG URL section 5.1), read strictly:
// a broken escape or bytes that are not UTF-8 are `invalid`, never guessed at. Pure functions.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumbline {

// invalid: '%' without two hexadecimal digits, or a result that is not UTF-8 or holds a NUL.
Result<std::string> percent_decoded(std::string_view text);
// Leaves the unreserved letters of RFC 3986 section 2.3 and writes all others as %XX.
std::string percent_encoded(std::string_view text);

inline constexpr std::size_t form_pairs_max = 256;
// "a=1&b=two+words": '+' is a space, the last of equal names stays, empty pairs are skipped.
// invalid: a broken escape; too_large: more than form_pairs_max pairs.
Result<std::map<std::string, std::string>> form_from(std::string_view text);

// The path of a request target, decoded. invalid: not starting with '/', a control byte, an encoded '/' or '\', or a
// segment "." or ".." (so that a decoded path always has the segments that were sent).
Result<std::string> path_from(std::string_view encoded_path);

}  // namespace plumbline
