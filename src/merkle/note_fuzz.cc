// SPDX-License-Identifier: Apache-2.0
// Reads hostile bytes as everything that a log publishes. What reads must print to the same bytes.
#include <cstdint>

#include "base/check.h"
#include "merkle/note.h"
#include "merkle/tiles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    using namespace plumbline::merkle;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const NoteKey key{"log.example", {}};
    if (const auto tile = tile_from_path(text)) CHECK(path_of(*tile) == text);
    if (const auto checkpoint = checkpoint_from(text)) CHECK(text_of(*checkpoint) == text);
    if (const auto note_key = note_key_from(text)) CHECK(text_of(*note_key) == text);
    static_cast<void>(open_note(text, key, [](ByteView, const NoteSignature&) { return true; }));
    static_cast<void>(entry_proof_from(text));
    for (const std::size_t count : {1U, 7U, 256U}) {
        if (const auto entries = entries_of(view(text), count)) {
            Bytes again;
            for (const ByteView entry : *entries) append_entry(again, entry);
            CHECK(text_of(again) == text);
        }
    }
    return 0;
}
