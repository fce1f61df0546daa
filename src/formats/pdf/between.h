// SPDX-License-Identifier: Apache-2.0
// What stands between the streams of a PDF: objects, also those that nothing leads to any more, comments, and what was put
// before or behind the document. Streams that the document does not know (older revisions, damaged files) are inflated where
// they stand.
#pragma once
#include <utility>
#include <vector>

#include "formats/format.h"

namespace plumbline::formats::pdf {

// `streams`: begin and size of those that were read, in any order.
void visit_between(ByteView bytes, std::vector<std::pair<std::uint64_t, std::uint64_t>> streams, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats::pdf
