// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as a database, a log or a journal within a small budget; every place that is said must lie in the bytes.
#include "formats/fuzz_visitor.h"
#include "formats/sqlite/sqlite.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::FuzzVisitor visitor(bytes.size());
    formats::Budget budget = formats::small_budget();
    if (formats::looks_like_sqlite(bytes, {})) formats::open_sqlite(bytes, {}, budget, visitor);
    budget = formats::small_budget();
    if (formats::looks_like_sqlite_wal(bytes, {})) formats::open_sqlite_wal(bytes, {}, budget, visitor);
    budget = formats::small_budget();
    if (formats::looks_like_sqlite_journal(bytes, {})) formats::open_sqlite_journal(bytes, {}, budget, visitor);
    return 0;
}
