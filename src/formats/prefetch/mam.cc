// SPDX-License-Identifier: Apache-2.0
// XPRESS Huffman ([MS-XCA] sections 2.1.4 and 2.2.4): blocks of 64 KiB, each behind its table of 512 code lengths; bits come
// in little-endian words of 16, most significant first.
#include <array>

#include "formats/prefetch/prefetch.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t symbols = 512;
constexpr std::size_t table_bytes = 256;
constexpr unsigned code_bits_max = 15;
constexpr std::size_t block_bytes = 65536;

unsigned byte_at(ByteView bytes, std::size_t at) { return at < bytes.size() ? std::to_integer<unsigned>(bytes[at]) : 0; }
unsigned word_at(ByteView bytes, std::size_t at) { return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8; }

struct Code {
    std::uint16_t symbol = 0;
    std::uint8_t bits = 0;  // 0: no symbol has this code
};
using Table = std::array<Code, std::size_t{1} << code_bits_max>;

// False where the lengths ask for more codes than there are.
bool read_table(ByteView lengths, Table& table) {
    std::size_t next = 0;
    for (unsigned bits = 1; bits <= code_bits_max; ++bits) {
        for (std::size_t symbol = 0; symbol < symbols; ++symbol) {
            const unsigned both = byte_at(lengths, symbol / 2);
            if ((symbol % 2 ? both >> 4 : both & 15) != bits) continue;
            const std::size_t count = std::size_t{1} << (code_bits_max - bits);
            if (count > table.size() - next) return false;
            for (std::size_t i = 0; i < count; ++i) table[next + i] = {static_cast<std::uint16_t>(symbol), static_cast<std::uint8_t>(bits)};
            next += count;
        }
    }
    for (; next < table.size(); ++next) table[next] = {};
    return true;
}

class Bits {
  public:
    Bits(ByteView bytes, std::size_t at) : bytes_(bytes), at_(at) {
        held_ = word_at(bytes, at) << 16 | word_at(bytes, at + 2);
        at_ += 4;
    }
    unsigned peek(unsigned count) const { return count == 0 ? 0 : held_ >> (32 - count); }
    void skip(unsigned count) {
        held_ <<= count;
        extra_ -= static_cast<int>(count);
        if (extra_ >= 0) return;
        held_ |= word_at(bytes_, at_) << static_cast<unsigned>(-extra_);
        extra_ += 16;
        at_ += 2;
    }
    unsigned byte() { return byte_at(bytes_, at_++); }
    unsigned word() {
        at_ += 2;
        return word_at(bytes_, at_ - 2);
    }
    std::size_t at() const { return at_; }
    // Two words are read ahead, so a little behind the end is not yet damage.
    bool is_behind() const { return at_ > bytes_.size() + 4; }

  private:
    ByteView bytes_;
    std::size_t at_;
    unsigned held_ = 0;
    int extra_ = 16;
};

// One block; false where it is damaged.
bool unpack_block(Bits& bits, const Table& table, Bytes& out, std::size_t end) {
    while (out.size() < end) {
        const Code code = table[bits.peek(code_bits_max)];
        if (code.bits == 0 || bits.is_behind()) return false;
        bits.skip(code.bits);
        if (code.symbol < 256) {
            out.push_back(static_cast<std::byte>(code.symbol));
            continue;
        }
        const unsigned match = code.symbol - 256U;
        std::size_t length = match & 15;
        const unsigned offset_bits = match >> 4;
        if (length == 15) {
            length = bits.byte();
            if (length == 255) {
                length = bits.word();
                if (length < 15) return false;
                length -= 15;
            }
            length += 15;
        }
        length += 3;
        const std::size_t offset = (std::size_t{1} << offset_bits) + bits.peek(offset_bits);
        bits.skip(offset_bits);
        if (offset > out.size()) return false;
        for (std::size_t from = out.size() - offset; length > 0 && out.size() < end; --length, ++from) out.push_back(out[from]);
        // A match may go on in the next block.
        for (std::size_t from = out.size() - offset; length > 0 && out.size() < out.capacity(); --length, ++from) out.push_back(out[from]);
    }
    return true;
}
}  // namespace

bool looks_like_mam(ByteView bytes, const Hints&) {
    if (bytes.size() < 8 + table_bytes || !text_of(bytes).starts_with("MAM")) return false;
    return byte_at(bytes, 3) == 4 || byte_at(bytes, 3) == 0x84;
}

Decoded decode_mam(ByteView bytes, Budget& budget) {
    Decoded out;
    out.decoder = "mam";
    out.size_in = bytes.size();
    const std::uint64_t size = word_at(bytes, 4) | std::uint64_t{word_at(bytes, 6)} << 16;
    std::size_t at = byte_at(bytes, 3) & 0x80 ? 12 : 8;  // behind a checksum
    // Each block has its table and gives at most 64 KiB, and what a match writes behind it.
    if (bytes.size() < at || size > (bytes.size() / table_bytes + 1) * 2 * block_bytes) out.damage = "mam: its size cannot be true";
    else if (!budget.take_bytes(size) || !budget.take_steps(size + bytes.size())) out.damage = "mam: over the budget of decoded bytes";
    if (!out.damage.empty()) return out;
    out.bytes.reserve(size);
    Table table;
    while (out.bytes.size() < size) {
        if (bytes.size() - at < table_bytes || !read_table(bytes.subspan(at, table_bytes), table)) {
            out.damage = "mam: damaged or cut short";
            break;
        }
        Bits bits(bytes, at + table_bytes);
        const std::size_t end = std::min<std::size_t>(size, out.bytes.size() + block_bytes);
        if (!unpack_block(bits, table, out.bytes, end)) {
            out.damage = "mam: damaged or cut short";
            break;
        }
        at = std::min(bits.at(), bytes.size());
    }
    if (out.bytes.size() > size) out.bytes.resize(size);
    return out;
}

void open_mam(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    Decoded child = decode_mam(bytes, budget);
    if (!child.damage.empty()) visitor.unread(0, "mam", child.damage);
    if (child.bytes.empty() || !budget.take_items(1)) return visitor.window(0, bytes.size(), Hints{}, true);
    Hints inside = hints;
    inside.is_file = child.damage.empty();
    visitor.decoded(std::move(child), inside, false);
}

}  // namespace plumbline::formats
