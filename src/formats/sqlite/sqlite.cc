// SPDX-License-Identifier: Apache-2.0
#include "formats/sqlite/sqlite.h"

#include <algorithm>

#include "base/utf8.h"
#include "formats/sqlite/located_text.h"
#include "formats/sqlite/pages.h"
#include "formats/text/charset.h"
#include "formats/text/text.h"

namespace plumbline::formats {

namespace sqlite {
namespace {
using namespace std::string_view_literals;
constexpr std::string_view magic = "SQLite format 3\0"sv;
constexpr std::uint32_t no_tree = 0xffffffff;

struct Tree {
    std::string title;
    std::uint64_t root = 0;
};

class Database final : public Pages {
  public:
    std::uint64_t slots() const override { return count_; }
    std::uint64_t offset_of(std::uint64_t slot) const override { return slot * page_size; }
    std::uint64_t number_of(std::uint64_t slot) const override { return slot + 1; }
    std::optional<std::uint64_t> slot_of(std::uint64_t number, std::uint64_t) const override {
        return number >= 1 && number <= count_ ? std::optional(number - 1) : std::nullopt;
    }
    bool is_reached(std::uint64_t slot) const override { return tree_of_[slot] != no_tree; }
    bool is_tree(std::uint64_t slot) const override { return is_reached(slot); }
    std::string title_of(std::uint64_t slot) const override { return tree_of_[slot] < trees_.size() ? trees_[tree_of_[slot]].title : std::string(); }

    // False where the header is none that a database can have.
    bool read_header(ByteView file, DamageList& damage) {
        bytes = file;
        decoder = "sqlite";
        page_size = big(file, 16, 2);
        if (page_size == 1) page_size = 65536;
        const std::uint64_t reserved = big(file, 20, 1);
        if (!is_page_size(page_size) || page_size - reserved < 480 || file.size() < 100) return false;
        usable = page_size - reserved;
        const std::uint64_t text = big(file, 56, 4);
        encoding = text == 2 ? TextEncoding::utf16le : text == 3 ? TextEncoding::utf16be : TextEncoding::utf8;
        count_ = file.size() / page_size + (file.size() % page_size != 0);
        const std::uint64_t said = big(file, 28, 4);
        if (big(file, 24, 4) == big(file, 92, 4) && said > count_) damage.add(0, fmt::format("cut short: {} of {} pages are there", count_, said));
        else if (file.size() % page_size != 0) damage.add(file.size() / page_size * page_size, "the last page is cut short");
        tree_of_.assign(count_, no_tree);
        return true;
    }

    // Finds the pages of every tree that the schema names.
    void walk(DamageList& damage) {
        trees_.push_back({"schema", 1});
        walk_tree(0, damage);
        read_schema();
        for (std::uint32_t tree = 1; tree < trees_.size(); ++tree) walk_tree(tree, damage);
        walk_free_list(damage);
    }

  private:
    void walk_tree(std::uint32_t tree, DamageList& damage) {
        std::vector<std::uint64_t> todo;  // each page once, so no more than there are
        const auto follow = [&](std::uint64_t number, std::uint64_t from) {
            const std::uint64_t from_at = (from - 1) * page_size;
            if (number == 0 || number > count_) return damage.add(from_at, fmt::format("page {} leads to page {}, which is not there", from, number));
            if (tree_of_[number - 1] != no_tree) return damage.add(from_at, fmt::format("page {} leads to page {}, which is used already", from, number));
            tree_of_[number - 1] = tree;
            todo.push_back(number);
        };
        follow(trees_[tree].root, 1);
        while (!todo.empty()) {
            const std::uint64_t number = todo.back();
            todo.pop_back();
            const PageCells cells = read_cells(page(number - 1), header_at(number - 1), usable);
            if (cells.type == 0) {
                damage.add((number - 1) * page_size, fmt::format("page {} is no page of a tree", number));
                tree_of_[number - 1] = no_tree;
            }
            if (!cells.is_interior()) continue;
            for (const Cell& cell : cells.cells) follow(cell.left_page, number);
            follow(cells.right_page, number);
        }
    }

