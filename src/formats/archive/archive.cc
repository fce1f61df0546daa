// SPDX-License-Identifier: Apache-2.0
#include "formats/archive/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>
#include <type_traits>

namespace plumbline::formats {

namespace {
struct Close {
    void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, Close>;

struct Kind {
    std::string_view name;
    std::size_t magic_at;
    std::string_view magic;
    int (*support)(archive*);
};
using namespace std::string_view_literals;
constexpr Kind archives[] = {
    {"tar", 257, "ustar"sv, archive_read_support_format_tar},
    {"7z", 0, "7z\xbc\xaf\x27\x1c"sv, archive_read_support_format_7zip},
    {"rar", 0, "Rar!\x1a\x07\x00"sv, archive_read_support_format_rar},
    {"rar5", 0, "Rar!\x1a\x07\x01\x00"sv, archive_read_support_format_rar5},
    {"cab", 0, "MSCF\0\0\0\0"sv, archive_read_support_format_cab},
    {"iso", 0x8001, "CD001"sv, archive_read_support_format_iso9660},
};
constexpr Kind streams[] = {
    {"bzip2", 0, "BZh"sv, archive_read_support_filter_bzip2},
    {"xz", 0, "\xfd" "7zXZ\0"sv, archive_read_support_filter_xz},
    {"lzma", 0, "\x5d\0\0"sv, archive_read_support_filter_lzma},
    {"lzip", 0, "LZIP\x01"sv, archive_read_support_filter_lzip},
    {"zstd", 0, "\x28\xb5\x2f\xfd"sv, archive_read_support_filter_zstd},
    {"lz4", 0, "\x04\x22\x4d\x18"sv, archive_read_support_filter_lz4},
    {"compress", 0, "\x1f\x9d"sv, archive_read_support_filter_compress},
};

template <std::size_t N>
const Kind* kind_of(const Kind (&kinds)[N], ByteView bytes) {
    const std::string_view text = text_of(bytes);
    const auto row = std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind& kind) {
        if (text.size() < kind.magic_at + kind.magic.size() || text.substr(kind.magic_at, kind.magic.size()) != kind.magic) return false;
        // Short marks need a second look: the block's own mark of bzip2, the size field of lzma.
        if (kind.name == "bzip2") return text.size() >= 10 && text[3] >= '1' && text[3] <= '9' && (text.substr(4, 6) == "1AY&SY" || text.substr(4, 6) == "\x17\x72\x45\x38\x50\x90");
        if (kind.name == "lzma") return text.size() >= 14 && (text.substr(5, 8) == "\xff\xff\xff\xff\xff\xff\xff\xff"sv || text.substr(9, 4) == "\0\0\0\0"sv) && text[13] == '\0';
        return kind.name != "compress" || (text.size() > 3 && (static_cast<unsigned char>(text[2]) & 0x60) == 0 && (text[2] & 0x1f) >= 9 && (text[2] & 0x1f) <= 16);
    });
    return row == std::end(kinds) ? nullptr : row;
}
template <std::size_t N>
const Kind* kind_named(const Kind (&kinds)[N], std::string_view name) {
    const auto row = std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind& kind) { return kind.name == name; });
    return row == std::end(kinds) ? nullptr : row;
}

// A reader over `bytes` that knows this one kind; null where it cannot be opened.
Reader reader_of(const Kind& kind, bool is_stream, ByteView bytes) {
    Reader reader(archive_read_new());
    if (!reader) return nullptr;
    kind.support(reader.get());
    if (is_stream) archive_read_support_format_raw(reader.get());
    if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return nullptr;
    return reader;
}

// Why the reader stopped. Its own words may hold bytes of the archive, so they are not passed on.
std::string reason_of(archive* reader, std::string_view kind) {
    return std::string(kind) + (archive_errno(reader) == ENOMEM ? ": no memory" : ": damaged, cut short, or in a form that is not read");
}

// The data of the entry at which the reader stands; `damage` says why it is not all.
Bytes entry_bytes(archive* reader, std::string_view kind, Budget& budget, std::string& damage) {
    Bytes out;
    for (;;) {
        const void* block = nullptr;
        std::size_t size = 0;
        la_int64_t at = 0;
        const int status = archive_read_data_block(reader, &block, &size, &at);
        if (status == ARCHIVE_EOF) return out;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            damage = reason_of(reader, kind);
            return out;
        }
        // A sparse file's holes are zero bytes, and they cost as such.
        const std::uint64_t hole = at > 0 && static_cast<std::uint64_t>(at) > out.size() ? static_cast<std::uint64_t>(at) - out.size() : 0;
        if (!budget.take_bytes(hole) || !budget.take_bytes(size) || !budget.take_steps(hole + size + 1)) {
            damage = std::string(kind) + ": over the budget of decoded bytes";
            return out;
        }
        out.resize(out.size() + hole);
        append(out, ByteView(static_cast<const std::byte*>(block), size));
    }
}

// What the budget cut is read, but it is no file: its hash would depend on the budget.
bool is_cut(std::string_view damage) { return damage.ends_with("decoded bytes"); }

std::string name_of(archive_entry* entry) {
    const char* name = archive_entry_pathname_utf8(entry);
    if (!name) name = archive_entry_pathname(entry);
    return name ? std::string(name).substr(0, 4096) : std::string();
}

