// SPDX-License-Identifier: Apache-2.0
// Compound files for the tests, written by hand after [MS-CFB]: version 3, sectors of 512 bytes, streams under 4,096 bytes in
// the stream of small streams. The tree of a storage is a list (every entry to the right of the one before).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/utf8.h"

namespace plumbline::formats {

inline std::string little_bytes(std::uint64_t value, unsigned size) {
    std::string out;
    for (unsigned i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    return out;
}
inline std::string utf16_of(std::u16string_view text) {
    std::string out;
    for (const char16_t unit : text) out += little_bytes(unit, 2);
    return out;
}

class MadeCompound {
  public:
    static constexpr std::uint32_t free_sector = 0xffffffff;
    static constexpr std::uint32_t end_of_chain = 0xfffffffe;

    MadeCompound() { rows_.push_back({"Root Entry", 0, 5, {}, 0, 0}); }
    // Give the storage (0: the root) and the name; what comes back is the entry's number.
    std::uint32_t storage(std::uint32_t parent, std::string name) { return add({std::move(name), parent, 1, {}, 0, 0}); }
    std::uint32_t stream(std::uint32_t parent, std::string name, std::string bytes) { return add({std::move(name), parent, 2, std::move(bytes), 0, 0}); }

    std::string bytes() {
        std::string small;
        std::vector<std::uint32_t> small_table;
        for (Row& row : rows_) {
            row.size = row.bytes.size();
            if (row.type != 2 || row.bytes.empty() || row.bytes.size() >= 4096) continue;
            row.start = static_cast<std::uint32_t>(small_table.size());
            chain(small_table, (row.bytes.size() + 63) / 64);
            small += row.bytes + std::string((64 - row.bytes.size() % 64) % 64, '\0');
        }
        for (Row& row : rows_)
            if (row.type == 2 && row.bytes.size() >= 4096) row.start = place(row.bytes);
        rows_[0].size = small.size();
        rows_[0].start = small.empty() ? end_of_chain : place(small);
        std::string table;
        for (const std::uint32_t next : small_table) table += little_bytes(next, 4);
        const std::uint32_t small_table_at = table.empty() ? end_of_chain : place(table, '\xff');
        const std::uint32_t directory_at = place(directory());
        const auto fat_at = static_cast<std::uint32_t>(fat_.size());
        const std::size_t fat_sectors = fat_.size() / 127 + 1;
        for (std::size_t i = 0; i < fat_sectors; ++i) fat_.push_back(0xfffffffd);
        std::string fat;
        for (const std::uint32_t next : fat_) fat += little_bytes(next, 4);
        fat.resize(fat_sectors * 512, '\xff');
        std::string header("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
        header += std::string(16, '\0') + little_bytes(0x3e, 2) + little_bytes(3, 2) + little_bytes(0xfffe, 2) + little_bytes(9, 2) + little_bytes(6, 2) + std::string(10, '\0');
        header += little_bytes(fat_sectors, 4) + little_bytes(directory_at, 4) + little_bytes(0, 4) + little_bytes(4096, 4) + little_bytes(small_table_at, 4) +
                  little_bytes(table.empty() ? 0 : table.size() / 512 + 1, 4) + little_bytes(end_of_chain, 4) + little_bytes(0, 4);
        for (std::size_t i = 0; i < 109; ++i) header += little_bytes(i < fat_sectors ? fat_at + i : free_sector, 4);
        return header + sectors_ + fat;
    }

  private:
    struct Row {
        std::string name;
        std::uint32_t parent;
        unsigned type;
        std::string bytes;
        std::uint32_t start;
        std::uint64_t size;
    };
    std::uint32_t add(Row row) {
        rows_.push_back(std::move(row));
        return static_cast<std::uint32_t>(rows_.size() - 1);
    }
    static void chain(std::vector<std::uint32_t>& table, std::size_t count) {
        for (std::size_t i = 1; i < count; ++i) table.push_back(static_cast<std::uint32_t>(table.size() + 1));
        table.push_back(end_of_chain);
    }
    std::uint32_t place(const std::string& bytes, char filler = '\0') {
        const auto at = static_cast<std::uint32_t>(fat_.size());
        chain(fat_, (bytes.size() + 511) / 512);
        sectors_ += bytes + std::string((512 - bytes.size() % 512) % 512, filler);
        return at;
    }
    std::string directory() const {
        std::string out;
        for (std::uint32_t i = 0; i < rows_.size(); ++i) {
            std::uint32_t child = free_sector;
            std::uint32_t right = free_sector;
            for (std::uint32_t other = static_cast<std::uint32_t>(rows_.size()); other-- > 1;) {
                if (rows_[other].parent == i) child = other;
                if (i > 0 && other > i && rows_[other].parent == rows_[i].parent) right = other;
            }
            std::string name;
            for (const char c : rows_[i].name) name += {c, '\0'};
            const auto name_size = name.size() + 2;
            name.resize(64, '\0');
            out += name + little_bytes(name_size, 2) + little_bytes(rows_[i].type, 1) + little_bytes(1, 1) + little_bytes(free_sector, 4) + little_bytes(right, 4) + little_bytes(child, 4);
            out += std::string(36, '\0') + little_bytes(rows_[i].start, 4) + little_bytes(rows_[i].size, 8);
        }
        return out;
    }

    std::vector<Row> rows_;
    std::string sectors_;
    std::vector<std::uint32_t> fat_;
};

}  // namespace plumbline::formats
