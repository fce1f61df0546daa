// SPDX-License-Identifier: Apache-2.0
#include "seal/pad.h"

namespace plumbline::seal {
namespace {
constexpr std::size_t doubling_ends = 64 * 1024;
}

std::size_t size_class_of(std::size_t size, std::size_t smallest) {
    const std::size_t wanted = size + 1;
    if (wanted > doubling_ends) return (wanted + doubling_ends - 1) / doubling_ends * doubling_ends;
    std::size_t size_class = smallest;
    while (size_class < wanted) size_class *= 2;
    return size_class;
}

void pad(Bytes& bytes, std::size_t smallest) {
    const std::size_t padded = size_class_of(bytes.size(), smallest);
    bytes.reserve(padded);
    bytes.push_back(std::byte{0x80});
    bytes.resize(padded);
}

Result<void> unpad(Bytes& bytes, std::size_t smallest) {
    std::size_t size = bytes.size();
    while (size > 0 && bytes[size - 1] == std::byte{0}) --size;
    if (size == 0 || bytes[size - 1] != std::byte{0x80} || size_class_of(size - 1, smallest) != bytes.size()) {
        return fail(ErrorKind::corrupt, "padding");
    }
    bytes.resize(size - 1);
    return {};
}

}  // namespace plumbline::seal
