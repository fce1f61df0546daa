// SPDX-License-Identifier: Apache-2.0
// What one piece of evidence may cost. Every decoder takes from the budget before it allocates or goes on, so that an
// archive bomb is a named result and not an incident. Units: levels of nesting, bytes written by decoders, children, and
// steps (about one for each byte that a decoder looks at). A budget belongs to one scan; no thread rules.
#pragma once
#include <cstdint>

namespace plumbline::formats {

struct Budget {
    unsigned depth_left = 12;
    std::uint64_t bytes_out_left = 512ULL * 1024 * 1024;
    std::uint64_t items_left = 100'000;
    std::uint64_t steps_left = 16ULL * 1024 * 1024 * 1024;
    bool reads_codes = true;  // QR and bar codes in images: decoding the pixels takes 10 to 100 times as long as all else

    // Each takes all that is asked for or nothing; false means that the budget does not reach.
    bool take_bytes(std::uint64_t count) { return take(bytes_out_left, count); }
    bool take_items(std::uint64_t count) { return take(items_left, count); }
    bool take_steps(std::uint64_t count) { return take(steps_left, count); }

  private:
    static bool take(std::uint64_t& left, std::uint64_t count) {
        if (count > left) return false;
        left -= count;
        return true;
    }
};

}  // namespace plumbline::formats
