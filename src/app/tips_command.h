// SPDX-License-Identifier: Apache-2.0
// `plumbline tips`: lists the tips of a data folder, with their content where the desk key is at hand.
#pragma once
#include "app/command_line.h"
#include "base/entropy.h"
#include "base/time.h"
#include "base/result.h"

namespace plumbline::app {

Result<int> run_tips(const Command& command, Entropy& entropy);
// What the rules of retention say is due; a person erases it at the desk.
Result<int> run_tips_due(const Command& command, Clock& clock, Entropy& entropy);
// Prints a password that is made here: once.
Result<int> run_staff_add(const Command& command, Clock& clock, Entropy& entropy);

}  // namespace plumbline::app
