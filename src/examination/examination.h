// SPDX-License-Identifier: Apache-2.0
// Examines files of any number and size through the sandbox: the plan's pieces are worked by several threads and come out
// in the plan's order, the same for any number of threads. Memory holds a few pieces a thread, whatever the files' size.
//
//     struct Printer : PieceSink { ... };
//     TRY(examine_files(files, sandbox, options, printer));
//
// A decoder that dies costs its own file: of a piece of small files the others are read again one by one, and of a file
// that was read whole the bytes are read again as they stand.
#pragma once
#include <atomic>

#include "evidence/answer.h"
#include "evidence/wire.h"
#include "examination/plan.h"
#include "sandbox/sandbox.h"

namespace plumbline::examination {

// The sandbox's tasks: "scan" (evidence::scan_in_sandbox), "print" (evidence::print_in_sandbox), "detect" (detect.h),
// "linear" (linear_bytes.h).
struct ExaminationOptions {
    evidence::ScanOptions scan;
    PlanOptions plan;
    DiskMapOptions disk;
    bool reads_text_in_pictures = false;   // needs the sandbox's task "ocr"; seconds a picture
    unsigned jobs = 1;
    std::uint64_t first_piece = 0;  // pieces before it are planned, and not worked: they were done before
};

// What came of one file of a piece.
struct ExaminedPart {
    std::size_t file = 0;                       // in the list
    evidence::PartView* part = nullptr;         // null where nothing could be read
    std::string problem;                        // empty, or why it was not read (whole)
    bool is_of_the_world = false;               // the problem is not the file's: there is no sandbox, or no place in its queue
};
struct Piece {
    const Work& work;
    const std::vector<FileEntry>& files;
    std::vector<ExaminedPart> parts;
    std::function<bool()> is_next;   // where a sink gets it: whether all pieces before it are taken: then its bytes may be written before take().
};
// What a piece becomes: bytes for the output, lines for people.
struct Rendered {
    std::vector<std::string> out;   // one behind the other
    std::vector<std::string> talk;
    bool has_problem = false;   // a file or a part of one was not read
};

class PieceSink {
  public:
    virtual ~PieceSink() = default;
    // On any thread, several at a time; views in `piece` end with the call.
    virtual Rendered render(const Piece& piece) = 0;
    // On any thread, one at a time, in order. An error ends the examination and is its result.
    virtual Result<void> take(const Work& work, Rendered&& rendered) = 0;
};

Result<void> examine_files(const std::vector<FileEntry>& files, Sandbox& sandbox, const ExaminationOptions& options, PieceSink& sink);

// One file that is open already (a memfd, a part of a tip), as one piece of evidence. Its name, number and SHA-256 are the
// caller's to fill in. Errors are the sandbox's own (`busy`, `unavailable`); what a decoder died of stands in `unread`.
Result<PartEvidence> examine_open_file(int fd, std::string_view name, Sandbox& sandbox, const ExaminationOptions& options);
// The same over bytes in memory; small ones that hold nothing for another reader cost one call of the sandbox.
Result<PartEvidence> examine_bytes(ByteView bytes, std::string_view name, Sandbox& sandbox, const ExaminationOptions& options);

}  // namespace plumbline::examination
