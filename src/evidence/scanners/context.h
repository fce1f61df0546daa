// SPDX-License-Identifier: Apache-2.0
// What stands around a find: for kinds whose writing alone proves too little.
#pragma once
#include <span>

#include "evidence/scanners/sink.h"

namespace plumbline::evidence {

// True where one of `words` (lower case, a letter first) stands as a whole word, in any case, within `reach` bytes before `begin` or
// behind `end`.
bool has_word_near(std::string_view text, std::size_t begin, std::size_t end, std::span<const std::string_view> words, std::size_t reach);
// The same before `begin` only; the word that stands nearest, or none.
std::string_view word_before(std::string_view text, std::size_t begin, std::span<const std::string_view> words, std::size_t reach);

}  // namespace plumbline::evidence
