// SPDX-License-Identifier: Apache-2.0
// What verifiers keep between finds: answers of slow look-ups, so that a name that stands in a mailbox a thousand times is
// looked up once, and room for normal forms that are no part of the text. Bounded. An answer depends on its key alone, so
// a memo may serve any number of texts, one after the other. One thread.
#pragma once
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace plumbline::evidence {

// A table of small answers by name: open addressing over one run of bytes; full means empty again.
class NameTable {
  public:
    static std::uint64_t hash_of(std::string_view name) {
        std::uint64_t hash = name.size() * 0x9e3779b97f4a7c15;
        const auto mix = [&hash](std::uint64_t word) {
            hash = (hash ^ word) * 0xff51afd7ed558ccd;
            hash ^= hash >> 32;
        };
        std::uint64_t word = 0;
        for (; name.size() >= 8; name.remove_prefix(8)) {
            std::memcpy(&word, name.data(), 8);
            mix(word);
        }
        word = 0;
        if (!name.empty()) std::memcpy(&word, name.data(), name.size());
        mix(word);
        return hash;
    }
    // -1 where the name was not asked before.
    int find(std::string_view name, std::uint64_t hash) const {
        if (slots_.empty()) return -1;
        const Slot* slots = slots_.data();
        for (std::size_t i = hash & mask();; i = (i + 1) & mask()) {
            if (slots[i].tag == 0) return -1;
            if (slots[i].tag == tag_of(hash) && name_at(slots[i].at) == name) return slots[i].answer;
        }
    }
    // Only after find() said -1. Names over 255 bytes are not kept.
    void keep(std::string_view name, std::uint64_t hash, std::uint8_t answer) {
        if (name.size() > 255) return;
        if (used_ * 2 >= slots_.size() || names_.size() > names_bytes_max) grow();
        place(hash, {tag_of(hash), static_cast<std::uint32_t>(names_.size()) & 0xffffff, answer});
        names_.push_back(static_cast<char>(static_cast<unsigned char>(name.size())));
        names_.append(name);
        ++used_;
    }

  private:
    struct Slot {                     // small, so that the table stays near the processor
        std::uint32_t tag = 0;        // of the hash; 0 in an empty slot
        std::uint32_t at : 24 = 0;    // in names_: the size, then the name
        std::uint32_t answer : 8 = 0;
    };
    static constexpr std::size_t slots_max = 1 << 16;
    static constexpr std::size_t names_bytes_max = 1 << 21;
    static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32) | 1; }
    std::string_view name_at(std::size_t at) const { return {names_.data() + at + 1, static_cast<unsigned char>(names_[at])}; }
    std::size_t mask() const { return slots_.size() - 1; }
    void place(std::uint64_t hash, const Slot& slot) {
        std::size_t i = hash & mask();
        while (slots_[i].tag != 0) i = (i + 1) & mask();
        slots_[i] = slot;
    }
    void grow() {
        const std::vector<Slot> before = std::move(slots_);
        const bool is_full = before.size() >= slots_max || names_.size() > names_bytes_max;
        slots_.assign(before.empty() ? 256 : is_full ? before.size() : before.size() * 4, Slot{});
        if (is_full) {
            names_.clear();
            used_ = 0;
            return;
        }
        for (const Slot& slot : before)
            if (slot.tag != 0) place(hash_of(name_at(slot.at)), slot);
    }
    std::vector<Slot> slots_;
    std::string names_;
    std::size_t used_ = 0;
};

class Memo {
  public:
    // Null where `key` was not asked before.
    const std::string* find(const std::string& key) const {
        const auto row = rows_.find(key);
        return row == rows_.end() ? nullptr : &row->second;
    }
    const std::string& keep(const std::string& key, std::string answer) {
        if (rows_.size() >= rows_max) rows_.clear();
        return rows_[key] = std::move(answer);
    }
    NameTable hosts;   // what host.cc knows of names in lower case

    // Room for a text that stays where it is until release().
    char* room(std::size_t size) {
        if (blocks_.empty() || block_bytes - used_ < size || size > block_bytes) {
            if (!blocks_.empty() && size <= block_bytes && block_ + 1 < blocks_.size() && blocks_[block_ + 1].size == block_bytes) {
                ++block_;
            } else {
                blocks_.resize(blocks_.empty() ? 0 : block_ + 1);
                const std::size_t bytes = size > block_bytes ? size : block_bytes;
                blocks_.push_back({std::make_unique<char[]>(bytes), bytes});
                block_ = blocks_.size() - 1;
            }
            used_ = 0;
        }
        char* out = blocks_[block_].bytes.get() + used_;
        used_ += size < block_bytes ? size : block_bytes;
        return out;
    }
    std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        char* to = room(text.size());
        std::memcpy(to, text.data(), text.size());
        return {to, text.size()};
    }
    // Gives back all room that was taken behind the mark.
    struct Mark {
        std::size_t block = 0;
        std::size_t used = 0;
    };
    Mark mark() const { return {block_, used_}; }
    void release(Mark mark) {
        block_ = mark.block;
        used_ = mark.used;
    }

  private:
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };
    static constexpr std::size_t rows_max = 8192;
    static constexpr std::size_t block_bytes = 16 * 1024;
    std::unordered_map<std::string, std::string> rows_;
    std::vector<Block> blocks_;
    std::size_t block_ = 0;
    std::size_t used_ = 0;
};

}  // namespace plumbline::evidence
