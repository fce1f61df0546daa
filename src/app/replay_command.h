// SPDX-License-Identifier: Apache-2.0
// `plumbline rules replay`: decides every stored tip again, from its recorded facts and with its origin and currency exchanged
// for others, and says where a decision changes. None may.
#pragma once
#include "app/command_line.h"
#include "base/entropy.h"
#include "base/result.h"

namespace plumbline::app {

// 0: no decision changed; 1: one did, each in a line.
Result<int> run_rules_replay(const Command& command, Entropy& entropy);

}  // namespace plumbline::app
