// SPDX-License-Identifier: Apache-2.0
#include "base/id.h"

namespace plumbline {

IdBytes uuid_v7(Instant when, const IdBytes& random) {
    IdBytes id = random;
    const auto millis = static_cast<std::uint64_t>(std::chrono::floor<std::chrono::milliseconds>(when).time_since_epoch().count());
    for (unsigned i = 0; i < 6; ++i) id[i] = static_cast<std::byte>(millis >> (40 - 8 * i));
    id[6] = (id[6] & std::byte{0x0f}) | std::byte{0x70};
    id[8] = (id[8] & std::byte{0x3f}) | std::byte{0x80};
    return id;
}

std::string uuid_text(const IdBytes& bytes) {
    const std::string digits = to_hex(bytes);
    const std::string_view all(digits);
    return fmt::format("{}-{}-{}-{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(12, 4), all.substr(16, 4), all.substr(20));
}

Result<IdBytes> uuid_from(std::string_view text) {
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        return fail(ErrorKind::invalid, "not a UUID");
    std::string digits(text);
    std::erase(digits, '-');
    const Bytes bytes = TRY(from_hex(digits));
    if (bytes.size() != 16) return fail(ErrorKind::invalid, "not a UUID");
    IdBytes id;
    std::copy(bytes.begin(), bytes.end(), id.begin());
    return id;
}

}  // namespace plumbline
