// SPDX-License-Identifier: Apache-2.0
#include "app/demo.h"

#include <filesystem>

#include "app/data_folder.h"
#include "app/import_command.h"
#include "base/log.h"

namespace plumbline::app {

Result<void> claim_demo_state(Store& store, bool is_demo) {
    const std::optional<std::string> before = TRY(store.setting("demo"));
    const std::string wanted = is_demo ? "true" : "false";
    if (!before) {
        if (is_demo && TRY(store.counts()).tips > 0) return fail(ErrorKind::conflict, "this data folder holds real tips: it does not become a demo's");
        return store.put_setting("demo", wanted);
    }
    if (*before == wanted) return {};
    return is_demo ? fail(ErrorKind::conflict, "this data folder is not a demo's: use another --data")
                   : fail(ErrorKind::conflict, "this data folder is a demo's: start it with --demo, or use another --data");
}

Result<void> DemoLoader::prepare(const std::string& folder) {
    folder_ = folder;
    if (folder_.empty()) {
        std::error_code ignored;
        const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
        for (const std::string& place : {(program.parent_path().parent_path() / ".cache/demo-mails").string(), std::string(".cache/demo-mails")})
            if (folder_.empty() && file_exists(place)) folder_ = place;
    }
    if (!file_exists(folder_)) return fail(ErrorKind::not_found, "the demo's mails are not here: `tools/setup` fetches them, or name a folder with --demo-mails");
    is_ready_ = false;
    return {};
}

void DemoLoader::start(intake::Intake& intake, Instant now) {
    if (folder_.empty()) return;
    thread_ = std::jthread([this, &intake, now] {
        const auto loaded = load_demo(intake, folder_, now);
        if (loaded) {
            log_event(LogLevel::info, "demo.loaded", {{"tips", static_cast<std::uint64_t>(loaded->taken)}, {"there_before", static_cast<std::uint64_t>(loaded->already_there)}});
            is_ready_ = true;
        } else {
            log_event(LogLevel::error, "demo.failed", {{"error", loaded.error().message}});
        }
    });
}

}  // namespace plumbline::app
