// SPDX-License-Identifier: Apache-2.0
// Windows registry hives (regf): keys, their values' texts, deleted ones too, each with its place. Read by our own reader from
// cell to cell, so that a broken tree loses nothing. docs/formats/registry.md says what a view holds.
//
// Source: https://github.com/msuhanov/regf/blob/master/Windows%20registry%20file%20format%20specification.md
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_registry(ByteView bytes, const Hints& hints);
void open_registry(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
// "3" or "3/free": the third 64 KiB of the hive's cells.
Result<Bytes> decode_registry(ByteView bytes, std::string_view argument, Budget& budget);

}  // namespace plumbline::formats
