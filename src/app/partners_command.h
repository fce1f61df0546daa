// SPDX-License-Identifier: Apache-2.0
// Partners and their tokens: `keys token`, `keys tokens`, `keys revoke`, `partners`.
#pragma once
#include "app/command_line.h"
#include "base/entropy.h"
#include "base/time.h"
#include "base/result.h"

namespace plumbline::app {

Result<int> run_keys_token(const Command& command, Entropy& entropy);
Result<int> run_keys_tokens(const Command& command);
Result<int> run_keys_revoke(const Command& command);
Result<int> run_partners(const Command& command, Clock& clock);

}  // namespace plumbline::app
