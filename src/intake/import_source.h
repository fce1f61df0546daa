// SPDX-License-Identifier: Apache-2.0
// Files and folders as a stream of submissions (docs/formats/import.md): single mails, mbox, Maildir and JSON lines. What
// cannot be taken comes too, with the reason: nothing is silently left out.
//
//     auto source = TRY(ImportSource::open({"inbox.mbox", "Maildir"}, {}));
//     while (auto item = source->next()) ...
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace plumbline::intake {

struct ImportLimits {
    std::uint64_t mail_bytes_max = 64ULL * 1024 * 1024;   // held in memory, one at a time in each thread
    std::size_t line_bytes_max = 16 * 1024 * 1024;        // of JSON lines
    std::size_t files_max = 10'000'000;                   // found in all folders
};

enum class ImportKind { mail, json };
struct ImportItem {
    ImportKind kind = ImportKind::mail;
    std::string place;                    // "box.mbox, mail 3", "tips.jsonl:12", "letter.eml"
    Bytes bytes;                          // the mail, or one line
    std::optional<Error> refused;         // then there are no bytes
};

// One thread.
class ImportSource {
  public:
    // Folders are walked at once, in the order of names. not_found: no such path. invalid: no file to read, or too many.
    static Result<std::unique_ptr<ImportSource>> open(const std::vector<std::string>& paths, const ImportLimits& limits);
    virtual ~ImportSource() = default;
    virtual std::optional<ImportItem> next() = 0;         // nullopt at the end
    virtual std::uint64_t bytes_total() const = 0;
    virtual std::uint64_t bytes_read() const = 0;
};

// A mail without the mbox line ("From x Thu Aug 22 15:05:07 2002") that some collections leave before it.
ByteView without_mbox_line(ByteView mail);

}  // namespace plumbline::intake
