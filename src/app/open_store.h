// SPDX-License-Identifier: Apache-2.0
// Opens the store and the blobs of a data folder.
#pragma once
#include <memory>
#include <string>

#include "app/command_line.h"
#include "app/config.h"
#include "store/blobs.h"
#include "store/store.h"

namespace plumbline::app {

struct OpenStore {
    std::unique_ptr<Blobs> blobs;
    std::unique_ptr<Store> store;
};
// not_found where the folder holds no store, unless `may_make`.
Result<OpenStore> open_store(const std::string& data, const Limits& limits, bool may_make);

// --data, or the default of the command.
std::string data_folder_of(const Command& command);
// --config, or DIR/plumbline.toml where it exists; then --hotline-port and its like.
Result<Config> config_of(const Command& command);

}  // namespace plumbline::app
