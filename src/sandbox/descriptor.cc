// SPDX-License-Identifier: Apache-2.0
// Descriptors over a socket: unix(7), SCM_RIGHTS.
#include "sandbox/descriptor.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace plumbline::sandbox {
namespace {

constexpr std::size_t descriptors_max = 2;
constexpr std::size_t pieces_max = 3;
constexpr int socket_buffer_bytes = 256 * 1024;

}  // namespace

void Descriptor::close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
}

Result<SocketPair> make_socket_pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return fail(ErrorKind::unavailable, "sandbox: socketpair: {}", std::strerror(errno));
    }
    SocketPair pair{Descriptor(ends[0]), Descriptor(ends[1])};
    // One whole inline message must fit even where the system's default buffer is small.
    for (const int end : ends) {
        ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &socket_buffer_bytes, sizeof socket_buffer_bytes);
    }
    return pair;
}

Result<Descriptor> make_memory_file(const char* name, std::uint64_t size_bytes) {
    Descriptor file(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file.is_open()) return fail(ErrorKind::unavailable, "sandbox: memfd_create: {}", std::strerror(errno));
    if (::ftruncate(file.number(), static_cast<off_t>(size_bytes)) != 0) {
        return fail(ErrorKind::unavailable, "sandbox: ftruncate: {}", std::strerror(errno));
    }
    return file;
}

Result<void> send_message(int socket, std::span<const ByteView> pieces, std::span<const int> descriptors) {
    CHECK(pieces.size() <= pieces_max && descriptors.size() <= descriptors_max);
    std::array<iovec, pieces_max> parts{};
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        parts[i].iov_base = const_cast<std::byte*>(pieces[i].data());
        parts[i].iov_len = pieces[i].size();
    }
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int) * descriptors_max)> control{};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = pieces.size();
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
        cmsghdr* head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
        std::memcpy(CMSG_DATA(head), descriptors.data(), sizeof(int) * descriptors.size());
    }
    for (;;) {
        if (::sendmsg(socket, &message, MSG_NOSIGNAL) >= 0) return {};
        if (errno != EINTR) return fail(ErrorKind::unavailable, "sandbox: send: {}", std::strerror(errno));
    }
}

Result<std::size_t> receive_message(int socket, std::span<std::byte> out, std::span<Descriptor> descriptors) {
    CHECK(descriptors.size() <= descriptors_max);
    iovec part{out.data(), out.size()};
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int) * descriptors_max)> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    // Without room for them the kernel drops descriptors that the other side sends: a worker cannot fill our table.
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
    }
    ssize_t size = 0;
    do {
        size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (size < 0 && errno == EINTR);
    if (size < 0 && errno == ECONNRESET) return std::size_t{0};  // died with a request unread
    if (size < 0) return fail(ErrorKind::unavailable, "sandbox: receive: {}", std::strerror(errno));
    std::size_t taken = 0;
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr; head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(head) + i * sizeof(int), sizeof number);
            Descriptor one(number);
            if (taken < descriptors.size()) descriptors[taken++] = std::move(one);
        }
    }
    if ((message.msg_flags & MSG_TRUNC) != 0) return fail(ErrorKind::corrupt, "a message over {} bytes", out.size());
    return static_cast<std::size_t>(size);
}

}  // namespace plumbline::sandbox
