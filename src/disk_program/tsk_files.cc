// SPDX-License-Identifier: Apache-2.0
// A walk over all names, then each name's streams. Directories are named without runs: their bytes are metadata.
#include "disk_program/tsk_files.h"

#include <algorithm>
#include <cstring>

#include "disk_program/tsk_runs.h"

namespace plumbline::disk_program {
namespace {

using disk::FileEntry;
constexpr std::string_view orphans = "$OrphanFiles/";
constexpr std::uint64_t ntfs_system_records = 24;
constexpr std::size_t directories_max = 1'000'000;
constexpr std::size_t stretch_bytes = 1024 * 1024;

struct Walk {
    const TskVolume& volume;
    const ResidentPlaces& resident;
    Answer& answer;
    std::uint64_t unread = 0;
    std::map<std::uint64_t, std::string> directories{};
};

bool is_content(const TSK_FS_INFO& files, const TSK_FS_ATTR& attribute) {
    if (TSK_FS_TYPE_ISNTFS(files.ftype)) return attribute.type == TSK_FS_ATTR_TYPE_NTFS_DATA;
    return attribute.type == TSK_FS_ATTR_TYPE_DEFAULT || attribute.type == TSK_FS_ATTR_TYPE_HFS_DATA || attribute.type == TSK_FS_ATTR_TYPE_HFS_RSRC;
}

bool is_system_file(const TSK_FS_INFO& files, std::string_view path, std::uint64_t meta) {
    if (TSK_FS_TYPE_ISNTFS(files.ftype)) return meta < ntfs_system_records || path.starts_with("$Extend/");
    return !path.empty() && path.front() == '$' && !path.starts_with(orphans);
}

// The stream's number in `read`: type and id, which together are unique in a file.
std::uint32_t stream_number(const TSK_FS_ATTR& attribute) {
    return static_cast<std::uint32_t>(attribute.type) << 16U | attribute.id;
}

std::uint32_t type_flags(TSK_FS_META_TYPE_ENUM type) {
    if (type == TSK_FS_META_TYPE_DIR) return disk::file_is_directory;
    if (type == TSK_FS_META_TYPE_REG || type == TSK_FS_META_TYPE_UNDEF) return 0;
    return disk::file_is_other_type;
}

FileEntry entry_of(const TskVolume& volume, const TSK_FS_FILE& file, std::string path) {
    FileEntry entry;
    entry.volume = volume.number;
    entry.path = std::move(path);
    const bool is_orphan = entry.path.starts_with(orphans);
    if (is_orphan) entry.found_by = disk::FoundBy::orphan;
    if (entry.path.find("OrphanFile-") != std::string::npos && is_orphan) entry.flags |= disk::file_name_is_lost;
    if ((file.name->flags & TSK_FS_NAME_FLAG_UNALLOC) != 0) entry.flags |= disk::file_is_deleted;
    entry.meta = file.name->meta_addr;
    if (file.meta == nullptr) return entry;
    const TSK_FS_META& meta = *file.meta;
    entry.meta = meta.addr;
    if ((meta.flags & TSK_FS_META_FLAG_UNALLOC) != 0) entry.flags |= disk::file_is_deleted;
    entry.flags |= type_flags(meta.type);
    entry.times = {meta.mtime, meta.atime, meta.ctime, meta.crtime};
    if (is_system_file(volume.files, entry.path, meta.addr)) entry.flags |= disk::file_is_system;
    return entry;
}

// A deleted name whose metadata belongs to a living file: the content is another's, and is listed under that one's name.
bool was_taken_over(const TSK_FS_FILE& file) {
    return (file.name->flags & TSK_FS_NAME_FLAG_UNALLOC) != 0 && (file.meta->flags & TSK_FS_META_FLAG_ALLOC) != 0;
}

FileEntry stream_entry(const Walk& walk, const FileEntry& file, const TSK_FS_ATTR& attribute) {
    FileEntry entry = file;
    entry.stream = stream_number(attribute);
    entry.size_bytes = static_cast<std::uint64_t>(std::max<TSK_OFF_T>(attribute.size, 0));
    const bool is_fork = attribute.type == TSK_FS_ATTR_TYPE_HFS_RSRC;
    const bool is_named = attribute.name != nullptr && *attribute.name != 0 && TSK_FS_TYPE_ISNTFS(walk.volume.files.ftype);
    if (is_fork || is_named) {
        entry.flags = (entry.flags | disk::file_is_stream) & ~static_cast<std::uint32_t>(disk::file_is_directory);
        entry.path += ":";
        entry.path += is_fork ? "rsrc" : attribute.name;
    }
    if ((attribute.flags & TSK_FS_ATTR_ENC) != 0) entry.flags |= disk::file_is_encrypted;
    // A deleted FAT file has its first cluster and its size; that the rest follows in a row is the library's guess.
    if (TSK_FS_TYPE_ISFAT(walk.volume.files.ftype) && entry.is(disk::file_is_deleted)) entry.flags |= disk::file_is_guessed;
    if ((attribute.flags & TSK_FS_ATTR_SPARSE) != 0) entry.flags |= disk::file_is_sparse;
    const bool is_compressed = (attribute.flags & TSK_FS_ATTR_COMP) != 0 || attribute.r != nullptr;
    if (is_compressed) {
        entry.flags |= disk::file_is_compressed | disk::file_is_made;
    } else if ((attribute.flags & TSK_FS_ATTR_NONRES) != 0) {
        entry.runs = runs_of(walk.volume, attribute);
    } else if (entry.size_bytes > 0) {
        auto runs = walk.resident.find(attribute, entry.meta);
        if (runs) entry.runs = std::move(*runs);
        else entry.flags |= disk::file_is_made;
    }
    return entry;
}

bool add_streams(Walk& walk, TSK_FS_FILE& file, const FileEntry& entry) {
    // A link or a device has no content; what its inode has in the place of pointers is none.
    if (entry.is(disk::file_is_other_type)) return walk.answer.add(entry);
    tsk_error_reset();
    const int count = tsk_fs_file_attr_getsize(&file);
    // Of what is deleted, damage is no news.
    if (tsk_error_get_errno() != 0 && !entry.is(disk::file_is_deleted)) ++walk.unread;
    tsk_error_reset();
    bool has_main = false;
    for (int i = 0; i < count; ++i) {
        const TSK_FS_ATTR* attribute = tsk_fs_file_attr_get_idx(&file, i);
        if (attribute == nullptr || !is_content(walk.volume.files, *attribute)) continue;
        FileEntry stream = stream_entry(walk, entry, *attribute);
        // A directory has no content of its own, but NTFS lets it have named streams.
        if (stream.is(disk::file_is_directory)) continue;
        has_main = has_main || !stream.is(disk::file_is_stream);
        if (!walk.answer.add(stream)) return false;
    }
    return has_main || walk.answer.add(entry);
}

TSK_WALK_RET_ENUM on_name(TSK_FS_FILE* file, const char* folder, void* context) {
    Walk& walk = *static_cast<Walk*>(context);
    if (file->name == nullptr || file->name->name == nullptr || TSK_FS_ISDOT(file->name->name)) return TSK_WALK_CONT;
    std::string path = std::string(folder == nullptr ? "" : folder) + file->name->name;
    if (path.size() > disk::path_bytes_max) path.erase(0, path.size() - disk::path_bytes_max);
    const FileEntry entry = entry_of(walk.volume, *file, std::move(path));
    if (file->name->type == TSK_FS_NAME_TYPE_DIR && entry.meta != 0 && walk.directories.size() < directories_max) walk.directories.emplace(entry.meta, entry.path);
    bool goes_on = true;
    if (file->meta == nullptr || was_taken_over(*file)) {
        goes_on = walk.answer.add(entry);
    } else if (file->meta->type != TSK_FS_META_TYPE_VIRT && file->meta->type != TSK_FS_META_TYPE_VIRT_DIR) {
        goes_on = add_streams(walk, *file, entry);
    }
    return goes_on ? TSK_WALK_CONT : TSK_WALK_STOP;
}

}  // namespace

std::string file_system_name(const TSK_FS_INFO& files) {
    const char* name = tsk_fs_type_toname(files.ftype);
    return name == nullptr ? "unknown" : name;
}

std::map<std::uint64_t, std::string> list_files(const TskVolume& volume, Answer& answer) {
    const ResidentPlaces resident(volume);
    Walk walk{volume, resident, answer};
    tsk_error_reset();
    const auto flags = static_cast<TSK_FS_DIR_WALK_FLAG_ENUM>(TSK_FS_DIR_WALK_FLAG_ALLOC | TSK_FS_DIR_WALK_FLAG_UNALLOC | TSK_FS_DIR_WALK_FLAG_RECURSE);
    if (tsk_fs_dir_walk(&volume.files, volume.files.root_inum, flags, on_name, &walk) != 0) answer.trouble(volume.number, last_trouble());
    if (walk.unread > 0) answer.trouble(volume.number, fmt::format("{} files whose place could not be read", walk.unread));
    tsk_error_reset();
    return std::move(walk.directories);
}

bool has_file(TSK_FS_INFO& files, const disk::ReadItem& item) {
    const TskFile file(tsk_fs_file_open_meta(&files, nullptr, item.meta));
    const auto type = static_cast<TSK_FS_ATTR_TYPE_ENUM>(item.stream >> 16U);
    return file != nullptr && tsk_fs_file_attr_get_type(file.get(), type, static_cast<std::uint16_t>(item.stream), 1) != nullptr;
}

void read_file(TSK_FS_INFO& files, const disk::ReadItem& item, std::uint32_t number, Answer& answer) {
    const TskFile file(tsk_fs_file_open_meta(&files, nullptr, item.meta));
    const auto type = static_cast<TSK_FS_ATTR_TYPE_ENUM>(item.stream >> 16U);
    const TSK_FS_ATTR* attribute = file == nullptr ? nullptr : tsk_fs_file_attr_get_type(file.get(), type, static_cast<std::uint16_t>(item.stream), 1);
    if (attribute == nullptr) return answer.trouble(UINT32_MAX, fmt::format("item {}: {}", number, last_trouble()));
    const auto size = std::min(static_cast<std::uint64_t>(std::max<TSK_OFF_T>(attribute->size, 0)), item.size_bytes_max);
    Bytes stretch(static_cast<std::size_t>(std::min<std::uint64_t>(size, stretch_bytes)));
    std::uint64_t at = 0;
    while (at < size && !answer.is_full()) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(size - at, stretch.size()));
        const ssize_t got = tsk_fs_attr_read(attribute, static_cast<TSK_OFF_T>(at), reinterpret_cast<char*>(stretch.data()), count, TSK_FS_FILE_READ_FLAG_NONE);
        if (got <= 0) {
            answer.trouble(UINT32_MAX, fmt::format("item {}: from byte {}: {}", number, at, last_trouble()));
            break;
        }
        answer.add(disk::Content{number, false, ByteView(stretch).first(static_cast<std::size_t>(got))});
        at += static_cast<std::uint64_t>(got);
    }
    answer.add(disk::Content{number, true, {}});
}

}  // namespace plumbline::disk_program
