// SPDX-License-Identifier: Apache-2.0
// `plumbline keys ...`: make and show keys, enrol labs, make tokens for partners.
#pragma once
#include "app/command_line.h"
#include "base/entropy.h"
#include "base/result.h"

namespace plumbline::app {

Result<int> run_keys_make(const Command& command, Entropy& entropy);
Result<int> run_keys_show(const Command& command);
Result<int> run_keys_lab(const Command& command, Entropy& entropy);
Result<int> run_keys_trust(const Command& command, Entropy& entropy);

}  // namespace plumbline::app
