// SPDX-License-Identifier: Apache-2.0
// What lies on a disk image: its volumes, their files, and where each file's bytes stand. `plumbline-disk` writes it, we
// read it: docs/formats/disk_answer.md. What is read comes from a process that hostile bytes may own, so every number is
// checked: runs lie inside the image, counts and names are bounded.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace plumbline::disk {

inline constexpr std::size_t path_bytes_max = 16 * 1024;
inline constexpr std::size_t text_bytes_max = 1024;      // a label, a reason
inline constexpr std::size_t runs_max = 1'000'000;       // of one file

struct Volume {
    std::uint64_t offset = 0;       // first byte in the linear image
    std::uint64_t size_bytes = 0;
    std::uint32_t block_bytes = 0;  // 0 where it was not opened
    std::string file_system;        // "ntfs", "ext4", "fat32", "btrfs" ...; empty where none was found
    std::string label;
    std::string partition;          // the partition table's words for it; empty without a table
    std::string not_opened;         // "LUKS", "BitLocker", ...; empty where it was opened or holds nothing known
};

enum class RunKind : std::uint8_t {
    bytes = 0,  // `length` bytes of the file stand at `offset` of the linear image
    zero = 1,   // `length` zero bytes that stand nowhere (a hole, or not yet written)
    slack = 2,  // after the file's end: bytes of its last blocks that are no part of it
};
struct Run {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    RunKind kind = RunKind::bytes;
    bool operator==(const Run&) const = default;
};

enum FileFlag : std::uint32_t {
    file_is_deleted = 1,
    file_is_directory = 2,
    // The file system's own: $MFT, journals, bitmaps. Not what a user stored; its runs may hold those of others (small NTFS files
    // stand inside $MFT). The runs of two living files that are not of the system never overlap.
    file_is_system = 4,
    file_is_compressed = 8,
    file_is_encrypted = 16,
    file_is_sparse = 32,
    file_is_made = 64,         // its bytes stand nowhere as they are: ask with `read`. It has no runs.
    file_name_is_lost = 128,   // the path was made up
    file_is_stream = 256,      // beside the main content: a named NTFS stream, a resource fork
    file_is_guessed = 512,     // found by what the bytes look like; could be wrong
    file_is_other_type = 1024, // link, device, socket
};
enum class FoundBy : std::uint8_t {
    directory = 0,  // the file system itself leads there
    orphan = 1,     // file metadata that no directory names
    journal = 2,    // an older state that the journal kept
    pointers = 3,   // blocks of pointers left in free space
    old_tree = 4,   // an older tree node left in free space (btrfs)
    signature = 5,  // first bytes of a known format in free space
};
inline constexpr std::uint8_t found_by_last = 5;

struct FileEntry {
    std::uint32_t volume = 0;   // as numbered in the answer, from 0
    // Inode, MFT record, ...: with `stream` what `read` asks by. In one volume the two are one content, under several names
    // where it has hard links. The same image gives the same numbers at every asking.
    std::uint64_t meta = 0;
    std::uint32_t stream = 0;
    std::string path;           // bytes as stored, '/' between; "name:stream" for a named stream
    std::uint64_t size_bytes = 0;
    std::uint32_t flags = 0;
    FoundBy found_by = FoundBy::directory;
    std::array<std::int64_t, 4> times{};  // modified, accessed, changed, created; seconds since 1970 UTC, 0: unknown
    std::vector<Run> runs;      // bytes and zero runs sum up to size_bytes, in order; then slack. Empty where made, or lost.
    bool is(FileFlag flag) const { return (flags & flag) != 0; }
};

// What could not be read, and why.
struct Trouble {
    std::optional<std::uint32_t> volume;
    std::string text;
};
// Stands first: the linear image as the program saw it.
struct Start {
    std::uint64_t image_bytes = 0;
    std::string container;       // "raw", "ewf", "qcow2", ...
};
// Ends an answer. An answer without one ended early: what came before it counts all the same.
struct End {
    bool is_cut = false;         // a bound was reached: there is more
};
// A stretch of the content that `read` asked for, in order.
struct Content {
    std::uint32_t item = 0;      // index into Request::items
    bool is_last = false;
    ByteView bytes;              // into the answer
};

struct ReadItem {
    std::uint64_t volume_offset = 0;
    std::uint64_t meta = 0;
    std::uint32_t stream = 0;
    std::uint64_t size_bytes_max = 0;
};
enum class Verb : std::uint8_t { list = 1, read = 2 };
struct Request {
    Verb verb = Verb::list;
    std::uint32_t cpu_seconds_max = 60;
    std::uint64_t memory_bytes_max = 1024ULL * 1024 * 1024;
    std::uint32_t segments = 1;         // files given: 3, 4, ...
    std::uint32_t volume_first = 0;     // of list: volumes before it are named, not opened
    std::uint64_t files_max = 5'000'000;
    std::vector<ReadItem> items;        // of read
};
inline constexpr std::size_t read_items_max = 100'000;

Bytes write_request(const Request& request);
Result<Request> read_request(ByteView bytes);

Bytes answer_head(const Start& start);
Bytes record_of(const Volume& volume);
Bytes record_of(const FileEntry& file);
Bytes record_of(const Trouble& trouble);
Bytes record_of(const End& end);
Bytes record_of(const Content& content);

// Called in the order of the answer. An Error stops the reading and is returned.
struct AnswerVisitor {
    std::function<Result<void>(const Start&)> start = [](const Start&) { return Result<void>(); };
    std::function<Result<void>(const Volume&)> volume = [](const Volume&) { return Result<void>(); };
    std::function<Result<void>(FileEntry&&)> file = [](FileEntry&&) { return Result<void>(); };
    std::function<Result<void>(const Trouble&)> trouble = [](const Trouble&) { return Result<void>(); };
    std::function<Result<void>(const Content&)> content = [](const Content&) { return Result<void>(); };
};
// The End, or nothing where the answer breaks off (in the middle of a record too). corrupt where a record breaks the
// rules; runs lie inside Start::image_bytes (which a taken-over program could overstate: reading there is an Error).
Result<std::optional<End>> read_answer(ByteView answer, const AnswerVisitor& visitor);

}  // namespace plumbline::disk
