// SPDX-License-Identifier: Apache-2.0
// `plumbline deliver --partner NAME --data DIR`: takes one mail from standard input, as any MTA can pipe it. Exit codes of
// sysexits(3): 0 durable, 65 refused, 67 no such partner, 75 try again later.
#pragma once
#include "app/command_line.h"
#include "base/entropy.h"
#include "base/result.h"

namespace plumbline::app {

Result<int> run_deliver(const Command& command, Entropy& entropy);

}  // namespace plumbline::app
