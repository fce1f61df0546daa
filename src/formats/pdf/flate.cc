// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/flate.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "formats/gzip/gzip.h"

namespace plumbline::formats::pdf {

namespace {
constexpr std::size_t kept_buffer = 2 * 1024 * 1024;

unsigned char paeth(int left, int up, int corner) {
    const int guess = left + up - corner;
    const int by_left = std::abs(guess - left);
    const int by_up = std::abs(guess - up);
    const int by_corner = std::abs(guess - corner);
    if (by_left <= by_up && by_left <= by_corner) return static_cast<unsigned char>(left);
    return static_cast<unsigned char>(by_up <= by_corner ? up : corner);
}

void undo_png(Bytes& bytes, std::size_t row_size, std::size_t pixel_size) {
    std::vector<unsigned char> before(row_size, 0);
    unsigned char* data = uchar(std::span(bytes));
    std::size_t out = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const unsigned kind = data[at++];
        const std::size_t size = std::min(row_size, bytes.size() - at);
        unsigned char* row = data + out;
        std::copy(data + at, data + at + size, row);
        for (std::size_t i = 0; i < size; ++i) {
            const int left = i >= pixel_size ? row[i - pixel_size] : 0;
            const int corner = i >= pixel_size ? before[i - pixel_size] : 0;
            const int up = before[i];
            int add = 0;
            if (kind == 1) add = left;
            else if (kind == 2) add = up;
            else if (kind == 3) add = (left + up) / 2;
            else if (kind == 4) add = paeth(left, up, corner);
            row[i] = static_cast<unsigned char>(row[i] + add);
        }
        std::copy(row, row + size, before.begin());
        at += size;
        out += size;
    }
    bytes.resize(out);
}
}  // namespace

Bytes inflate(ByteView source, Budget& budget, std::string& damage) {
    struct Free {
        void operator()(libdeflate_decompressor* decompressor) const { libdeflate_free_decompressor(decompressor); }
    };
    thread_local std::unique_ptr<libdeflate_decompressor, Free> decompressor(libdeflate_alloc_decompressor());
    thread_local std::vector<unsigned char> buffer;
    if (source.size() < kept_buffer && decompressor) {
        if (buffer.empty()) buffer.resize(kept_buffer);
        std::size_t size = 0;
        std::size_t taken = 0;
        const libdeflate_result result = libdeflate_zlib_decompress_ex(decompressor.get(), uchar(source), source.size(), buffer.data(), buffer.size(), &taken, &size);
        if (result == LIBDEFLATE_SUCCESS) {
            if (!budget.take_bytes(size) || !budget.take_steps(size)) {
                damage = "over the budget of decoded bytes";
                return {};
            }
            return to_bytes(std::as_bytes(std::span(buffer.data(), size)));
        }
    }
    Decoded slow = decode_zlib(source, budget);
    damage = std::move(slow.damage);
    if (slow.bytes.empty() && damage.empty() && !source.empty()) damage = "nothing could be decoded";
    return std::move(slow.bytes);
}

void undo_predictor(Bytes& bytes, const Predictor& predictor) {
    if (predictor.kind < 2 || !predictor.is_sane()) return;
    const std::size_t row_size = (std::size_t{predictor.columns} * predictor.colors * predictor.bits + 7) / 8;
    const std::size_t pixel_size = std::max<std::size_t>(std::size_t{predictor.colors} * predictor.bits / 8, 1);
    if (predictor.kind >= 10) return undo_png(bytes, row_size, pixel_size);
    if (predictor.kind != 2 || predictor.bits != 8) return;
    unsigned char* data = uchar(std::span(bytes));
    for (std::size_t row = 0; row < bytes.size(); row += row_size)
        for (std::size_t i = pixel_size; i < row_size && row + i < bytes.size(); ++i)
            data[row + i] = static_cast<unsigned char>(data[row + i] + data[row + i - pixel_size]);
}

}  // namespace plumbline::formats::pdf
