// SPDX-License-Identifier: Apache-2.0
#include "link/bucket_table.h"

#include "base/check.h"

namespace plumbline::link {

BucketTable::BucketTable() : keys_(64), values_(64, empty_) {}

std::size_t BucketTable::slot_of(std::uint64_t key) const {
    const std::size_t mask = keys_.size() - 1;
    std::size_t slot = static_cast<std::size_t>(key * 0x9e3779b97f4a7c15ULL >> 20) & mask;
    while (values_[slot] != empty_ && keys_[slot] != key) slot = (slot + 1) & mask;
    return slot;
}

std::span<const std::uint32_t> BucketTable::at(std::uint64_t key) const {
    const std::size_t slot = slot_of(key);
    const std::uint32_t& value = values_[slot];
    if (value == empty_) return {};
    if ((value & is_list_) != 0) return lists_[value & ~is_list_];
    return {&value, 1};
}

std::vector<std::uint32_t>& BucketTable::list_for_insert(std::uint64_t key, std::uint32_t number) {
    CHECK((number & is_list_) == 0);
    std::size_t slot = slot_of(key);
    if (values_[slot] == empty_) {
        if ((used_ + 1) * 4 > keys_.size() * 3) {
            grow();
            slot = slot_of(key);
        }
        keys_[slot] = key;
        values_[slot] = number;
        ++used_;
        return inline_;
    }
    if ((values_[slot] & is_list_) == 0) {
        std::uint32_t list;
        if (free_lists_.empty()) {
            list = static_cast<std::uint32_t>(lists_.size());
            lists_.emplace_back();
        } else {
            list = free_lists_.back();
            free_lists_.pop_back();
        }
        lists_[list] = {values_[slot]};
        values_[slot] = list | is_list_;
    }
    return lists_[values_[slot] & ~is_list_];
}

std::size_t BucketTable::remove(std::uint64_t key, std::uint32_t number) {
    const std::size_t slot = slot_of(key);
    CHECK(values_[slot] != empty_);
    if ((values_[slot] & is_list_) == 0) {
        CHECK(values_[slot] == number);
        erase_slot(slot);
        return 0;
    }
    const std::uint32_t index = values_[slot] & ~is_list_;
    std::vector<std::uint32_t>& list = lists_[index];
    const auto found = std::find(list.begin(), list.end(), number);
    CHECK(found != list.end());
    const auto place = static_cast<std::size_t>(found - list.begin());
    list.erase(found);
    if (list.size() == 1) {
        values_[slot] = list.front();
        std::vector<std::uint32_t>().swap(list);
        free_lists_.push_back(index);
    }
    return place;
}

void BucketTable::erase_slot(std::size_t slot) {
    const std::size_t mask = keys_.size() - 1;
    values_[slot] = empty_;
    --used_;
    // Later keys of the same run move up, so that a search never stops before them.
    for (std::size_t next = (slot + 1) & mask; values_[next] != empty_; next = (next + 1) & mask) {
        const std::uint64_t key = keys_[next];
        const std::uint32_t value = values_[next];
        values_[next] = empty_;
        const std::size_t home = slot_of(key);
        keys_[home] = key;
        values_[home] = value;
    }
}

void BucketTable::grow() {
    std::vector<std::uint64_t> keys(keys_.size() * 2);
    std::vector<std::uint32_t> values(values_.size() * 2, empty_);
    keys.swap(keys_);
    values.swap(values_);
    for (std::size_t slot = 0; slot < keys.size(); ++slot) {
        if (values[slot] == empty_) continue;
        const std::size_t home = slot_of(keys[slot]);
        keys_[home] = keys[slot];
        values_[home] = values[slot];
    }
}

}  // namespace plumbline::link
