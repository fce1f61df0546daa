// SPDX-License-Identifier: Apache-2.0
#include "examination/file_list.h"

#include <algorithm>
#include <filesystem>

namespace plumbline::examination {

namespace fs = std::filesystem;

Result<std::vector<FileEntry>> files_under(const std::vector<std::string>& paths) {
    std::vector<FileEntry> files;
    const auto add = [&](const std::string& path) {
        std::error_code error;
        const std::uint64_t size = fs::file_size(path, error);
        files.push_back({path, error ? 0 : size});
    };
    for (const std::string& path : paths) {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        if (!fs::is_directory(status)) {
            add(path);
            continue;
        }
        fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied, error);
        for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error))
            if (entry->is_regular_file(error) && !entry->is_symlink(error)) add(entry->path().string());
        if (error) return fail(ErrorKind::unavailable, "{}: {}", path, error.message());
    }
    const auto by_path = [](const FileEntry& a, const FileEntry& b) { return a.path < b.path; };
    std::sort(files.begin(), files.end(), by_path);
    files.erase(std::unique(files.begin(), files.end(), [](const FileEntry& a, const FileEntry& b) { return a.path == b.path; }), files.end());
    return files;
}

}  // namespace plumbline::examination
