// SPDX-License-Identifier: Apache-2.0
#include "app/open_store.h"

#include "app/data_folder.h"
#include "store/sqlite/sqlite_store.h"

namespace plumbline::app {

Result<OpenStore> open_store(const std::string& data, const Limits& limits, bool may_make) {
    const std::string path = data + "/plumbline.db";
    if (!may_make && !file_exists(path)) return fail(ErrorKind::not_found, "{}: no store is here (`plumbline serve --data {}` makes one)", data, data);
    TRY(make_folder(data));
    OpenStore open;
    open.blobs = TRY(Blobs::open(data + "/blobs"));
    SqliteOptions options;
    options.path = path;
    options.writer_queue_max = limits.writer_queue_max;
    options.writer_group_max = limits.writer_group_max;
    open.store = TRY(open_sqlite_store(options, *open.blobs));
    return open;
}

std::string data_folder_of(const Command& command) {
    if (!command.data.empty()) return command.data;
    return command.is_demo ? "plumbline-demo" : "plumbline-data";
}

Result<Config> config_of(const Command& command) {
    const std::string path = command.config.empty() ? data_folder_of(command) + "/plumbline.toml" : command.config;
    Config config = TRY(read_config(path, !command.config.empty()));
    if (command.port_hotline) config.hotline.port = static_cast<std::uint16_t>(*command.port_hotline);
    if (command.port_desk) config.desk.port = static_cast<std::uint16_t>(*command.port_desk);
    if (command.port_lab) config.lab.port = static_cast<std::uint16_t>(*command.port_lab);
    return config;
}

}  // namespace plumbline::app
