// SPDX-License-Identifier: Apache-2.0
// The SHA-256 of each part of a tip as the line read it: a small product of its own, so that a lab's finding is held against it
// without opening the whole evidence. Pure.
#pragma once
#include <string_view>

#include "base/json.h"
#include "model/indicator.h"

namespace plumbline::dispatch {

inline constexpr std::string_view product_hashes = "hashes";
Json hashes_json(const Evidence& evidence);   // {"1":"<hex>", ...}; parts without a hash are left out

}  // namespace plumbline::dispatch
