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

// A name of ASCII letters in lower case, in words of eight bytes with zeros behind the last, and its hash.
struct LowName {
    static constexpr std::size_t size_max = 254;
    std::uint64_t words[(size_max + 8) / 8];
    std::size_t size = 0;
    std::uint64_t hash = 0;
    bool has_upper = false;   // as it was written

    static std::uint64_t hash_of_size(std::size_t size) { return size * 0x9e3779b97f4a7c15; }
    static std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
        hash = (hash ^ word) * 0xff51afd7ed558ccd;
        return hash ^ hash >> 32;
    }
    std::size_t words_used() const { return (size + 7) / 8; }
    std::string_view view() const { return {reinterpret_cast<const char*>(words), size}; }
    // False where it is empty, too long, or has a byte over 127.
    bool read(std::string_view written) {
        if (written.empty() || written.size() > size_max) return false;
        size = written.size();
        hash = hash_of_size(size);
        std::uint64_t high = 0;
        std::uint64_t upper = 0;
        std::size_t at = 0;
        const auto take = [&](std::uint64_t word, std::size_t index) {
            constexpr std::uint64_t ones = 0x0101010101010101;
            const std::uint64_t seven = word & ones * 0x7f;
            const std::uint64_t capitals = (seven + ones * (0x80 - 'A')) & ~(seven + ones * (0x7f - 'Z')) & ~word & ones * 0x80;
            high |= word;
            upper |= capitals;
            words[index] = word | capitals >> 2;
            hash = mixed(hash, words[index]);
        };
        std::uint64_t word = 0;
        for (; at + 8 <= size; at += 8) {
            std::memcpy(&word, written.data() + at, 8);
            take(word, at / 8);
        }
        if (at < size) {
            word = 0;
            if (size >= 8) {
                std::memcpy(&word, written.data() + size - 8, 8);
                word >>= 8 * (8 - (size - at));
            } else {
                for (std::size_t i = 0; i < size; ++i) word |= std::uint64_t{static_cast<unsigned char>(written[i])} << 8 * i;
            }
            take(word, at / 8);
        }
        has_upper = upper != 0;
        return (high & 0x8080808080808080) == 0;
    }
};

// A table of small answers by name: open addressing over one run of words; full means empty again.
class NameTable {
  public:
    // -1 where the name was not asked before.
    int find(const LowName& name) const {
        if (slots_.empty()) return -1;
        const Slot* slots = slots_.data();
        for (std::size_t i = name.hash & mask();; i = (i + 1) & mask()) {
            if (slots[i].tag == 0) return -1;
            if (slots[i].tag == tag_of(name.hash) && is_at(slots[i].at, name)) return slots[i].answer;
        }
    }
    // Only after find() said -1.
    void keep(const LowName& name, std::uint8_t answer) {
        if (used_ * 2 >= slots_.size() || names_.size() > names_words_max) grow();
        place(name.hash, {tag_of(name.hash), static_cast<std::uint32_t>(names_.size()) & 0xffffff, answer});
        names_.push_back(name.size);
        names_.insert(names_.end(), name.words, name.words + name.words_used());
        ++used_;
    }

  private:
    struct Slot {                     // small, so that the table stays near the processor
        std::uint32_t tag = 0;        // of the hash; 0 in an empty slot
        std::uint32_t at : 24 = 0;    // in names_: the size, then the name
        std::uint32_t answer : 8 = 0;
    };
    static constexpr std::size_t slots_max = 1 << 16;
    static constexpr std::size_t names_words_max = 1 << 18;
    static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32) | 1; }
    bool is_at(std::size_t at, const LowName& name) const {
        const std::uint64_t* kept = names_.data() + at;
        if (*kept++ != name.size) return false;
        std::uint64_t differs = 0;
        for (std::size_t i = 0; i < name.words_used(); ++i) differs |= kept[i] ^ name.words[i];
        return differs == 0;
    }
    std::uint64_t hash_at(std::size_t at) const {
        std::uint64_t hash = LowName::hash_of_size(names_[at]);
        for (std::size_t i = 0; i < (names_[at] + 7) / 8; ++i) hash = LowName::mixed(hash, names_[at + 1 + i]);
        return hash;
    }
    std::size_t mask() const { return slots_.size() - 1; }
    void place(std::uint64_t hash, const Slot& slot) {
        std::size_t i = hash & mask();
        while (slots_[i].tag != 0) i = (i + 1) & mask();
        slots_[i] = slot;
    }
    void grow() {
        const std::vector<Slot> before = std::move(slots_);
        const bool is_full = before.size() >= slots_max || names_.size() > names_words_max;
        slots_.assign(before.empty() ? 256 : is_full ? before.size() : before.size() * 4, Slot{});
        if (is_full) {
            names_.clear();
            used_ = 0;
            return;
        }
        for (const Slot& slot : before)
            if (slot.tag != 0) place(hash_at(slot.at), slot);
    }
    std::vector<Slot> slots_;
    std::vector<std::uint64_t> names_;
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
