// SPDX-License-Identifier: Apache-2.0
// SHA-256 and its keyed form (OpenSSL, SHA-NI where the processor has it), and the older hashes that evidence is named by.
#pragma once
#include <compare>
#include <memory>
#include <string>

#include "base/bytes.h"

namespace plumbline {

// A SHA-256 value is its own type: it never mixes with keys or ids.
struct Sha256 {
    ByteArray<32> bytes{};
    auto operator<=>(const Sha256&) const = default;
    std::string hex() const { return to_hex(bytes); }
    static Result<Sha256> from_bytes(ByteView bytes);
    static Result<Sha256> from_hex(std::string_view text);
};

Sha256 sha256(ByteView bytes);
Sha256 hmac_sha256(ByteView key, ByteView bytes);  // RFC 2104
std::string md5_hex(ByteView bytes);
std::string sha1_hex(ByteView bytes);
bool equal_in_constant_time(ByteView a, ByteView b);

// Bytes that come in pieces. One thread. Between two pieces its state can be kept, and gone on with elsewhere.
class Sha256Stream {
  public:
    Sha256Stream();
    ~Sha256Stream();
    Sha256Stream(Sha256Stream&&) noexcept;
    Sha256Stream& operator=(Sha256Stream&&) noexcept;
    void update(ByteView bytes);
    Sha256 finish();  // once
    Bytes state() const;                                       // 8 words, the number of bytes, those not yet in the words
    static Result<Sha256Stream> from_state(ByteView state);    // corrupt: not a state

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace plumbline

template <>
struct std::hash<plumbline::Sha256> {
    std::size_t operator()(const plumbline::Sha256& value_of) const {
        std::size_t value;
        std::memcpy(&value, value_of.bytes.data(), sizeof value);
        return value;
    }
};
