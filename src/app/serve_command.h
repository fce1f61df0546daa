// SPDX-License-Identifier: Apache-2.0
// `plumbline serve`, `hotline` and `desk`: the running services, wired here and nowhere else. They run until SIGTERM or
// SIGINT. The log's event `serve.ready` names the listeners.
#pragma once
#include "app/command_line.h"
#include "base/entropy.h"
#include "base/result.h"

namespace plumbline::app {

Result<int> run_serve(const Command& command, Entropy& entropy);     // both of the next two in one process, and a lab
Result<int> run_hotline(const Command& command, Entropy& entropy);   // the public face: reads no secret key of the desk
Result<int> run_desk(const Command& command, Entropy& entropy);      // line, ledger, staff, labs

}  // namespace plumbline::app
