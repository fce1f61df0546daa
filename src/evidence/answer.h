// SPDX-License-Identifier: Apache-2.0
// A scan answer read in place: views into its bytes, checked once, nothing copied (docs/formats/scan_answer.md). The bytes
// come from a process that hostile input may have taken over, so every count, size and kind is checked; that a sighting is
// true cannot be.
//
//     const std::vector<PartView> parts = TRY(read_scan_answer(answer));
//     LineBlock lines;
//     lines.start_file(json_escaped(path));
//     for (const SightingView& sighting : parts[0].sightings) lines.append(sighting);
//
// The views are valid as long as the answer's bytes are. Values; no thread rules.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "evidence/scan.h"

namespace plumbline::evidence {

struct SightingView {
    IndicatorKind kind = IndicatorKind::email;
    bool is_path_whole = false;    // `path` is all of the place; else the offset stands behind it
    std::uint64_t offset = 0;
    std::string_view value;
    std::string_view text;
    std::string_view path;         // of the place: "1204-zip:a.eml-88-base64-"
    std::string_view around;       // the find and what stands around it, raw: made fit to be shown by context()

    std::string where() const;
    std::string context() const;   // on one line, UTF-8
};
struct UnreadView {
    std::string_view where;
    std::string_view reason;
};
struct LaterView {
    std::string_view where;
    std::string_view reader;
    std::uint64_t size_bytes = 0;
};
struct PartView {
    std::string_view name;
    std::string_view sha256;       // hex; empty where it was not asked for
    std::uint64_t size_bytes = 0;
    std::string_view format;
    std::string_view text;
    std::uint64_t begin = 0;       // what was scanned
    std::uint64_t end = 0;
    std::vector<SightingView> sightings;
    std::vector<UnreadView> unread;
    std::vector<LaterView> later;
};
// corrupt: not an answer.
Result<std::vector<PartView>> read_scan_answer(ByteView answer);

Sighting to_sighting(const SightingView& view);
PartEvidence to_part_evidence(const PartView& view);  // `part` is 0; the caller numbers it

std::string json_escaped(std::string_view text);

// Lines as `plumbline scan` prints them, with their line breaks: the members of to_json(Sighting) and the file behind the
// text. Its memory is kept for the lines that come after clear().
class LineBlock {
  public:
    // The name of the file that the next sightings are of, as a JSON string without its quotes. To be called before the
    // first, and again where an answer's views have ended.
    void start_file(std::string_view file_json_escaped);
    void append(const SightingView& sighting);
    void add_members(std::string_view members);   // to the last line: `,"name":value`
    std::string_view text() const { return {bytes_.data(), used_}; }
    void clear() { used_ = 0; }
    // The lines, with their memory, for which `room` is put in: it may be memory that was taken before.
    std::string take(std::string room);

  private:
    void set_path(std::string_view path);

    std::string bytes_;            // all of it is room; `used_` bytes of it are lines
    std::size_t used_ = 0;
    std::string place_;            // what stands between text and offset: the file and the path
    std::size_t file_size_ = 0;    // of `place_`, without the path
    std::string_view path_;        // in `place_`: compared by where it stands, and never looked into
};

// The bytes around a find as a context: control characters as spaces, what is not UTF-8 repaired.
std::string shown_context(std::string_view around);

}  // namespace plumbline::evidence
