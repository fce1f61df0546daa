// SPDX-License-Identifier: Apache-2.0
// Archives and compressed streams that libarchive reads: tar, 7z, rar, cab, iso; bzip2, xz, lzma, lzip, zstd, lz4,
// compress. Found by their first bytes, read from memory, without programs and without writing anything.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_archive(ByteView bytes, const Hints& hints);
// The decoder of an entry is "tar:3/NAME": the format, the entry's number from 1, its name.
void open_archive(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
bool looks_like_compressed(ByteView bytes, const Hints& hints);
void open_compressed(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

// "tar", "7z" ... with "3/NAME", "bzip2", "xz" ... without an argument; `is_known` false where `decoder` is none of them.
bool is_archive_decoder(std::string_view decoder);
Result<Bytes> decode_archive(ByteView bytes, std::string_view decoder, std::string_view argument, Budget& budget);

// Names inside archives are converted by the C library, which loads its converters from files. Once, before lockdown.
void prepare_archives();

}  // namespace plumbline::formats
