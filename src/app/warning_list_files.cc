// SPDX-License-Identifier: Apache-2.0
#include "app/warning_list_files.h"

#include <algorithm>

#include "examination/open_file.h"

namespace plumbline::app {

Result<std::optional<evidence::WarningLists>> warning_lists_of(const std::vector<std::string>& paths) {
    constexpr std::uint64_t bytes_max = 256ULL * 1024 * 1024;
    std::optional<evidence::WarningLists> lists;
    for (const std::string& path : paths) {
        if (!lists) lists = evidence::WarningLists::built_in();
        if (path == "built-in") continue;
        const examination::OpenFile file(examination::FileEntry{path, 0});
        Bytes bytes;
        if (!file.problem().empty()) return fail(ErrorKind::unavailable, "{}: {}", path, file.problem());
        if (const std::string problem = file.append(0, bytes_max, bytes); !problem.empty()) return fail(ErrorKind::unavailable, "{}: {}", path, problem);
        const Result<std::string> name = lists->load(text_of(bytes));
        if (!name) return fail_in(path, name.error());
    }
    return lists;
}

Result<std::optional<evidence::WarningLists>> warning_lists_of_setting(std::string_view setting) {
    std::vector<std::string> paths;
    while (!setting.empty()) {
        const std::size_t colon = std::min(setting.find(':'), setting.size());
        if (colon > 0) paths.emplace_back(setting.substr(0, colon));
        setting.remove_prefix(std::min(colon + 1, setting.size()));
    }
    return warning_lists_of(paths);
}

}  // namespace plumbline::app
