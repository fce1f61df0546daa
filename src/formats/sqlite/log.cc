// SPDX-License-Identifier: Apache-2.0
// Logs beside a database: pages as they were written last (write-ahead log, section 4 of the format) or as they were before
// (rollback journal, section 3). Each is read alone; a record goes on only in pages that the log holds too.
#include <algorithm>
#include <unordered_map>

#include "formats/sqlite/pages.h"
#include "formats/sqlite/sqlite.h"
#include "formats/text/text.h"

namespace plumbline::formats {

namespace sqlite {
namespace {
using namespace std::string_view_literals;

struct Slot {
    std::uint64_t offset = 0;
    std::uint64_t number = 0;
    std::uint64_t transaction = 0;
};

class Log final : public Pages {
  public:
    std::uint64_t slots() const override { return slots_.size(); }
    std::uint64_t offset_of(std::uint64_t slot) const override { return slots_[slot].offset; }
    std::uint64_t number_of(std::uint64_t slot) const override { return slots_[slot].number; }
    // The page as the same transaction wrote it, or the last one before.
    std::optional<std::uint64_t> slot_of(std::uint64_t number, std::uint64_t slot) const override {
        const auto found = slots_of_.find(number);
        if (found == slots_of_.end()) return std::nullopt;
        const auto after = std::upper_bound(found->second.begin(), found->second.end(), slots_[slot].transaction,
                                            [&](std::uint64_t transaction, std::uint64_t other) { return transaction < slots_[other].transaction; });
        if (after == found->second.begin()) return std::nullopt;
        return *(after - 1);
    }
    bool is_reached(std::uint64_t) const override { return true; }

    void begin(ByteView file, std::string_view name, std::uint64_t size) {
        bytes = file;
        decoder = name;
        page_size = size;
        usable = size;
        is_partial = true;
    }
    void add(std::uint64_t offset, std::uint64_t number, std::uint64_t transaction) {
        slots_of_[number].push_back(slots_.size());
        slots_.push_back({offset, number, transaction});
        // A database's first page says what its other pages are like.
        if (number != 1 || !looks_like_sqlite(bytes.subspan(offset), {})) return;
        const std::uint64_t text = big(bytes, offset + 56, 4);
        if (text >= 1 && text <= 3) encoding = static_cast<TextEncoding>(text);
        const std::uint64_t reserved = big(bytes, offset + 20, 1);
        if (page_size - reserved >= 480) usable = page_size - reserved;
    }

  private:
    std::vector<Slot> slots_;
    std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> slots_of_;
};

constexpr std::string_view journal_magic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"sv;
}  // namespace
}  // namespace sqlite

bool looks_like_sqlite_wal(ByteView bytes, const Hints&) {
    const std::uint64_t mark = sqlite::big(bytes, 0, 4);
    return (mark == 0x377f0682 || mark == 0x377f0683) && bytes.size() >= 32 && sqlite::big(bytes, 4, 4) == 3007000 && sqlite::is_page_size(sqlite::big(bytes, 8, 4));
}

// Frames that an earlier use of the log left behind are read too: they are older pages.
void open_sqlite_wal(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    if (!budget.take_steps(bytes.size())) {
        visitor.unread(0, "sqlitewal", "sqlitewal: over the budget of steps; scanned as it stands");
        return open_raw(bytes, hints, budget, visitor);
    }
    sqlite::DamageList damage("sqlitewal");
    sqlite::Log log;
    log.begin(bytes, "sqlitewal", sqlite::big(bytes, 8, 4));
    std::uint64_t at = 32;
    for (std::uint64_t transaction = 0; bytes.size() - at >= 24 + log.page_size; at += 24 + log.page_size) {
        log.add(at + 24, sqlite::big(bytes, at, 4), transaction);
        if (sqlite::big(bytes, at + 4, 4) != 0) ++transaction;
    }
    if (at < bytes.size()) {
        damage.add(at, "the last frame is cut short");
        visitor.window(at, bytes.size(), Hints{}, true);
    }
    sqlite::read_pages(log, damage, budget, visitor);
    damage.give(visitor);
}

// A journal that was finished has zeros for a mark; then its pages are unknown bytes.
bool looks_like_sqlite_journal(ByteView bytes, const Hints&) {
    return text_of(bytes).starts_with(sqlite::journal_magic) && bytes.size() >= 28 && sqlite::is_page_size(sqlite::big(bytes, 24, 4)) &&
           sqlite::big(bytes, 20, 4) >= 28 && sqlite::big(bytes, 20, 4) <= 65536;
}

void open_sqlite_journal(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    if (!budget.take_steps(bytes.size())) {
        visitor.unread(0, "sqlitejournal", "sqlitejournal: over the budget of steps; scanned as it stands");
        return open_raw(bytes, hints, budget, visitor);
    }
    sqlite::DamageList damage("sqlitejournal");
    sqlite::Log log;
    log.begin(bytes, "sqlitejournal", sqlite::big(bytes, 24, 4));
    const std::uint64_t sector = sqlite::big(bytes, 20, 4);
    const std::uint64_t record = log.page_size + 8;  // number, page, checksum
    std::uint64_t end = 0;                           // of what was read
    for (std::uint64_t at = 0, transaction = 0; looks_like_sqlite_journal(bytes.subspan(at), {}); ++transaction) {
        std::uint64_t left = sqlite::big(bytes, at + 8, 4);  // all ones: up to the end
        end = std::min<std::uint64_t>(at + sector, bytes.size());
        while (left > 0 && bytes.size() - end >= record) {
            log.add(end + 4, sqlite::big(bytes, end, 4), transaction);
            end += record;
            --left;
        }
        at = std::min<std::uint64_t>((end + sector - 1) / sector * sector, bytes.size());
    }
    if (end < bytes.size()) visitor.window(end, bytes.size(), Hints{}, true);
    sqlite::read_pages(log, damage, budget, visitor);
    damage.give(visitor);
}

}  // namespace plumbline::formats
