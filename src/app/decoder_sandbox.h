// SPDX-License-Identifier: Apache-2.0
// The sandbox with the decoders of evidence in it. Start it while the process has one thread.
#pragma once
#include <memory>
#include <optional>

#include "base/limits.h"
#include "sandbox/sandbox.h"

namespace plumbline::app {

// With `reports`, that task is in it too (app/report_door.h). With `reads_pictures`, the slow reader of text in pictures is in it too (task "ocr", English).
Result<std::unique_ptr<Sandbox>> start_decoder_sandbox(unsigned workers, const Limits& limits, bool reads_pictures = false, std::optional<SandboxTask> reports = {});

}  // namespace plumbline::app
