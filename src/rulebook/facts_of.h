// SPDX-License-Identifier: Apache-2.0
// The one gate between a tip and the rulebook: it reads the tip's content and evidence, and lets through facts of the
// offence alone. Of content.origin, .contact and .text it reads nothing; of money only the band of its value. Pure.
#pragma once
#include <cstdint>

#include "model/indicator.h"
#include "model/tip.h"
#include "rulebook/facts.h"
#include "rulebook/reference_rates.h"

namespace plumbline::rulebook {

// linked_tips: how many other tips the link step found.
Facts facts_of(const TipContent& content, const Evidence& evidence, std::int64_t linked_tips, const ReferenceRates& rates);

}  // namespace plumbline::rulebook
