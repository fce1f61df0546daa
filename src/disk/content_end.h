// SPDX-License-Identifier: Apache-2.0
// How long a file is of which only whole blocks are known: what its format says, or where its last byte that is not zero
// stands. Also what kind it is, by its first bytes.
#pragma once
#include <optional>
#include <string>

#include "disk/random_bytes.h"

namespace plumbline::disk {

struct FoundContent {
    std::uint64_t size_bytes = 0;
    std::string extension;     // "jpg", "zip", ...; empty where the kind is not known
};
// `content` is the file's blocks, of which the last one holds its last byte (`block_bytes` long). Never longer than that.
FoundContent end_of_content(RandomBytes& content, std::uint64_t block_bytes);
// The extension for a file that starts with these bytes; empty where they say nothing.
std::string extension_of(ByteView head);
// The end of a file that starts in these bytes and goes on without a gap, where its format says it: zip, pdf, png, jpg,
// ogg, riff, or a text that ends in zero bytes before `bytes` does.
std::optional<std::uint64_t> length_by_format(ByteView bytes);

}  // namespace plumbline::disk
