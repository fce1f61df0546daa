// SPDX-License-Identifier: Apache-2.0
// `plumbline verify --receipt FILE --log-key KEYS [--proof FILE]`: no network, no data folder.
#pragma once
#include "app/command_line.h"
#include "base/result.h"

namespace plumbline::app {

Result<int> run_verify_receipt(const Command& command);

}  // namespace plumbline::app
