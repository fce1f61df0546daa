// SPDX-License-Identifier: Apache-2.0
// Pages and records of SQLite's file format (https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1): varints, the
// cells of one b-tree page, the columns of one record. Nothing here follows a pointer to another page.
#pragma once
#include <vector>

#include "base/bytes.h"

namespace plumbline::formats::sqlite {

// Big-endian; 0 where the bytes end before.
std::uint64_t big(ByteView bytes, std::uint64_t at, unsigned size);

struct Varint {
    std::uint64_t value = 0;
    unsigned size = 0;  // 1 to 9; 0 where the bytes end before it does
};
Varint read_varint(ByteView bytes, std::uint64_t at);

struct Cell {
    std::uint64_t number = 0;         // in the page's array of pointers, from 1
    std::uint64_t begin = 0;          // all in the page
    std::uint64_t end = 0;
    std::uint64_t local_at = 0;       // what of the record stands in the page itself
    std::uint64_t local_size = 0;
    std::uint64_t payload_size = 0;
    std::uint64_t overflow_page = 0;  // the first page with the rest; 0: there is none
    std::uint64_t left_page = 0;      // of interior pages
};
struct PageCells {
    unsigned type = 0;                // 2 and 5 interior, 10 and 13 leaf (index, table); 0: not a page of a b-tree
    std::uint64_t pointers_end = 0;   // what lies between here and the first cell is unallocated
    std::uint64_t right_page = 0;     // of interior pages
    std::vector<Cell> cells;          // in the order of the pointers; those that overlap or leave the page are left out
    std::uint64_t bad_cells = 0;
    bool is_interior() const { return type == 2 || type == 5; }
};
// `header_at` is 100 on a database's first page, else 0; `usable` is the page's size without the reserved bytes.
PageCells read_cells(ByteView page, std::uint64_t header_at, std::uint64_t usable);

struct Column {
    std::uint64_t number = 0;  // from 1
    std::uint64_t at = 0;      // in the record
    std::uint64_t size = 0;
    bool is_text = false;      // otherwise a BLOB
};
struct Columns {
    std::vector<Column> columns;  // of texts and BLOBs that hold something, cut where the record ends
    bool is_whole = false;        // the header says what the record has, to the byte
};
Columns read_columns(ByteView record, std::uint64_t payload_size);
// The number in column `number` (from 1); 0 where it is none.
std::uint64_t number_column(ByteView record, std::uint64_t number);

}  // namespace plumbline::formats::sqlite
