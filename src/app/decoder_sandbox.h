// SPDX-License-Identifier: Apache-2.0
// The sandbox with the decoders of evidence in it. Start it while the process has one thread.
#pragma once
#include <memory>

#include "base/limits.h"
#include "sandbox/sandbox.h"

namespace plumbline::app {

Result<std::unique_ptr<Sandbox>> start_decoder_sandbox(unsigned workers, const Limits& limits);

}  // namespace plumbline::app
