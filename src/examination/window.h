// SPDX-License-Identifier: Apache-2.0
// One stretch of a file of which only a window is there: a lab reads a terabyte range by range and holds no more than what
// a stretch must be able to look at.
//
//     const std::string format = TRY(format_of_head(fd, head_bytes, "", sandbox));
//     for each stretch {begin, end}:
//         hold(stretch_window(begin, end, size, read_as));              // at their places in the file that `fd` is
//         gather(TRY(examine_stretch(fd, "", sandbox, options, {{}, 0, begin, end, size, read_as})));
#pragma once
#include "examination/examination.h"

namespace plumbline::examination {

inline constexpr std::uint64_t head_bytes = 1024 * 1024;   // what a format is told from

// What a file is, by its first bytes; an error of the decoder is "unknown". Errors: of the sandbox.
Result<std::string> format_of_head(int fd, std::string_view name, Sandbox& sandbox);
// How a file of this format is read in stretches: "mbox", "text" or "unknown" (as it stands).
std::string_view read_in_stretches_as(std::string_view format);
// Bytes that a stretch may look at: behind unknown bytes what is carved there goes on far.
evidence::Range stretch_window(std::uint64_t begin, std::uint64_t end, std::uint64_t size, std::string_view read_as);
// The stretch's window is not used: it is read from the file.
Result<Bytes> scan_stretch(Sandbox& sandbox, const ExaminationOptions& options, std::string_view name, int fd, const evidence::Stretch& stretch);
// The same as a value. A decoder that died is no error but stands in `unread`; errors are the sandbox's own.
Result<PartEvidence> examine_stretch(int fd, std::string_view name, Sandbox& sandbox, const ExaminationOptions& options, const evidence::Stretch& stretch);

}  // namespace plumbline::examination
