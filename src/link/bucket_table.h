// SPDX-License-Identifier: Apache-2.0
// A map from 64-bit keys to short ordered lists of 32-bit numbers: the bands of MinHash. Nearly all lists hold one number,
// which then lies in the slot itself: 12 bytes a slot, open addressing with backward-shift deletion, at most 3/4 full.
// The order within a list is the caller's: the comparison given with each call must stay the same. One thread.
#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace plumbline::link {

class BucketTable {
  public:
    BucketTable();
    // The list at `key`, empty where there is none; valid until the next change.
    std::span<const std::uint32_t> at(std::uint64_t key) const;
    // Puts `number` into its list; gives its place there.
    template <class Before>
    std::size_t insert(std::uint64_t key, std::uint32_t number, Before before) {
        std::vector<std::uint32_t>& list = list_for_insert(key, number);
        if (&list == &inline_) return 0;
        const auto where = std::lower_bound(list.begin(), list.end(), number, before);
        const auto place = static_cast<std::size_t>(where - list.begin());
        list.insert(where, number);
        return place;
    }
    // Takes `number` out; gives the place where it was. It must be there.
    std::size_t remove(std::uint64_t key, std::uint32_t number);

  private:
    // The list that `number` is still to go into, or inline_ where it now lies in the slot.
    std::vector<std::uint32_t>& list_for_insert(std::uint64_t key, std::uint32_t number);
    std::size_t slot_of(std::uint64_t key) const;  // the slot with the key, or the empty one where it would stand
    void erase_slot(std::size_t slot);
    void grow();

    static constexpr std::uint32_t empty_ = 0xffffffff;
    static constexpr std::uint32_t is_list_ = 0x80000000;  // the rest is a number in lists_
    std::vector<std::uint64_t> keys_;
    std::vector<std::uint32_t> values_;
    std::size_t used_ = 0;
    std::vector<std::vector<std::uint32_t>> lists_;
    std::vector<std::uint32_t> free_lists_;
    std::vector<std::uint32_t> inline_;
};

}  // namespace plumbline::link
