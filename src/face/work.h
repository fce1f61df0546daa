// SPDX-License-Identifier: Apache-2.0
// Proof of work against floods, and a rate for those without a script: docs/formats/work.md. It knows nothing of who asks: the
// challenge is random bytes under our own MAC, and nothing is kept of it until its solution comes, once. The work grows with the
// tips of the whole desk in a minute, and falls back with them.
//
//     Json offer = gate.offer();                       // GET /api/v1/work
//     TRY(gate.admit(solution));                       // "" where none was sent: then it takes one of the rate's places
//
// busy: no good solution, and the rate of this minute is used up. Any thread.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/entropy.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/time.h"

namespace plumbline::face {

inline constexpr unsigned work_puzzles = 16;              // to be solved for one challenge: their sum varies less than one of 16 times the work
inline constexpr std::size_t work_spent_max = 1'000'000;  // solutions that are remembered until they expire
inline constexpr std::chrono::minutes work_life{30};

struct WorkOptions {
    unsigned bits = 13;                 // of one puzzle: 16 * 2^13 hashes in all; 0: no work is asked for
    unsigned bits_more_max = 6;         // what a flood adds at most
    unsigned tips_per_minute = 300;     // of the whole desk: from here on each doubling adds a bit
    unsigned plain_per_minute = 1500;   // submissions without a solution, of the whole desk; 0: no bound
};

class WorkGate {
  public:
    WorkGate(Clock& clock, Entropy& entropy, WorkOptions options);
    Json offer();                                  // {"bits":13,"puzzles":16,"challenge":"...","expires_in_seconds":1800}
    Result<void> admit(std::string_view solution);
    // What is wrong with a solution; it is not used up. For tests and for telling a script.
    Result<void> check(std::string_view solution);
    void count_tip();                              // one was taken in
    unsigned bits_now();

  private:
    struct Parsed {
        ByteArray<16> id{};
        Instant expires;
    };
    Result<Parsed> parse(std::string_view solution) const;
    Result<void> spend(const Parsed& solved);      // conflict: it was used before
    Result<void> take_plain();
    void roll(Instant now);                        // with the mutex held: minutes, and what has expired

    Clock& clock_;
    Entropy& entropy_;
    const WorkOptions options_;
    ByteArray<32> secret_{};                       // of this process: after a restart a page asks for a new challenge
    std::mutex mutex_;
    std::int64_t minute_ = 0;
    std::uint64_t tips_now_ = 0;
    std::uint64_t tips_before_ = 0;
    double plain_left_;
    Instant plain_filled_;
    std::map<ByteArray<16>, Instant> spent_;
};

}  // namespace plumbline::face
