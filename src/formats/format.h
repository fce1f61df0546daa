// SPDX-License-Identifier: Apache-2.0
// A format takes bytes and gives their children: stretches that stand as they are, and decoded views that know where they
// came from. Damage is a result: what could be read is given, the rest is named. Nothing here opens a file, calls a clock
// or throws.
//
//     const Format& format = detect(bytes, {});
//     format.open(bytes, budget, visitor);        // calls visitor.window, .decoded, .unread, .readable in order of offset
//
// A decoder can be run again from its place alone (decode_at): what it gives for a longer input starts with what it
// gave for a shorter one, so a forensic path needs no lengths.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "formats/budget.h"
#include "formats/offset_map.h"

namespace plumbline::formats {

// What the parent says about a child: never trusted alone, only where the bytes do not speak for themselves.
struct Hints {
    std::string media_type;   // lower case, "text/html"; empty where nothing was said
    std::string charset;      // lower case; empty where nothing was said
    std::string name;         // a file's name as the parent has it
    bool is_file = false;     // an embedded file: sighted with its name, size and hash
    bool is_one_mail = false; // cut from a mailbox where its next mail starts, so it is none itself
    bool is_repeated = false; // the same text as a sibling's (multipart/alternative): scanned, but not shown again
};

struct Decoded {
    std::string decoder;      // "base64", "qp", "words", "html", "markup", "zip:NAME", "gzip", "utf16le", "utf16be"
    std::uint64_t offset = 0; // in the parent, where the decoder starts
    std::uint64_t size_in = 0;// bytes of the parent that were decoded
    Bytes bytes;
    OffsetMap map;            // empty where no byte stands unchanged (zip, gzip)
    std::string damage;       // empty, or why the bytes are not all that should be there
};

class Visitor {
  public:
    virtual ~Visitor() = default;
    // [begin, end) of the parent stands as it is. `is_own` where it is the parent's own text (headers, plain text), to be
    // scanned as such; otherwise it is a child whose format is to be detected.
    virtual void window(std::uint64_t begin, std::uint64_t end, const Hints& hints, bool is_own) = 0;
    // `is_view` where it is the parent's own text in another writing, to be scanned and not to be opened again.
    virtual void decoded(Decoded&& child, const Hints& hints, bool is_view) = 0;
    virtual void unread(std::uint64_t offset, std::string_view decoder, std::string reason) = 0;
    virtual void readable(std::string_view utf8) = 0;  // for people's eyes
    virtual bool shows() const { return true; }        // false where nobody listens to readable()
    // What another program must open: "disk" (a disk image), "ocr" (a picture whose text is to be read). `decoder` is empty
    // where the parent's bytes from `offset` on are meant.
    virtual void later(std::uint64_t /*offset*/, std::string_view /*decoder*/, std::string_view /*reader*/) {}
};

struct Format {
    std::string_view name;  // as in PartEvidence::format
    bool (*matches)(ByteView bytes, const Hints& hints);
    void (*open)(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
};

// By content, with the hints only between formats that look alike. Never fails: the last format is "unknown".
const Format& detect(ByteView bytes, const Hints& hints);

// Runs one decoder of a forensic path again over the bytes from its place to the parent's end; `argument` is what stands
// after the colon ("a.eml", or a count of encoded bytes), `offset` the place in `parent`.
// invalid: no such decoder; corrupt: nothing could be decoded; too_large: over the budget.
Result<Bytes> decode_at(ByteView parent, std::uint64_t offset, std::string_view decoder, std::string_view argument, Budget& budget);

// A name as it stands in a forensic path: letters, digits and "._/+@ " stay, every other byte becomes %XX; at most 200
// bytes of the name are kept (the offset alone finds the entry).
std::string path_name(std::string_view name);

}  // namespace plumbline::formats
