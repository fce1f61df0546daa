// SPDX-License-Identifier: Apache-2.0
// Signed notes (C2SP signed-note, https://c2sp.org/signed-note) with Ed25519, and the two texts that go into them or hold
// them: a log's checkpoint (https://c2sp.org/tlog-checkpoint) and an offline proof (https://c2sp.org/tlog-proof). What
// signs and checks is handed in, so that this room needs no cryptographic library. Pure; any thread.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "merkle/tree.h"

namespace plumbline::merkle {

using NoteSignature = ByteArray<64>;
using NoteSigner = std::function<NoteSignature(ByteView message)>;                      // Ed25519
using NoteVerifier = std::function<bool(ByteView message, const NoteSignature& signature)>;

// Who signs: a name without space and plus, and an Ed25519 public key.
struct NoteKey {
    std::string name;
    ByteArray<32> public_key{};
    bool operator==(const NoteKey&) const = default;
};
std::uint32_t id_of(const NoteKey& key);                   // first 4 bytes of SHA-256(name 0x0a 0x01 public key)
std::string text_of(const NoteKey& key);                   // "name+hexid+base64": the key as verifiers take it
Result<NoteKey> note_key_from(std::string_view text);      // invalid: not such a text, or its id does not fit
bool is_note_name(std::string_view name);

// CHECKs that the text ends in a line feed and the name is one. One signature line.
std::string sign_note(std::string_view text, const NoteKey& key, const NoteSigner& sign);
// The signed text where a signature of this key checks. corrupt: not a note, no signature of this key, one that does not
// check. Signatures of other keys (witnesses) are skipped, as the format demands, but must be well formed; at most 32.
Result<std::string> open_note(std::string_view note, const NoteKey& key, const NoteVerifier& verify);

struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;
    Sha256 root;
    bool operator==(const Checkpoint&) const = default;
};
std::string text_of(const Checkpoint& checkpoint);         // "origin\nsize\nbase64\n"
Result<Checkpoint> checkpoint_from(std::string_view text); // strict, without extension lines
// Opens the note and reads its text; the origin must be the key's name.
Result<Checkpoint> open_checkpoint(std::string_view note, const NoteKey& key, const NoteVerifier& verify);

struct EntryProof {
    std::uint64_t index = 0;
    Proof hashes;
    std::string checkpoint;                                // the signed note, verbatim
};
std::string text_of(const EntryProof& proof);              // "c2sp.org/tlog-proof@v1\nindex 7\n..."
Result<EntryProof> entry_proof_from(std::string_view text);
// The whole offline check: the checkpoint's signature, then the entry's place in its tree. Returns the checkpoint.
Result<Checkpoint> verify_entry_proof(std::string_view text, ByteView entry, const NoteKey& key, const NoteVerifier& verify);

}  // namespace plumbline::merkle
