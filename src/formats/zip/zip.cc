// SPDX-License-Identifier: Apache-2.0
#include "formats/zip/zip.h"

#include <libdeflate.h>

#include <algorithm>
#include <optional>

#include "formats/gzip/gzip.h"
#include "formats/little.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t npos = std::string_view::npos;
constexpr std::uint32_t size_in_zip64 = 0xffffffff;

struct Entry {
    std::uint64_t local_at = 0;
    std::uint64_t size_in = 0;
    std::uint64_t size_out = 0;
    std::uint32_t crc = 0;
    unsigned flags = 0;
    unsigned method = 0;
    std::string name;
    bool has_sizes = true;  // false: a local header alone, with its sizes behind the data
    bool is_encrypted() const { return flags & 1; }
};

// 64-bit sizes in the extra field 1 (section 4.5.3), in this order, each only where the short one is all ones.
void read_zip64(ByteView extra, Entry& entry) {
    for (std::size_t at = 0; at + 4 <= extra.size();) {
        const std::uint64_t id = little(extra, at, 2);
        const std::uint64_t size = little(extra, at + 2, 2);
        if (id == 1) {
            std::size_t field = at + 4;
            for (std::uint64_t* value : {&entry.size_out, &entry.size_in, &entry.local_at}) {
                if (*value != size_in_zip64 || field + 8 > extra.size()) continue;
                *value = little(extra, field, 8);
                field += 8;
            }
        }
        at += 4 + size;
    }
}

std::optional<Entry> local_entry(ByteView bytes, std::uint64_t at) {
    if (at > bytes.size() || bytes.size() - at < 30 || little(bytes, at, 4) != 0x04034b50) return std::nullopt;
    Entry entry;
    entry.local_at = at;
    entry.flags = static_cast<unsigned>(little(bytes, at + 6, 2));
    entry.method = static_cast<unsigned>(little(bytes, at + 8, 2));
    entry.crc = static_cast<std::uint32_t>(little(bytes, at + 14, 4));
    entry.size_in = little(bytes, at + 18, 4);
    entry.size_out = little(bytes, at + 22, 4);
    const std::uint64_t name_size = little(bytes, at + 26, 2);
    const std::uint64_t extra_size = little(bytes, at + 28, 2);
    if (bytes.size() - at - 30 < name_size + extra_size) return std::nullopt;
    entry.name = text_of(bytes.subspan(at + 30, name_size));
    read_zip64(bytes.subspan(at + 30 + name_size, extra_size), entry);
    entry.has_sizes = (entry.flags & 8) == 0;
    return entry;
}

struct Directory {
    std::vector<Entry> entries;
    std::string damage;
};

Directory read_directory(ByteView bytes, Budget& budget) {
    Directory directory;
    const std::string_view text = text_of(bytes);
    const std::size_t end_at = text.rfind(std::string_view("PK\5\6", 4));
    if (end_at == npos || bytes.size() - end_at < 22) {
        directory.damage = "zip: the central directory is not there";
        return directory;
    }
    std::uint64_t count = little(bytes, end_at + 10, 2);
    std::uint64_t size = little(bytes, end_at + 12, 4);
    std::uint64_t start = little(bytes, end_at + 16, 4);
    const std::size_t locator = end_at >= 20 ? end_at - 20 : npos;
    if (locator != npos && little(bytes, locator, 4) == 0x07064b50) {
        const std::uint64_t end64 = little(bytes, locator + 8, 8);
        if (little(bytes, end64, 4) == 0x06064b50) {
            count = little(bytes, end64 + 32, 8);
            size = little(bytes, end64 + 40, 8);
            start = little(bytes, end64 + 48, 8);
        }
    }
    // Bytes put before the archive (self-extractors) move every offset; the directory ends where the end record starts.
    std::uint64_t shift = 0;
    if (little(bytes, start, 4) != 0x02014b50 && size <= end_at && little(bytes, end_at - size, 4) == 0x02014b50) {
        shift = end_at - size - std::min(start, end_at - size);
        start = end_at - size;
    }
    std::uint64_t at = start;
    while (directory.entries.size() < count && little(bytes, at, 4) == 0x02014b50) {
        if (!budget.take_steps(46) || directory.entries.size() >= budget.items_left) {
            directory.damage = "zip: over the budget of items";
            return directory;
        }
        Entry entry;
        entry.flags = static_cast<unsigned>(little(bytes, at + 8, 2));
        entry.method = static_cast<unsigned>(little(bytes, at + 10, 2));
        entry.crc = static_cast<std::uint32_t>(little(bytes, at + 16, 4));
        entry.size_in = little(bytes, at + 20, 4);
        entry.size_out = little(bytes, at + 24, 4);
        const std::uint64_t name_size = little(bytes, at + 28, 2);
        const std::uint64_t extra_size = little(bytes, at + 30, 2);
        const std::uint64_t comment_size = little(bytes, at + 32, 2);
        entry.local_at = little(bytes, at + 42, 4);
        if (bytes.size() - at < 46 + name_size + extra_size) break;
        entry.name = text_of(bytes.subspan(at + 46, name_size));
        read_zip64(bytes.subspan(at + 46 + name_size, extra_size), entry);
        entry.local_at += shift;
        directory.entries.push_back(std::move(entry));
        at += 46 + name_size + extra_size + comment_size;
    }
    if (directory.entries.size() < count) directory.damage = "zip: the central directory is damaged";
    return directory;
}

