// SPDX-License-Identifier: Apache-2.0
#include "lab/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "seal/envelope.h"

namespace plumbline::lab {

Result<MemoryFile> MemoryFile::make() {
    const int number = ::memfd_create("plumbline-evidence", MFD_CLOEXEC);
    if (number < 0) return fail(ErrorKind::unavailable, "memfd_create: {}", std::strerror(errno));
    return MemoryFile(number);
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

MemoryFile::~MemoryFile() {
    if (number_ >= 0) ::close(number_);
}

Result<void> MemoryFile::write(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(number_, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return fail(ErrorKind::unavailable, "no memory for evidence: {}", std::strerror(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> MemoryFile::resize(std::uint64_t bytes) {
    if (::ftruncate(number_, static_cast<off_t>(bytes)) != 0) return fail(ErrorKind::unavailable, "evidence of {} bytes: {}", bytes, std::strerror(errno));
    return {};
}

Result<void> MemoryFile::write_at(std::uint64_t offset, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(number_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return fail(ErrorKind::unavailable, "no memory for evidence: {}", std::strerror(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

void MemoryFile::forget(std::uint64_t begin, std::uint64_t end) {
    constexpr std::uint64_t page = 4096;
    begin = (begin + page - 1) / page * page;
    end = end / page * page;
    // Where it fails the bytes stay: a matter of memory alone.
    if (begin < end) (void)::fallocate(number_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(begin), static_cast<off_t>(end - begin));
}

std::uint64_t MemoryFile::size_bytes() const {
    struct stat state {};
    return ::fstat(number_, &state) == 0 ? static_cast<std::uint64_t>(state.st_size) : 0;
}

Result<void> MemoryFile::each_piece(const std::function<Result<void>(ByteView)>& take) const {
    Bytes buffer(seal::chunk_sealed_bytes);
    for (std::uint64_t offset = 0;;) {
        const ssize_t count = ::pread(number_, buffer.data(), buffer.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(ErrorKind::unavailable, "reading evidence: {}", std::strerror(errno));
        if (count == 0) return {};
        TRY(take(ByteView(buffer).first(static_cast<std::size_t>(count))));
        offset += static_cast<std::uint64_t>(count);
    }
}

}  // namespace plumbline::lab
