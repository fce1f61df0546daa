// SPDX-License-Identifier: Apache-2.0
// Ids are UUIDv7 (RFC 9562 section 5.7) with a prefix in text: tip_01931b6e-.... An id of one kind never converts to
// another kind. The time inside an id is what the caller gives: for a tip from the public that is the hour, no finer.
#pragma once
#include <array>
#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"

namespace plumbline {

using IdBytes = ByteArray<16>;
// `random` gives the 74 random bits (its version and variant bits are overwritten).
IdBytes uuid_v7(Instant when, const IdBytes& random);
std::string uuid_text(const IdBytes& bytes);
Result<IdBytes> uuid_from(std::string_view text);

template <class Tag>
class Id {
  public:
    Id() = default;  // the nil id: is_nil()
    explicit Id(const IdBytes& bytes) : bytes_(bytes) {}
    static Id make(Instant when, const IdBytes& random) { return Id(uuid_v7(when, random)); }
    static Result<Id> from_text(std::string_view text) {
        const std::string_view prefix = Tag::prefix;
        if (!text.starts_with(prefix)) return fail(ErrorKind::invalid, "not an id like {}...", prefix);
        return Id(TRY(uuid_from(text.substr(prefix.size()))));
    }
    static Result<Id> from_bytes(ByteView bytes) {
        if (bytes.size() != 16) return fail(ErrorKind::corrupt, "an id has 16 bytes, not {}", bytes.size());
        IdBytes id;
        std::copy(bytes.begin(), bytes.end(), id.begin());
        return Id(id);
    }
    std::string text() const { return std::string(Tag::prefix) + uuid_text(bytes_); }
    const IdBytes& bytes() const { return bytes_; }
    bool is_nil() const { return bytes_ == IdBytes{}; }
    auto operator<=>(const Id&) const = default;

  private:
    IdBytes bytes_{};
};

}  // namespace plumbline

template <class Tag>
struct std::hash<plumbline::Id<Tag>> {
    std::size_t operator()(const plumbline::Id<Tag>& id) const {
        std::size_t value;
        std::memcpy(&value, id.bytes().data() + 8, sizeof value);
        return value;
    }
};
