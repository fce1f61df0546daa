// SPDX-License-Identifier: Apache-2.0
#include "examination/open_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace plumbline::examination {

OpenFile::OpenFile(const FileEntry& file)
    : is_own_(file.open_fd < 0), fd_(is_own_ ? ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : file.open_fd) {
    if (fd_ < 0 || ::fstat(fd_, &info_) != 0) problem_ = std::strerror(errno);
    else if (!S_ISREG(info_.st_mode)) problem_ = "not a regular file";
}

OpenFile::~OpenFile() {
    if (is_own_ && fd_ >= 0) ::close(fd_);
}

std::string OpenFile::append(std::uint64_t offset, std::uint64_t count, Bytes& out) const {
    const std::size_t start = out.size();
    const std::uint64_t there = offset < size() ? size() - offset : 0;
    out.resize(start + static_cast<std::size_t>(std::min(count, there)));
    std::size_t at = start;
    while (at < out.size()) {
        const ssize_t got = ::pread(fd_, out.data() + at, out.size() - at, static_cast<off_t>(offset + (at - start)));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            out.resize(start);
            return std::strerror(errno);
        }
        if (got == 0) break;
        at += static_cast<std::size_t>(got);
    }
    out.resize(at);
    return {};
}

int memory_file_of(ByteView bytes) {
    const int fd = ::memfd_create("plumbline-evidence", MFD_CLOEXEC);
    while (fd >= 0 && !bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            ::close(fd);
            return -1;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return fd;
}

}  // namespace plumbline::examination
