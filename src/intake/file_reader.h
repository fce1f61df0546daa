// SPDX-License-Identifier: Apache-2.0
// The readers of one file, by what the file is. Private to this room.
#pragma once
#include "intake/import_source.h"

namespace plumbline::intake {

// Gives the items of one file.
class FileReader {
  public:
    virtual ~FileReader() = default;
    // nullopt at the end. An Error ends the file: it is what the rest of it is refused with.
    virtual Result<std::optional<ImportItem>> next() = 0;
    virtual std::uint64_t bytes_read() const = 0;
};

Result<std::unique_ptr<FileReader>> open_mail(const std::string& path, const ImportLimits& limits);
Result<std::unique_ptr<FileReader>> open_mbox(const std::string& path, const ImportLimits& limits);
Result<std::unique_ptr<FileReader>> open_json_lines(const std::string& path, const ImportLimits& limits);

enum class FileKind { mail, mbox, json_lines, unknown };
// By name (.eml, .mbox, .jsonl, .ndjson) and else by how it begins.
Result<FileKind> kind_of_file(const std::string& path);
// "From x@y Thu Aug 22 15:05:07 2002": a sender, a time and then a year (RFC 4155, appendix A, read generously).
bool is_mbox_line(std::string_view line);

}  // namespace plumbline::intake