// Calls `entry(number, archive_entry*)` for each until it says false. Empty, or why the list ended early.
template <class Entry>
std::string each_entry(archive* reader, std::string_view kind, Budget& budget, Entry&& entry) {
    for (std::uint64_t number = 1;; ++number) {
        archive_entry* header = nullptr;
        const int status = archive_read_next_header(reader, &header);
        if (status == ARCHIVE_EOF) return {};
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            if (archive_read_has_encrypted_entries(reader) == 1) return std::string(kind) + ": encrypted";
            return reason_of(reader, kind);
        }
        if (!budget.take_items(1) || !budget.take_steps(512)) return std::string(kind) + ": over the budget of items";
        if (!entry(number, header)) return {};
    }
}
}  // namespace

bool looks_like_archive(ByteView bytes, const Hints&) { return kind_of(archives, bytes) != nullptr; }
bool looks_like_compressed(ByteView bytes, const Hints&) { return kind_of(streams, bytes) != nullptr; }
bool is_archive_decoder(std::string_view decoder) { return kind_named(archives, decoder) || kind_named(streams, decoder); }

void open_archive(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    const Kind* kind = kind_of(archives, bytes);
    if (!kind) return visitor.unread(0, "", "archive: not one that is read");
    const std::string name(kind->name);
    const Reader reader = reader_of(*kind, false, bytes);
    if (!reader) return visitor.unread(0, name, name + ": damaged");
    bool is_last_damaged = false;  // and named; that the list then ends is no news
    const std::string problem = each_entry(reader.get(), name, budget, [&](std::uint64_t number, archive_entry* entry) {
        Hints inside;
        inside.name = name_of(entry);
        const std::string decoder = name + ":" + std::to_string(number) + "/" + path_name(inside.name);
        if (archive_entry_is_encrypted(entry) == 1) {
            visitor.unread(0, decoder, name + ": encrypted");
            return true;
        }
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry)) return true;
        Decoded child;
        child.decoder = decoder;
        child.size_in = bytes.size();
        child.bytes = entry_bytes(reader.get(), name, budget, child.damage);
        const std::string damage = child.damage;
        inside.is_file = !is_cut(damage);
        is_last_damaged = !damage.empty();
        if (is_last_damaged) visitor.unread(0, decoder, damage);
        if (!child.bytes.empty()) visitor.decoded(std::move(child), inside, false);
        return !is_cut(damage);
    });
    if (!problem.empty() && !is_last_damaged) visitor.unread(0, name, problem);
}

void open_compressed(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    const Kind* kind = kind_of(streams, bytes);
    if (!kind) return visitor.unread(0, "", "compressed: not a stream that is read");
    const std::string name(kind->name);
    if (!budget.take_items(1)) return visitor.unread(0, name, name + ": over the budget of items");
    const Reader reader = reader_of(*kind, true, bytes);
    archive_entry* entry = nullptr;
    if (!reader || archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK) return visitor.unread(0, name, name + ": damaged");
    Decoded child;
    child.decoder = name;
    child.size_in = bytes.size();
    child.bytes = entry_bytes(reader.get(), name, budget, child.damage);
    if (!child.damage.empty()) visitor.unread(0, name, child.damage);
    Hints inside;
    inside.is_file = !is_cut(child.damage);
    inside.name = hints.name.substr(0, std::min(hints.name.rfind('.'), hints.name.size()));
    if (!child.bytes.empty()) visitor.decoded(std::move(child), inside, false);
}

Result<Bytes> decode_archive(ByteView bytes, std::string_view decoder, std::string_view argument, Budget& budget) {
    std::string damage;
    if (const Kind* stream = kind_named(streams, decoder)) {
        const Reader reader = reader_of(*stream, true, bytes);
        archive_entry* entry = nullptr;
        if (!reader || archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK) return fail(ErrorKind::corrupt, "{}: damaged", decoder);
        return entry_bytes(reader.get(), decoder, budget, damage);
    }
    const Kind* kind = kind_named(archives, decoder);
    std::uint64_t wanted = 0;
    const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), wanted);
    if (!kind || error != std::errc{} || wanted == 0) return fail(ErrorKind::invalid, "{}: no entry's number in \"{}\"", decoder.substr(0, 20), argument.substr(0, 40));
    const Reader reader = reader_of(*kind, false, bytes);
    if (!reader) return fail(ErrorKind::corrupt, "{}: damaged", decoder);
    std::optional<Bytes> found;
    each_entry(reader.get(), decoder, budget, [&](std::uint64_t number, archive_entry*) {
        if (number == wanted) found = entry_bytes(reader.get(), decoder, budget, damage);
        return number < wanted;
    });
    if (!found) return fail(ErrorKind::corrupt, "{}: no entry {}", decoder, wanted);
    return std::move(*found);
}

void prepare_archives() {
    // Kept open until the end: an open converter keeps its module loaded, and the next one of its kind opens no file.
    struct CloseConverter {
        void operator()(iconv_t converter) const { iconv_close(converter); }
    };
    static const auto kept = [] {
        std::vector<std::unique_ptr<std::remove_pointer_t<iconv_t>, CloseConverter>> out;
        for (const char* from : {"UTF-16LE", "UTF-16BE", "UTF-8", "CP437", "CP932", "ISO-8859-1", "CP1252"})
            for (const char* to : {"ANSI_X3.4-1968", "UTF-8"})
                if (const iconv_t converter = iconv_open(to, from); converter != reinterpret_cast<iconv_t>(-1)) out.emplace_back(converter);
        return out;
    }();
    (void)kept;
}

}  // namespace plumbline::formats
