// SPDX-License-Identifier: Apache-2.0
// What a tip's content must be before it is sealed: afterwards nobody on this side can look. Pure.
#pragma once
#include "base/limits.h"
#include "base/result.h"
#include "model/category.h"
#include "model/tip.h"

namespace plumbline::intake {

// invalid or too_large; the message starts with the field's name, "category: ...", and never holds what was written.
// Gives the category's row.
Result<const Category*> check_content(const TipContent& content, const Categories& categories, const Limits& limits);
Result<void> check_message(std::string_view text, const Limits& limits, bool has_files = false);

// The words of a contact that stand in the text as well: an address that a person wrote in both is no secret of the contact, and
// must not link this tip to others.
std::string own_values_in(std::string_view text, std::string_view contact);

// A file's name as it may be kept: UTF-8, and cut to the limit without cutting a letter.
std::string kept_name(std::string_view name, const Limits& limits);
// A media type (RFC 6838 section 4.2) in lower case without its parameters; "" where it is none.
std::string kept_media_type(std::string_view media_type);

}  // namespace plumbline::intake