    // type, name, tbl_name, rootpage, sql. A name that goes over its page is not needed here.
    void read_schema() {
        std::vector<std::uint64_t> roots;
        for (std::uint64_t slot = 0; slot < count_; ++slot) {
            if (tree_of_[slot] != 0) continue;
            const ByteView bytes_of_page = page(slot);
            const PageCells cells = read_cells(bytes_of_page, header_at(slot), usable);
            if (cells.type != 13) continue;
            for (const Cell& cell : cells.cells) {
                const ByteView record = bytes_of_page.subspan(cell.local_at, cell.local_size);
                const std::uint64_t root = number_column(record, 4);
                if (root == 0) continue;
                Tree tree;
                tree.root = root;
                for (const Column& column : read_columns(record, cell.payload_size).columns)
                    if (column.is_text && column.number <= 2) tree.title += (tree.title.empty() ? "" : " ") + name_of(record.subspan(column.at, column.size));
                trees_.push_back(std::move(tree));
            }
        }
    }
    std::string name_of(ByteView text) const {
        text = text.first(std::min<std::size_t>(text.size(), 200));
        if (encoding == TextEncoding::utf8) return utf8_repaired(text_of(text));
        Budget small;
        return std::string(text_of(decode_utf16(text, encoding == TextEncoding::utf16be, small).bytes));
    }

    // Only for its damage: the pages are read by what they hold.
    void walk_free_list(DamageList& damage) const {
        std::vector<bool> is_seen(count_);
        for (std::uint64_t trunk = big(bytes, 32, 4); trunk != 0;) {
            if (trunk > count_) return damage.add(0, fmt::format("the list of free pages leads to page {}, which is not there", trunk));
            if (is_seen[trunk - 1] || is_reached(trunk - 1)) return damage.add((trunk - 1) * page_size, fmt::format("the list of free pages leads to page {}, which is used already", trunk));
            is_seen[trunk - 1] = true;
            trunk = big(page(trunk - 1), 0, 4);
        }
    }

    std::uint64_t count_ = 0;
    std::vector<std::uint32_t> tree_of_;
    std::vector<Tree> trees_;
};
}  // namespace
}  // namespace sqlite

bool looks_like_sqlite(ByteView bytes, const Hints&) {
    return bytes.size() >= 512 && text_of(bytes).starts_with(sqlite::magic);
}

void open_sqlite(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    sqlite::DamageList damage("sqlite");
    sqlite::Database database;
    if (!database.read_header(bytes, damage)) {
        visitor.unread(0, "sqlite", "sqlite: the header is damaged; scanned as it stands");
        return open_raw(bytes, hints, budget, visitor);
    }
    if (!budget.take_steps(bytes.size())) {
        visitor.unread(0, "sqlite", "sqlite: over the budget of steps; scanned as it stands");
        return open_raw(bytes, hints, budget, visitor);
    }
    database.walk(damage);
    sqlite::read_pages(database, damage, budget, visitor);
    damage.give(visitor);
}

bool is_sqlite_decoder(std::string_view decoder) { return decoder == "sqlite" || decoder == "sqlitewal" || decoder == "sqlitejournal"; }

Result<Bytes> decode_sqlite(ByteView bytes, std::string_view decoder, std::string_view argument, Budget& budget) {
    WantedChild wanted(fmt::format("{}:{}", decoder, argument));
    if (decoder == "sqlite" && looks_like_sqlite(bytes, {})) open_sqlite(bytes, {}, budget, wanted);
    if (decoder == "sqlitewal" && looks_like_sqlite_wal(bytes, {})) open_sqlite_wal(bytes, {}, budget, wanted);
    if (decoder == "sqlitejournal" && looks_like_sqlite_journal(bytes, {})) open_sqlite_journal(bytes, {}, budget, wanted);
    return wanted.take();
}

}  // namespace plumbline::formats
