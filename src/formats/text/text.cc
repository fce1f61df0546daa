// SPDX-License-Identifier: Apache-2.0
#include "formats/text/text.h"

#include <algorithm>

#include "formats/text/charset.h"

namespace plumbline::formats {

bool looks_like_utf16(ByteView bytes, const Hints&) { return !utf16_decoder_of(bytes).empty(); }

void open_utf16(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    Decoded child = decode_utf16(bytes, utf16_decoder_of(bytes) == "utf16be", budget);
    if (!child.damage.empty()) visitor.unread(0, child.decoder, child.damage);
    Hints inside = hints;
    inside.charset = "utf-8";
    inside.is_file = false;
    visitor.decoded(std::move(child), inside, false);
}

bool looks_like_text(ByteView bytes, const Hints&) {
    const ByteView probe = bytes.first(std::min<std::size_t>(bytes.size(), 4096));
    const auto is_control = [](std::byte b) {
        return b < std::byte{0x20} && b != std::byte{'\n'} && b != std::byte{'\r'} && b != std::byte{'\t'} && b != std::byte{'\f'} && b != std::byte{0x1b};
    };
    std::size_t controls = 0;
    std::size_t at = 0;
    // A fixed count and a sum of a byte: the compiler takes sixteen bytes at a time.
    for (; at + 64 <= probe.size(); at += 64) {
        unsigned char in_block = 0;
        for (std::size_t i = at; i < at + 64; ++i) in_block = static_cast<unsigned char>(in_block + is_control(probe[i]));
        controls += in_block;
    }
    for (; at < probe.size(); ++at) controls += is_control(probe[at]);
    return controls * 100 <= probe.size();
}

void open_raw(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    if (!budget.take_steps(bytes.size())) return visitor.unread(0, "", "over the budget of steps");
    visitor.window(0, bytes.size(), hints, true);
}

}  // namespace plumbline::formats
