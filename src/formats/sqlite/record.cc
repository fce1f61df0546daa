// SPDX-License-Identifier: Apache-2.0
#include "formats/sqlite/record.h"

#include <algorithm>
#include <optional>

namespace plumbline::formats::sqlite {

std::uint64_t big(ByteView bytes, std::uint64_t at, unsigned size) {
    if (at > bytes.size() || bytes.size() - at < size) return 0;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
    return value;
}

Varint read_varint(ByteView bytes, std::uint64_t at) {
    Varint out;
    for (unsigned i = 0; i < 9 && at < bytes.size() && i < bytes.size() - at; ++i) {
        const auto byte = std::to_integer<std::uint64_t>(bytes[at + i]);
        if (i == 8) return {out.value << 8 | byte, 9};
        out.value = out.value << 7 | (byte & 0x7f);
        if (byte < 0x80) return {out.value, i + 1};
    }
    return {};
}

namespace {
// How much of a record stands in its page (section 1.6, "Cell payload overflow").
std::uint64_t local_size_of(std::uint64_t payload, std::uint64_t usable, bool is_table_leaf) {
    const std::uint64_t most = is_table_leaf ? usable - 35 : (usable - 12) * 64 / 255 - 23;
    if (payload <= most) return payload;
    const std::uint64_t least = (usable - 12) * 32 / 255 - 23;
    const std::uint64_t some = least + (payload - least) % (usable - 4);
    return some <= most ? some : least;
}

std::optional<Cell> read_cell(ByteView page, unsigned type, std::uint64_t at, std::uint64_t usable) {
    Cell cell;
    cell.begin = at;
    if (type == 2 || type == 5) {
        if (usable - at < 4) return std::nullopt;
        cell.left_page = big(page, at, 4);
        at += 4;
    }
    const ByteView used = page.first(usable);
    const Varint first = read_varint(used, at);
    if (first.size == 0) return std::nullopt;
    at += first.size;
    cell.end = at;
    if (type == 5) return cell;  // the varint is a row's number
    cell.payload_size = first.value;
    if (type == 13) {
        const Varint row = read_varint(used, at);
        if (row.size == 0) return std::nullopt;
        at += row.size;
    }
    cell.local_at = at;
    cell.local_size = local_size_of(cell.payload_size, usable, type == 13);
    if (cell.local_size > usable - at) return std::nullopt;
    at += cell.local_size;
    if (cell.local_size < cell.payload_size) {
        if (usable - at < 4) return std::nullopt;
        cell.overflow_page = big(page, at, 4);
        at += 4;
    }
    cell.end = at;
    return cell;
}
}  // namespace

PageCells read_cells(ByteView page, std::uint64_t header_at, std::uint64_t usable) {
    PageCells out;
    if (page.size() < usable || usable < 480 || header_at + 12 > usable) return out;
    const auto type = std::to_integer<unsigned>(page[header_at]);
    if (type != 2 && type != 5 && type != 10 && type != 13) return out;
    const bool is_interior = type == 2 || type == 5;
    const std::uint64_t count = big(page, header_at + 3, 2);
    const std::uint64_t pointers = header_at + (is_interior ? 12 : 8);
    if (count * 2 > usable - pointers) return out;
    out.type = type;
    out.pointers_end = pointers + count * 2;
    if (is_interior) out.right_page = big(page, header_at + 8, 4);
    out.cells.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t at = big(page, pointers + 2 * i, 2);
        std::optional<Cell> cell;
        if (at >= out.pointers_end && at < usable) cell = read_cell(page, type, at, usable);
        if (!cell) {
            ++out.bad_cells;
            continue;
        }
        cell->number = i + 1;
        out.cells.push_back(*cell);
    }
    // Many pointers may lead to one cell; each byte belongs to the first cell that has it.
    std::vector<std::size_t> order(out.cells.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return out.cells[a].begin != out.cells[b].begin ? out.cells[a].begin < out.cells[b].begin : a < b;
    });
    std::uint64_t end = out.pointers_end;
    std::vector<bool> is_bad(out.cells.size());
    for (const std::size_t i : order) {
        is_bad[i] = out.cells[i].begin < end;
        if (!is_bad[i]) end = out.cells[i].end;
    }
    std::vector<Cell> kept;
    kept.reserve(out.cells.size());
    for (std::size_t i = 0; i < out.cells.size(); ++i)
        if (!is_bad[i]) kept.push_back(out.cells[i]);
    out.bad_cells += out.cells.size() - kept.size();
    out.cells = std::move(kept);
    return out;
}

namespace {
constexpr std::uint64_t columns_max = 32'767;  // SQLITE_MAX_COLUMN cannot be larger

std::uint64_t size_of_type(std::uint64_t type) {
    static constexpr std::uint64_t sizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
    return type < 12 ? sizes[type] : (type - 12) / 2;
}
// Calls `column(number, type, at)` for each column whose type the header gives; the size that all should have.
template <class Call>
std::optional<std::uint64_t> each_column(ByteView record, Call&& call) {
    const Varint header = read_varint(record, 0);
    if (header.size == 0 || header.value < header.size || header.value > record.size()) return std::nullopt;
    std::uint64_t at = header.value;
    std::uint64_t number = 0;
    for (std::uint64_t type_at = header.size; type_at < header.value;) {
        const Varint type = read_varint(record.first(header.value), type_at);
        if (type.size == 0 || number == columns_max) return std::nullopt;
        type_at += type.size;
        call(++number, type.value, at);
        at += size_of_type(type.value);
        if (at > std::uint64_t{1} << 62) return std::nullopt;
    }
    return at;
}
}  // namespace

Columns read_columns(ByteView record, std::uint64_t payload_size) {
    Columns out;
    const std::optional<std::uint64_t> end = each_column(record, [&](std::uint64_t number, std::uint64_t type, std::uint64_t at) {
        if (type < 14 || at >= record.size()) return;
        out.columns.push_back({number, at, std::min<std::uint64_t>(size_of_type(type), record.size() - at), type % 2 == 1});
    });
    out.is_whole = end && *end == payload_size;
    return out;
}

std::uint64_t number_column(ByteView record, std::uint64_t wanted) {
    std::uint64_t value = 0;
    each_column(record, [&](std::uint64_t number, std::uint64_t type, std::uint64_t at) {
        if (number != wanted) return;
        if (type == 9) value = 1;
        if (type >= 1 && type <= 6) value = big(record, at, static_cast<unsigned>(size_of_type(type)));
    });
    return value;
}

}  // namespace plumbline::formats::sqlite
