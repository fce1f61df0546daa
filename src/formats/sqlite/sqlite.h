// SPDX-License-Identifier: Apache-2.0
// SQLite: databases (browser histories, messengers), write-ahead logs and rollback journals, read by our own reader: the
// records' texts with their places, BLOBs, deleted records and free pages. docs/formats/sqlite.md says what a view holds.
//
// Source: https://www.sqlite.org/fileformat2.html. Nothing is written, no SQL is run, no other file is asked for: a log is
// read alone. Steps are bounded by the bytes: each page is read once.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_sqlite(ByteView bytes, const Hints& hints);
void open_sqlite(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
bool looks_like_sqlite_wal(ByteView bytes, const Hints& hints);
void open_sqlite_wal(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
bool looks_like_sqlite_journal(ByteView bytes, const Hints& hints);
void open_sqlite_journal(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

// "sqlite", "sqlitewal", "sqlitejournal" with a group of pages ("17") or a BLOB ("17/3/2").
bool is_sqlite_decoder(std::string_view decoder);
Result<Bytes> decode_sqlite(ByteView bytes, std::string_view decoder, std::string_view argument, Budget& budget);

}  // namespace plumbline::formats
