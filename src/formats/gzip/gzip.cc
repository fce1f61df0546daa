// SPDX-License-Identifier: Apache-2.0
#include "formats/gzip/gzip.h"

#include <zlib.h>

#include <algorithm>

namespace plumbline::formats {

namespace {
constexpr std::size_t piece_max = 256 * 1024;

// Inflates one member or stream behind what `out` has. False where it ended in damage or over the budget.
bool inflate_one(ByteView source, int window_bits, Budget& budget, Decoded& out, std::string_view name) {
    z_stream stream{};
    if (inflateInit2(&stream, window_bits) != Z_OK) {
        out.damage = std::string(name) + ": no memory";
        return false;
    }
    int status = Z_OK;
    std::size_t fed = 0;
    std::size_t piece = std::clamp<std::size_t>(source.size() * 4, 1024, piece_max);
    while (status == Z_OK) {
        if (stream.avail_in == 0 && fed < source.size()) {
            const std::size_t size = std::min<std::size_t>(source.size() - fed, 1U << 30);
            stream.next_in = const_cast<unsigned char*>(uchar(source.subspan(fed)));
            stream.avail_in = static_cast<uInt>(size);
            fed += size;
        }
        piece = static_cast<std::size_t>(std::min<std::uint64_t>(piece, budget.bytes_out_left));
        if (piece == 0) {
            out.damage = std::string(name) + ": over the budget of decoded bytes";
            break;
        }
        const std::size_t before = out.bytes.size();
        out.bytes.resize(before + piece);
        stream.next_out = uchar(std::span(out.bytes)) + before;
        stream.avail_out = static_cast<uInt>(piece);
        status = inflate(&stream, Z_NO_FLUSH);
        const std::size_t made = piece - stream.avail_out;
        out.bytes.resize(before + made);
        budget.take_bytes(made);
        if (status == Z_BUF_ERROR && made == 0) break;
        if (status == Z_BUF_ERROR) status = Z_OK;
        if (!budget.take_steps(made + 1)) status = Z_MEM_ERROR;
        piece = piece_max;
    }
    out.size_in += fed - stream.avail_in;
    inflateEnd(&stream);
    if (status != Z_STREAM_END && out.damage.empty())
        out.damage = std::string(name) + (status == Z_DATA_ERROR ? ": damaged" : ": cut short");
    return status == Z_STREAM_END;
}
bool has_magic(ByteView bytes) {
    return bytes.size() >= 10 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b} && bytes[2] == std::byte{8} &&
           (bytes[3] & std::byte{0xe0}) == std::byte{0};
}
}  // namespace

Decoded inflate_raw(ByteView source, Budget& budget) {
    Decoded out;
    inflate_one(source, -15, budget, out, "deflate");
    return out;
}

Decoded decode_gzip(ByteView source, Budget& budget) {
    Decoded out;
    out.decoder = "gzip";
    while (out.size_in < source.size() && has_magic(source.subspan(out.size_in))) {
        if (!inflate_one(source.subspan(out.size_in), 15 + 16, budget, out, "gzip")) return out;
    }
    if (out.size_in < source.size()) out.damage = "gzip: bytes behind the last member";
    return out;
}

bool looks_like_gzip(ByteView bytes, const Hints&) { return has_magic(bytes); }

void open_gzip(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    if (!budget.take_items(1)) return visitor.unread(0, "gzip", "gzip: over the budget of items");
    Decoded child = decode_gzip(bytes, budget);
    if (!child.damage.empty()) visitor.unread(0, "gzip", child.damage);
    Hints inside;
    inside.is_file = true;
    if ((bytes[3] & std::byte{0x08}) != std::byte{0} && (bytes[3] & std::byte{0x04}) == std::byte{0}) {
        const std::string_view rest = text_of(bytes.subspan(10, std::min<std::size_t>(bytes.size() - 10, 255)));
        inside.name = rest.substr(0, rest.find('\0'));
    } else if (hints.name.ends_with(".gz")) {
        inside.name = hints.name.substr(0, hints.name.size() - 3);
    }
    visitor.decoded(std::move(child), inside, false);
}


Decoded decode_zlib(ByteView source, Budget& budget) {
    Decoded out;
    out.decoder = "zlib";
    if (inflate_one(source, 15, budget, out, "zlib") && out.size_in < source.size()) out.damage = "zlib: bytes behind the end";
    return out;
}

// Two bytes are little proof ("x^" starts them too), so the first stretch must inflate.
bool looks_like_zlib(ByteView bytes, const Hints&) {
    if (bytes.size() < 16 || bytes[0] != std::byte{0x78} || (0x7800 + std::to_integer<unsigned>(bytes[1])) % 31 != 0 || (bytes[1] & std::byte{0x20}) != std::byte{0}) return false;
    Budget budget;
    Decoded probe;
    inflate_one(bytes.first(std::min<std::size_t>(bytes.size(), 1024)), 15, budget, probe, "zlib");
    return !probe.damage.ends_with("damaged") && !probe.bytes.empty();
}

void open_zlib(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    if (!budget.take_items(1)) return visitor.unread(0, "zlib", "zlib: over the budget of items");
    Decoded child = decode_zlib(bytes, budget);
    if (!child.damage.empty()) visitor.unread(0, "zlib", child.damage);
    Hints inside;
    inside.is_file = true;
    visitor.decoded(std::move(child), inside, false);
}

}  // namespace plumbline::formats
