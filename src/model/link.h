// SPDX-License-Identifier: Apache-2.0
// A link says that two tips are about the same offender or campaign, how strongly (in bits), and why in words.
#pragma once
#include <string>
#include <vector>

#include "base/json.h"
#include "model/indicator.h"
#include "model/ids.h"

namespace plumbline {

struct LinkReason {
    std::string kind;     // an indicator kind, or "text"
    std::string value;    // the shared normal value, or "" for text
    double bits = 0;      // how much this reason says; the sum decides
    std::string words;    // "the same Bitcoin address 1Boat..., in 3 tips"
};
struct Link {
    TipId other;
    double bits = 0;
    std::vector<LinkReason> reasons;  // strongest first
};
// What the link step reads of one tip.
struct LinkFacts {
    std::vector<std::pair<IndicatorKind, std::string>> values;  // normal forms, each once, sorted
    std::vector<std::uint64_t> shingles;                        // hashes of the text's word shingles, each once, sorted
    std::uint64_t text_print = 0;                               // of a text too short for shingles: a hash of its letters; 0: none
    bool is_danger = false;                                     // to somebody's life, and
    bool is_recallable = false;                                 // money sent within 72 hours: no flood folds what has it alone
};
Json to_json(const Link& link);

}  // namespace plumbline
