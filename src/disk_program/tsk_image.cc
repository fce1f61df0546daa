// SPDX-License-Identifier: Apache-2.0
#include "disk_program/tsk_image.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace plumbline::disk_program {
namespace {

// The library sees the first member only.
struct Image {
    TSK_IMG_INFO base;
    disk::RandomBytes* bytes;
};

ssize_t read_image(TSK_IMG_INFO* base, TSK_OFF_T offset, char* out, std::size_t size) {
    disk::RandomBytes& bytes = *reinterpret_cast<Image*>(base)->bytes;
    if (offset < 0 || static_cast<std::uint64_t>(offset) >= bytes.size_bytes()) return -1;
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size_bytes() - static_cast<std::uint64_t>(offset)));
    const auto target = std::as_writable_bytes(std::span(out, size));
    return bytes.read(static_cast<std::uint64_t>(offset), target) ? static_cast<ssize_t>(size) : -1;
}

void close_image(TSK_IMG_INFO* base) { std::free(base); }

void describe_image(TSK_IMG_INFO*, FILE*) {}

}  // namespace

TskImage open_image(disk::RandomBytes& bytes) {
    auto* image = static_cast<Image*>(std::calloc(1, sizeof(Image)));
    if (image == nullptr) return nullptr;
    image->bytes = &bytes;
    const auto size = static_cast<TSK_OFF_T>(std::min<std::uint64_t>(bytes.size_bytes(), INT64_MAX));
    return TskImage(tsk_img_open_external(image, size, 512, read_image, close_image, describe_image));
}

std::string last_trouble() {
    const char* words = tsk_error_get();
    std::string text = words == nullptr ? "unknown" : words;
    tsk_error_reset();
    return text.substr(0, 200);
}

}  // namespace plumbline::disk_program