// Local headers that the directory does not name, found by their mark.
void add_local_headers(ByteView bytes, Budget& budget, std::vector<Entry>& entries) {
    const std::string_view text = text_of(bytes);
    if (!budget.take_steps(bytes.size())) return;
    std::vector<std::uint64_t> named;
    named.reserve(entries.size());
    for (const Entry& row : entries) named.push_back(row.local_at);
    std::sort(named.begin(), named.end());
    for (std::size_t at = 0; (at = text.find(std::string_view("PK\3\4", 4), at)) != npos;) {
        const std::optional<Entry> entry = local_entry(bytes, at);
        const bool is_known = std::binary_search(named.begin(), named.end(), std::uint64_t{at});
        if (entry && !is_known && entries.size() < std::min<std::uint64_t>(budget.items_left, 10'000)) entries.push_back(*entry);
        const std::uint64_t data = entry ? 30 + entry->name.size() + (entry->has_sizes ? entry->size_in : 0) : 4;
        at += std::min<std::uint64_t>(std::max<std::uint64_t>(data, 4), text.size() - at);
    }
}

// The bytes of one entry; damage says what is wrong with them.
Decoded read_entry(ByteView bytes, const Entry& entry, Budget& budget) {
    Decoded out;
    out.decoder = "zip:" + path_name(entry.name);
    out.offset = entry.local_at;
    const std::optional<Entry> local = local_entry(bytes, entry.local_at);
    if (!local) {
        out.damage = "zip: no local header where the directory says";
        return out;
    }
    if (entry.is_encrypted()) {
        out.damage = "zip: encrypted";
        return out;
    }
    if (entry.method != 0 && entry.method != 8) {
        out.damage = fmt::format("zip: method {} is not supported", entry.method);
        return out;
    }
    const std::uint64_t data_at = entry.local_at + 30 + little(bytes, entry.local_at + 26, 2) + little(bytes, entry.local_at + 28, 2);
    ByteView data = bytes.subspan(std::min<std::uint64_t>(data_at, bytes.size()));
    if (entry.has_sizes) {
        if (entry.size_in > data.size()) out.damage = "zip: cut short";
        data = data.first(std::min<std::uint64_t>(entry.size_in, data.size()));
    } else if (entry.method == 0) {
        out.damage = "zip: stored without a size";
        return out;
    }
    if (entry.method == 0) {
        if (!budget.take_bytes(data.size())) {
            out.damage = "zip: over the budget of decoded bytes";
            return out;
        }
        out.bytes = to_bytes(data);
        out.size_in = data.size();
    } else {
        Decoded inflated = inflate_raw(data, budget, entry.has_sizes ? entry.size_out : 0);
        out.bytes = std::move(inflated.bytes);
        out.size_in = inflated.size_in;
        if (!inflated.damage.empty()) out.damage = "zip: " + inflated.damage;
    }
    if (out.damage.empty() && entry.has_sizes) {
        if (libdeflate_crc32(0, out.bytes.data(), out.bytes.size()) != entry.crc) out.damage = "zip: the checksum is wrong";
    }
    return out;
}
}  // namespace

bool looks_like_zip(ByteView bytes, const Hints&) {
    const std::string_view text = text_of(bytes);
    return text.starts_with(std::string_view("PK\3\4", 4)) || text.starts_with(std::string_view("PK\5\6", 4));
}

void open_zip(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    Directory directory = read_directory(bytes, budget);
    if (!directory.damage.empty()) {
        visitor.unread(0, "zip", directory.damage);
        add_local_headers(bytes, budget, directory.entries);
    }
    std::sort(directory.entries.begin(), directory.entries.end(), [](const Entry& a, const Entry& b) { return a.local_at < b.local_at; });
    const Entry* before = nullptr;
    for (const Entry& entry : directory.entries) {
        // A directory may point anywhere; the place that is named lies in the archive.
        const std::uint64_t named_at = std::min<std::uint64_t>(entry.local_at, bytes.size());
        // Two names for one entry are how small archives become endless ones: the first is read, the others are named.
        if (before && before->local_at == entry.local_at) {
            visitor.unread(named_at, "zip:" + path_name(entry.name), "zip: a second name for the same entry");
            continue;
        }
        before = &entry;
        if (!budget.take_items(1)) return visitor.unread(named_at, "zip", "zip: over the budget of items");
        if (entry.name.ends_with('/') && entry.size_out == 0) continue;
        Decoded child = read_entry(bytes, entry, budget);
        if (!child.damage.empty()) visitor.unread(named_at, child.decoder, child.damage);
        if (child.bytes.empty() && !child.damage.empty()) continue;
        Hints hints;
        hints.name = entry.name;
        hints.is_file = true;
        visitor.decoded(std::move(child), hints, false);
    }
}

Decoded read_zip_entry_alone(ByteView bytes, std::uint64_t offset, Budget& budget) {
    const std::optional<Entry> entry = local_entry(bytes, offset);
    Decoded out = entry ? read_entry(bytes, *entry, budget) : Decoded{};
    if (!entry) out.damage = "zip: no local header";
    return out;
}

Result<Bytes> decode_zip_entry(ByteView bytes, std::uint64_t offset, Budget& budget) {
    std::optional<Entry> entry = local_entry(bytes, offset);
    if (!entry) return fail(ErrorKind::corrupt, "zip: no local header at {}", offset);
    for (const Entry& row : read_directory(bytes, budget).entries)
        if (row.local_at == offset) entry = row;
    Decoded out = read_entry(bytes, *entry, budget);
    if (out.bytes.empty() && !out.damage.empty()) return fail(ErrorKind::corrupt, "{}", out.damage);
    return std::move(out.bytes);
}

}  // namespace plumbline::formats
