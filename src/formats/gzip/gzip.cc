// SPDX-License-Identifier: Apache-2.0
#include "formats/gzip/gzip.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

namespace plumbline::formats {

namespace {
constexpr std::size_t piece_min = 1024;
constexpr std::size_t piece_max = 256 * 1024;

// One zlib state for each way of wrapping, kept from stream to stream: a file may be a hundred thousand tiny ones.
class Inflater {
  public:
    explicit Inflater(int window_bits) : is_ready_(inflateInit2(&stream_, window_bits) == Z_OK) {}
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() {
        if (is_ready_) inflateEnd(&stream_);
    }
    // At the start of a stream; null where there is no memory.
    z_stream* fresh() {
        if (!is_ready_ || inflateReset(&stream_) != Z_OK) return nullptr;
        stream_.next_in = nullptr;
        stream_.avail_in = 0;
        return &stream_;
    }

  private:
    z_stream stream_{};
    bool is_ready_;
};
// Raw deflate (-15), zlib (15) or gzip (15 + 16), as inflateInit2 counts them.
z_stream* fresh_stream(int window_bits) {
    thread_local Inflater raw(-15);
    thread_local Inflater zlib(15);
    thread_local Inflater gzip(15 + 16);
    return (window_bits < 0 ? raw : window_bits == 15 ? zlib : gzip).fresh();
}

// Inflates one member or stream behind what `out` has. False where it ended in damage or over the budget.
bool inflate_one(ByteView source, int window_bits, Budget& budget, Decoded& out, std::string_view name) {
    z_stream* const kept = fresh_stream(window_bits);
    if (!kept) {
        out.damage = std::string(name) + ": no memory";
        return false;
    }
    z_stream& stream = *kept;
    int status = Z_OK;
    std::size_t fed = 0;
    // Small at first: what is no stream at all must not cost a large piece of zeros.
    std::size_t piece = piece_min;
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
        piece = std::min(piece * 4, piece_max);
    }
    out.size_in += fed - stream.avail_in;
    if (status != Z_STREAM_END && out.damage.empty())
        out.damage = std::string(name) + (status == Z_DATA_ERROR ? ": damaged" : ": cut short");
    return status == Z_STREAM_END;
}
// Deflate may give 1,032 bytes for one (RFC 1951: 258 bytes from two bits), but files seldom give sixteen: room for a greater
// claim is made only as bytes come.
bool is_likely(std::uint64_t size_out, std::uint64_t size_in) { return size_out > 0 && size_out <= 16 * size_in; }

enum class Wrap : std::uint8_t { raw, gzip };
// One stream of which it is known what comes out. False, and nothing changed, where that was wrong or it is damaged.
bool inflate_known(ByteView source, Wrap wrap, std::uint64_t size_out, Budget& budget, Decoded& out) {
    struct Free {
        void operator()(libdeflate_decompressor* decompressor) const { libdeflate_free_decompressor(decompressor); }
    };
    if (!is_likely(size_out, source.size()) || size_out > budget.bytes_out_left || size_out >= budget.steps_left) return false;
    thread_local std::unique_ptr<libdeflate_decompressor, Free> own;
    if (!own) own.reset(libdeflate_alloc_decompressor());
    if (!own) return false;
    const std::size_t before = out.bytes.size();
    out.bytes.resize(before + static_cast<std::size_t>(size_out));
    std::size_t taken = 0;
    unsigned char* target = uchar(std::span(out.bytes)) + before;
    const libdeflate_result result =
        wrap == Wrap::raw ? libdeflate_deflate_decompress_ex(own.get(), uchar(source), source.size(), target, static_cast<std::size_t>(size_out), &taken, nullptr)
                          : libdeflate_gzip_decompress_ex(own.get(), uchar(source), source.size(), target, static_cast<std::size_t>(size_out), &taken, nullptr);
    if (result != LIBDEFLATE_SUCCESS) {
        out.bytes.resize(before);
        budget.take_steps(size_out);  // they were cleared for nothing
        return false;
    }
    budget.take_bytes(size_out);
    budget.take_steps(size_out + 1);
    out.size_in += taken;
    return true;
}
// What the last member of a gzip file says of its size, modulo 2^32 (RFC 1952, ISIZE).
std::uint64_t size_at_end(ByteView source) {
    if (source.size() < 18) return 0;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 4; ++i) value |= std::to_integer<std::uint64_t>(source[source.size() - 4 + i]) << (8 * i);
    return value;
}
bool has_magic(ByteView bytes) {
    return bytes.size() >= 10 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b} && bytes[2] == std::byte{8} &&
           (bytes[3] & std::byte{0xe0}) == std::byte{0};
}
}  // namespace

Decoded inflate_raw(ByteView source, Budget& budget, std::uint64_t size_out) {
    Decoded out;
    if (inflate_known(source, Wrap::raw, size_out, budget, out)) return out;
    inflate_one(source, -15, budget, out, "deflate");
    return out;
}

Decoded decode_gzip(ByteView source, Budget& budget, bool is_end_known) {
    Decoded out;
    out.decoder = "gzip";
    // The size at the end speaks of the last member. Most files have one; where it was wrong of the first, it is not tried again.
    if (is_end_known && has_magic(source)) inflate_known(source, Wrap::gzip, size_at_end(source), budget, out);
    while (out.size_in < source.size() && has_magic(source.subspan(out.size_in)))
        if (!inflate_one(source.subspan(out.size_in), 15 + 16, budget, out, "gzip")) return out;
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
