// SPDX-License-Identifier: Apache-2.0
#include "app/decoder_sandbox.h"

#include "evidence/scan.h"
#include "evidence/wire.h"
#include "examination/detect.h"
#include "examination/linear_bytes.h"
#include "formats/image/picture.h"
#include "ocr/ocr.h"

namespace plumbline::app {

Result<std::unique_ptr<Sandbox>> start_decoder_sandbox(unsigned workers, const Limits& limits, bool reads_pictures, std::optional<SandboxTask> reports) {
    SandboxOptions options;
    options.workers = workers;
    options.cpu_seconds_max = limits.decode_cpu_seconds_max;
    options.wall_seconds_max = 2 * limits.decode_cpu_seconds_max;
    options.memory_bytes_max = limits.decode_memory_bytes_max;
    std::vector<SandboxTask> tasks{{"scan", evidence::scan_in_sandbox},
                                   {"print", evidence::print_in_sandbox},
                                   {"detect", examination::detect_in_sandbox},
                                   {"linear", examination::linear_in_sandbox},
                                   {"picture", formats::picture_in_sandbox}};
    if (reports) tasks.push_back(std::move(*reports));
    if (reads_pictures) tasks.push_back({"ocr", ocr::ocr_in_sandbox});
    return Sandbox::start(std::move(tasks), options, [reads_pictures] {
        evidence::prepare_scan();
        if (reads_pictures) ocr::prepare_ocr("eng");
    });
}

}  // namespace plumbline::app
