// SPDX-License-Identifier: Apache-2.0
// What stands outside the seal beside a tip's state.
#pragma once
#include <cstdint>

#include "model/ids.h"

namespace plumbline {

// On-disk bits: do not change.
enum class TipFlag : std::uint8_t {
    muted = 1,                               // the desk is not told of what comes into its mailbox, and does not answer
    aside = 2,                               // out of the queue's sight, with a reason
    held = 4,                                // not to be erased (legal hold)
    erased = 8,                              // nothing is left of it but its entries; set by erase_tip() alone
};
struct TipFlags {
    std::uint8_t bits = 0;
    bool has(TipFlag flag) const { return (bits & static_cast<std::uint8_t>(flag)) != 0; }
    bool operator==(const TipFlags&) const = default;
};
struct FlagMove {
    TipId tip;
    TipFlag flag = TipFlag::muted;           // muted, aside, held
    bool is_set = true;
};

}  // namespace plumbline
