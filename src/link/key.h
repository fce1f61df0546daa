// SPDX-License-Identifier: Apache-2.0
// What the link step reads of one tip: the values that may tell who is behind it, and the shingles of its text.
//
//     LinkFacts facts = link_facts_of(evidence, content);
//     index.insert(tip, facts);
//
// Values: every sighting of a kind that grade.h grades, in normal form. A URL also gives its host, a mail address its
// domain, a host its site. Left out: what commonplace.h calls silent or shared, whatever stands in the reporter's own contact
// (it would link reporters, not offenders), the hash of the empty file. An attached file gives its SHA-256 (kind file).
// Text: the readable text of all parts, boilerplate and all; rarity and likeness deal with that. Pure.
#pragma once
#include <string_view>

#include "model/indicator.h"
#include "model/link.h"
#include "model/tip.h"

namespace plumbline::link {

inline constexpr std::size_t values_max = 128;        // of one tip; identity first, then contact, then site
inline constexpr std::size_t value_bytes_max = 1024;  // a longer value is no key

LinkFacts link_facts_of(const Evidence& evidence, const TipContent& content);

// The host of a URL or mail address in normal form: "" where there is none; no port, no user, no leading "www.".
std::string_view host_of(std::string_view url_or_address);
// What values of one site have in common: two of them are one piece of evidence. "" where the value stands alone.
std::string_view site_of_value(IndicatorKind kind, std::string_view value);
// The SHA-256 in the value of a file sighting; "" where there is none.
std::string_view sha256_in(std::string_view value);

}  // namespace plumbline::link
