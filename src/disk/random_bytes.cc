// SPDX-License-Identifier: Apache-2.0
// pread(2) and spans. All range checks are in RandomBytes::read, so that no kind of bytes can forget them.
#include "disk/random_bytes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace plumbline::disk {
namespace {

constexpr std::uint64_t buffer_bytes_max = 64ULL * 1024 * 1024;

class FileBytes final : public RandomBytes {
  public:
    FileBytes(int file, std::uint64_t size) : file_(file), size_(size) {}
    std::uint64_t size_bytes() const override { return size_; }

  protected:
    Result<void> read_inside(std::uint64_t offset, std::span<std::byte> out) override {
        while (!out.empty()) {
            const ssize_t got = ::pread(file_, out.data(), out.size(), static_cast<off_t>(offset));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return fail(ErrorKind::unavailable, "the image cannot be read at {}", offset);
            offset += static_cast<std::uint64_t>(got);
            out = out.subspan(static_cast<std::size_t>(got));
        }
        return {};
    }

  private:
    int file_;
    std::uint64_t size_;
};

class MemoryBytes final : public RandomBytes {
  public:
    explicit MemoryBytes(ByteView memory) : memory_(memory) {}
    std::uint64_t size_bytes() const override { return memory_.size(); }

  protected:
    Result<void> read_inside(std::uint64_t offset, std::span<std::byte> out) override {
        std::memcpy(out.data(), memory_.data() + offset, out.size());
        return {};
    }

  private:
    ByteView memory_;
};

class Stretch final : public RandomBytes {
  public:
    Stretch(RandomBytes& whole, std::uint64_t offset, std::uint64_t size) : whole_(whole), offset_(offset), size_(size) {}
    std::uint64_t size_bytes() const override { return size_; }

  protected:
    Result<void> read_inside(std::uint64_t offset, std::span<std::byte> out) override { return whole_.read(offset_ + offset, out); }

  private:
    RandomBytes& whole_;
    std::uint64_t offset_;
    std::uint64_t size_;
};

class Joined final : public RandomBytes {
  public:
    explicit Joined(std::vector<std::unique_ptr<RandomBytes>> parts) : parts_(std::move(parts)) {
        for (const auto& part : parts_) size_ += part->size_bytes();
    }
    std::uint64_t size_bytes() const override { return size_; }

  protected:
    Result<void> read_inside(std::uint64_t offset, std::span<std::byte> out) override {
        for (const auto& part : parts_) {
            if (out.empty()) break;
            const std::uint64_t size = part->size_bytes();
            if (offset >= size) {
                offset -= size;
                continue;
            }
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size - offset));
            TRY(part->read(offset, out.first(count)));
            out = out.subspan(count);
            offset = 0;
        }
        return {};
    }

  private:
    std::vector<std::unique_ptr<RandomBytes>> parts_;
    std::uint64_t size_ = 0;
};

template <class T>
T number_at(ByteView bytes, std::size_t at, bool is_big) {
    T value = 0;
    if (at > bytes.size() || bytes.size() - at < sizeof(T)) return value;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        const std::size_t place = is_big ? i : sizeof(T) - 1 - i;
        value = static_cast<T>((static_cast<std::uint64_t>(value) << 8U) | std::to_integer<std::uint64_t>(bytes[at + place]));
    }
    return value;
}

}  // namespace

Result<void> RandomBytes::read(std::uint64_t offset, std::span<std::byte> out) {
    const std::uint64_t size = size_bytes();
    if (offset > size || out.size() > size - offset) return fail(ErrorKind::invalid, "{} bytes at {}: past the end", out.size(), offset);
    if (out.empty()) return {};
    return read_inside(offset, out);
}

Result<Bytes> RandomBytes::bytes(std::uint64_t offset, std::uint64_t count) {
    if (count > buffer_bytes_max) return fail(ErrorKind::too_large, "{} bytes at once", count);
    if (offset > size_bytes() || count > size_bytes() - offset) return fail(ErrorKind::invalid, "{} bytes at {}: past the end", count, offset);
    Bytes out(static_cast<std::size_t>(count));
    TRY(read(offset, out));
    return out;
}

Result<std::unique_ptr<RandomBytes>> bytes_of_file(int file) {
    const off_t size = ::lseek(file, 0, SEEK_END);
    if (size < 0) return fail(ErrorKind::unavailable, "the image's size: {}", std::strerror(errno));
    return std::unique_ptr<RandomBytes>(new FileBytes(file, static_cast<std::uint64_t>(size)));
}

std::unique_ptr<RandomBytes> bytes_of_memory(ByteView memory) { return std::unique_ptr<RandomBytes>(new MemoryBytes(memory)); }

std::unique_ptr<RandomBytes> stretch_of(RandomBytes& whole, std::uint64_t offset, std::uint64_t size_bytes) {
    offset = std::min(offset, whole.size_bytes());
    size_bytes = std::min(size_bytes, whole.size_bytes() - offset);
    return std::unique_ptr<RandomBytes>(new Stretch(whole, offset, size_bytes));
}

std::unique_ptr<RandomBytes> joined(std::vector<std::unique_ptr<RandomBytes>> parts) {
    return std::unique_ptr<RandomBytes>(new Joined(std::move(parts)));
}

std::uint16_t little16(ByteView bytes, std::size_t at) { return number_at<std::uint16_t>(bytes, at, false); }
std::uint32_t little32(ByteView bytes, std::size_t at) { return number_at<std::uint32_t>(bytes, at, false); }
std::uint64_t little64(ByteView bytes, std::size_t at) { return number_at<std::uint64_t>(bytes, at, false); }
std::uint16_t big16(ByteView bytes, std::size_t at) { return number_at<std::uint16_t>(bytes, at, true); }
std::uint32_t big32(ByteView bytes, std::size_t at) { return number_at<std::uint32_t>(bytes, at, true); }
std::uint64_t big64(ByteView bytes, std::size_t at) { return number_at<std::uint64_t>(bytes, at, true); }

bool has_at(ByteView bytes, std::size_t at, std::string_view text) {
    return at <= bytes.size() && bytes.size() - at >= text.size() && text_of(bytes.subspan(at, text.size())) == text;
}

}  // namespace plumbline::disk
