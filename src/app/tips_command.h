// SPDX-License-Identifier: Apache-2.0
// `plumbline tips`: lists the tips of a data folder, with their content where the desk key is at hand.
#pragma once
#include "app/command_line.h"
#include "base/entropy.h"
#include "base/result.h"

namespace plumbline::app {

Result<int> run_tips(const Command& command, Entropy& entropy);

}  // namespace plumbline::app
