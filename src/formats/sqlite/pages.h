// SPDX-License-Identifier: Apache-2.0
// What the pages of a database say, wherever they stand: in the database itself, in a write-ahead log, in a rollback journal.
// Pages are read in groups of about 64 KiB, one view a group: a line for each record, its texts joined by tabs. A BLOB
// whose bytes are a format of their own is a child; all that is neither (deleted records, unallocated space, pages that are
// no part of a tree) is given as it stands.
//
//     17        the view of the group whose first page is the 17th in the bytes
//     17/3/2    the second column of the third cell of that page
#pragma once
#include <optional>
#include <vector>

#include "formats/format.h"
#include "formats/sqlite/record.h"

namespace plumbline::formats::sqlite {

enum class TextEncoding : std::uint8_t { unknown, utf8, utf16le, utf16be };

// The pages in the order in which they stand ("slots", from 0).
class Pages {
  public:
    virtual ~Pages() = default;
    virtual std::uint64_t slots() const = 0;
    virtual std::uint64_t offset_of(std::uint64_t slot) const = 0;
    virtual std::uint64_t number_of(std::uint64_t slot) const = 0;
    // Where page `number` stands, as the page in `slot` means it.
    virtual std::optional<std::uint64_t> slot_of(std::uint64_t number, std::uint64_t slot) const = 0;
    // Whether the page is a part of a tree. What is in the others may be stale: only what is whole is taken as records,
    // and no pointer is followed.
    virtual bool is_reached(std::uint64_t slot) const = 0;
    // Known to be a page of a tree: no overflow goes there.
    virtual bool is_tree(std::uint64_t /*slot*/) const { return false; }
    // For people: the table or index whose page it is.
    virtual std::string title_of(std::uint64_t /*slot*/) const { return {}; }

    ByteView bytes;
    std::uint64_t page_size = 0;
    std::uint64_t usable = 0;  // page_size without the bytes reserved at its end
    TextEncoding encoding = TextEncoding::unknown;
    bool is_partial = false;   // what is not here may be somewhere else: no damage
    std::string_view decoder;  // "sqlite", "sqlitewal", "sqlitejournal"

    ByteView page(std::uint64_t slot) const {
        const std::uint64_t at = offset_of(slot);
        return at < bytes.size() ? bytes.subspan(at, std::min<std::uint64_t>(page_size, bytes.size() - at)) : ByteView();
    }
    std::uint64_t header_at(std::uint64_t slot) const { return number_of(slot) == 1 ? 100 : 0; }
};

// Is what the header says of a page's size possible? (section 1.3.2)
inline bool is_page_size(std::uint64_t size) { return size >= 512 && size <= 65536 && (size & (size - 1)) == 0; }

// Damage, at most twenty rows and a count of the others.
class DamageList {
  public:
    explicit DamageList(std::string_view decoder) : decoder_(decoder) {}
    void add(std::uint64_t offset, std::string reason) {
        if (rows_.size() < 20) rows_.emplace_back(offset, std::move(reason));
        else ++more_;
    }
    void give(Visitor& visitor) const;

  private:
    std::string_view decoder_;
    std::vector<std::pair<std::uint64_t, std::string>> rows_;
    std::uint64_t more_ = 0;
};

// The whole record of a cell: in place where it does not overflow, else joined, with the places of its pieces.
struct Record {
    struct Piece {
        std::uint64_t at;         // in the record
        std::uint64_t source_at;  // in the bytes
    };
    ByteView bytes;
    std::vector<Piece> pieces;
    Bytes held;
    std::uint64_t next_page = 0;  // of an overflow that was not followed to its end
};

void read_pages(const Pages& pages, DamageList& damage, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats::sqlite
