// SPDX-License-Identifier: Apache-2.0
#include "examination/disk_content.h"

#include <algorithm>

#include "examination/linear_bytes.h"

namespace plumbline::examination {

std::string append_runs(const OpenFile& image, std::string_view container, Sandbox& sandbox, const disk::FileEntry& entry, Bytes& out) {
    constexpr std::uint64_t piece_max = 32ULL * 1024 * 1024;
    for (const disk::Run& run : entry.runs) {
        if (run.kind == disk::RunKind::zero) out.resize(out.size() + static_cast<std::size_t>(run.length));
        if (run.kind != disk::RunKind::bytes) continue;
        if (container == "raw") {
            const std::size_t before = out.size();
            if (std::string problem = image.append(run.offset, run.length, out); !problem.empty()) return problem;
            if (out.size() - before != run.length) return "the image ends before the file does";
            continue;
        }
        for (std::uint64_t at = 0; at < run.length;) {
            const Result<Bytes> bytes = sandbox.run_on_file("linear", image.fd(), linear_parameters(run.offset + at, std::min(piece_max, run.length - at)));
            if (!bytes) return bytes.error().message;
            if (bytes->empty()) return "the image ends before the file does";
            out.insert(out.end(), bytes->begin(), bytes->end());
            at += bytes->size();
        }
    }
    return {};
}

}  // namespace plumbline::examination
