// SPDX-License-Identifier: Apache-2.0
// One stretch of text, all kinds: the anchor pass and the verifiers behind it.
#pragma once
#include <vector>

#include "evidence/anchors.h"
#include "evidence/islands.h"
#include "evidence/scanners/sink.h"

namespace plumbline::evidence {

// Appends to `found`, in no order that callers may rely on, and to `signs`, where it is given, what shows another writing.
// Linear in the text but for bounded looks around each anchor.
void scan_text(std::string_view text, std::string_view region, Memo& memo, std::vector<Found>& found, Classify classify = best_classify(),
               std::vector<Sign>* signs = nullptr);

}  // namespace plumbline::evidence
