// SPDX-License-Identifier: Apache-2.0
// A secret of N bytes: wiped when it goes, compared in constant time, and with no conversion to text or to a log field.
// Tag keeps secrets of different use apart. A value: copies are wiped on their own. No thread rules.
#pragma once
#include <algorithm>

#include "base/bytes.h"
#include "base/entropy.h"

namespace plumbline::seal {

void wipe(std::span<std::byte> bytes);  // is not optimised away

template <class Tag, std::size_t N>
class Secret {
  public:
    static constexpr std::size_t size_bytes = N;
    explicit Secret(const ByteArray<N>& bytes) : bytes_(bytes) {}
    static Secret random(Entropy& entropy) {
        ByteArray<N> bytes;
        entropy.fill(bytes);
        Secret secret(bytes);
        wipe(bytes);
        return secret;
    }
    // corrupt where the size is not N.
    static Result<Secret> from_bytes(ByteView bytes) {
        if (bytes.size() != N) return fail(ErrorKind::corrupt, "a secret has {} bytes, not {}", N, bytes.size());
        ByteArray<N> copy;
        std::copy(bytes.begin(), bytes.end(), copy.begin());
        Secret secret(copy);
        wipe(copy);
        return secret;
    }
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    ~Secret() { wipe(bytes_); }

    // The bytes themselves: for deriving, sealing and writing key files, never for logs.
    ByteView bytes() const { return bytes_; }

  private:
    ByteArray<N> bytes_;
};

// A buffer of plain text that is wiped when it goes.
class SecretBytes {
  public:
    explicit SecretBytes(std::size_t size) : bytes_(size) {}
    explicit SecretBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
    SecretBytes(SecretBytes&&) noexcept = default;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes() { wipe(bytes_); }
    Bytes& bytes() { return bytes_; }
    const Bytes& bytes() const { return bytes_; }

  private:
    Bytes bytes_;
};

}  // namespace plumbline::seal
