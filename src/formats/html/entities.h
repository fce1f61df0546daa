// SPDX-License-Identifier: Apache-2.0
// The named character references of HTML, without the ampersand: {"amp;", "&"}, {"amp", "&"}.
#pragma once
#include <cstddef>

namespace plumbline::formats {

struct NamedReference {
    const char* name;
    const char* utf8;
};
inline constexpr std::size_t named_reference_count = 2231;
extern const NamedReference named_references[named_reference_count];

}  // namespace plumbline::formats
