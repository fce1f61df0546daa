// SPDX-License-Identifier: Apache-2.0
// An open file descriptor that closes itself, and messages over a SOCK_SEQPACKET socket that carry descriptors.
#pragma once
#include <sys/types.h>

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "base/bytes.h"

namespace plumbline::sandbox {

class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            close();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }
    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }
    void close();

  private:
    int number_ = -1;
};

struct SocketPair {
    Descriptor ours;
    Descriptor theirs;
};
Result<SocketPair> make_socket_pair();
Result<Descriptor> make_memory_file(const char* name, std::uint64_t size_bytes);

// One message gathered from up to three pieces, with up to two descriptors. unavailable where the other side is gone.
Result<void> send_message(int socket, std::span<const ByteView> pieces, std::span<const int> descriptors);
// One message into `out`: its size, 0 where the other side is gone. A message over out.size() is corrupt. Descriptors are
// taken into `descriptors`, extra ones are dropped by the kernel. Blocks.
Result<std::size_t> receive_message(int socket, std::span<std::byte> out, std::span<Descriptor> descriptors);

template <class T>
ByteView bytes_of(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}

}  // namespace plumbline::sandbox
