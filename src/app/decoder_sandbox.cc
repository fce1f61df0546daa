// SPDX-License-Identifier: Apache-2.0
#include "app/decoder_sandbox.h"

#include "evidence/scan.h"
#include "evidence/wire.h"
#include "examination/detect.h"
#include "examination/linear_bytes.h"

namespace plumbline::app {

Result<std::unique_ptr<Sandbox>> start_decoder_sandbox(unsigned workers, const Limits& limits) {
    SandboxOptions options;
    options.workers = workers;
    options.cpu_seconds_max = limits.decode_cpu_seconds_max;
    options.wall_seconds_max = 2 * limits.decode_cpu_seconds_max;
    options.memory_bytes_max = limits.decode_memory_bytes_max;
    return Sandbox::start({{"scan", evidence::scan_in_sandbox}, {"print", evidence::print_in_sandbox}, {"detect", examination::detect_in_sandbox}, {"linear", examination::linear_in_sandbox}}, options, evidence::prepare_scan);
}

}  // namespace plumbline::app
