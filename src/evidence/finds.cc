// SPDX-License-Identifier: Apache-2.0
#include "evidence/finds.h"

#include <algorithm>
#include <cstring>

#include "evidence/slice.h"

namespace plumbline::evidence {

namespace {
constexpr std::size_t context_characters = 32;
constexpr std::size_t tail_bytes_likely = 4096;  // of what follows the rows of an answer, so that it does not move them

bool is_ascii(const char* text) {
    std::uint64_t words[context_characters / 8];
    std::memcpy(words, text, sizeof words);
    return ((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080) == 0;
}
}  // namespace

Finds::Spot spot_of(std::string_view text, std::size_t begin, std::size_t end) {
    Finds::Spot spot{begin, begin, end, end};
    const auto is_inside = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80; };
    if (begin >= context_characters && is_ascii(text.data() + begin - context_characters)) {
        spot.from = begin - context_characters;
    } else {
        for (std::size_t n = 0; spot.from > 0 && n < context_characters; ++n) {
            --spot.from;
            for (unsigned i = 0; i < 3 && spot.from > 0 && is_inside(spot.from); ++i) --spot.from;
        }
    }
    if (text.size() - end >= context_characters + 1 && is_ascii(text.data() + end) && !is_inside(end + context_characters)) {
        spot.to = end + context_characters;
        return spot;
    }
    for (std::size_t n = 0; spot.to < text.size() && n < context_characters; ++n) {
        ++spot.to;
        for (unsigned i = 0; i < 3 && spot.to < text.size() && is_inside(spot.to); ++i) ++spot.to;
    }
    return spot;
}

void Finds::clear() {
    rows_.clear();
    bytes_.clear();
    paths_.resize(1);
}

std::uint32_t Finds::add_path(std::string path, std::uint64_t root) {
    paths_.push_back({std::move(path), root});
    return static_cast<std::uint32_t>(paths_.size() - 1);
}

void Finds::add(IndicatorKind kind, std::uint32_t path, std::uint64_t offset, std::string_view text, const Spot& spot, std::string_view value) {
    const std::string_view found = text.substr(spot.begin, spot.end - spot.begin);
    const bool is_value_text = value.data() == found.data() && value.size() == found.size();
    Row& row = rows_.emplace_back();
    row.root = path == 0 ? offset : paths_[path].root;
    row.bytes_at = bytes_.size();
    row.answer.offset = offset;
    row.answer.path = path;
    row.answer.around_size = static_cast<std::uint32_t>(spot.to - spot.from);
    row.answer.text_size = static_cast<std::uint32_t>(found.size());
    row.answer.value_size = static_cast<std::uint32_t>(value.size());
    row.answer.text_at = static_cast<std::uint16_t>(spot.begin - spot.from);
    row.answer.kind = static_cast<std::uint8_t>(kind);
    row.answer.flags = is_value_text ? AnswerRow::value_is_text : 0;
    bytes_.append(text.data() + spot.from, spot.to - spot.from);
    if (!is_value_text) bytes_.append(value);
}

void Finds::add_file(std::uint32_t path, std::uint64_t offset, std::string_view name, std::string_view sha256, std::string_view size) {
    Row& row = rows_.emplace_back();
    row.root = paths_[path].root;
    row.bytes_at = bytes_.size();
    row.answer.offset = offset;
    row.answer.path = path;
    row.answer.around_size = static_cast<std::uint32_t>(size.size());
    row.answer.text_size = static_cast<std::uint32_t>(name.size());
    row.answer.value_size = static_cast<std::uint32_t>(sha256.size());
    row.answer.kind = static_cast<std::uint8_t>(IndicatorKind::file);
    row.answer.flags = AnswerRow::path_is_whole | AnswerRow::text_apart;
    bytes_.append(size).append(name).append(sha256);
}

std::string Finds::where_of_row(const Row& row) const {
    std::string where = paths_[row.answer.path].text;
    if (!(row.answer.flags & AnswerRow::path_is_whole)) where += std::to_string(row.answer.offset);
    return where;
}

int Finds::compare_places(const Row& a, const Row& b) const {
    if (a.root != b.root) return a.root < b.root ? -1 : 1;
    const bool is_plain = !((a.answer.flags | b.answer.flags) & AnswerRow::path_is_whole);
    if (a.answer.path == b.answer.path && is_plain) return a.answer.offset < b.answer.offset ? -1 : a.answer.offset > b.answer.offset;
    const std::string x = where_of_row(a);
    const std::string y = where_of_row(b);
    return x == y ? 0 : where_less(x, y) ? -1 : 1;
}

bool Finds::is_less(const Row& a, const Row& b) const {
    if (a.root != b.root) return a.root < b.root;
    const int places = compare_places(a, b);
    if (places != 0) return places < 0;
    if (a.answer.kind != b.answer.kind) return a.answer.kind < b.answer.kind;
    return text_of_row(a) < text_of_row(b);
}

void Finds::settle(std::size_t first) {
    if (rows_.size() < first + 2) return;
    const auto begin = rows_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto less = [this](const Row& a, const Row& b) { return is_less(a, b); };
    if (!std::is_sorted(begin, rows_.end(), less)) {
        std::vector<std::pair<std::uint64_t, std::uint32_t>> order(rows_.size() - first);
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = {rows_[first + i].root, static_cast<std::uint32_t>(first + i)};
        const Row* rows = rows_.data();
        std::sort(order.begin(), order.end(), [&](const auto& x, const auto& y) {
            if (x.first != y.first) return x.first < y.first;
            if (is_less(rows[x.second], rows[y.second])) return true;
            return x.second < y.second && !is_less(rows[y.second], rows[x.second]);
        });
        sorted_.clear();
        sorted_.reserve(order.size());
        for (const auto& [root, index] : order) sorted_.push_back(rows[index]);
        std::copy(sorted_.begin(), sorted_.end(), begin);
    }
    // A stretch that two views show (an attribute that is also text) is one sighting.
    const auto same = [this](const Row& a, const Row& b) {
        return a.root == b.root && a.answer.kind == b.answer.kind && compare_places(a, b) == 0 && text_of_row(a) == text_of_row(b);
    };
    rows_.erase(std::unique(begin, rows_.end(), same), rows_.end());
}

SightingView Finds::at(std::size_t index) const {
    const Row& row = rows_[index];
    SightingView out;
    out.kind = static_cast<IndicatorKind>(row.answer.kind);
    out.is_path_whole = row.answer.flags & AnswerRow::path_is_whole;
    out.offset = row.answer.offset;
    out.path = paths_[row.answer.path].text;
    out.around = std::string_view(bytes_).substr(row.bytes_at, row.answer.around_size);
    out.text = text_of_row(row);
    const std::size_t end = row.bytes_at + bytes_of_row(row);
    out.value = row.answer.flags & AnswerRow::value_is_text ? out.text : std::string_view(bytes_).substr(end - row.answer.value_size, row.answer.value_size);
    return out;
}

void Finds::encode(Bytes& out) const {
    append_u32(out, static_cast<std::uint32_t>(paths_.size()));
    for (const Path& path : paths_) append_sized(out, view(path.text));
    append_u32(out, static_cast<std::uint32_t>(rows_.size()));
    std::size_t size = rows_.size() * AnswerRow::bytes;
    for (const Row& row : rows_) size += bytes_of_row(row);
    std::size_t at = out.size();
    out.reserve(at + size + tail_bytes_likely);
    out.resize(at + size);
    char* to = reinterpret_cast<char*>(out.data()) + at;
    for (const Row& row : rows_) {
        row.answer.write(to);
        const std::size_t bytes = bytes_of_row(row);
        std::memcpy(to + AnswerRow::bytes, bytes_.data() + row.bytes_at, bytes);
        to += AnswerRow::bytes + bytes;
    }
}

}  // namespace plumbline::evidence
