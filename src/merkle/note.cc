// SPDX-License-Identifier: Apache-2.0
#include "merkle/note.h"

#include <algorithm>

#include "base/check.h"
#include "base/utf8.h"

namespace plumbline::merkle {
namespace {
constexpr std::size_t note_bytes_max = 64 * 1024;
constexpr std::size_t signatures_max = 32;
constexpr std::size_t proof_hashes_max = 64;
constexpr std::string_view dash = "\xe2\x80\x94 ";  // U+2014 and a space
constexpr std::string_view proof_title = "c2sp.org/tlog-proof@v1";
constexpr std::byte ed25519{1};

bool is_note_text(std::string_view text) {
    return text.ends_with('\n') && is_utf8(text) &&
           std::none_of(text.begin(), text.end(), [](char letter) { return static_cast<unsigned char>(letter) < 0x20 && letter != '\n'; });
}

// A number as the formats write it: decimal, no leading zero, below 2^63.
Result<std::uint64_t> number_from(std::string_view text) {
    if (text.empty() || text.size() > 18 || (text.size() > 1 && text[0] == '0')) return fail(ErrorKind::corrupt, "not a number");
    std::uint64_t value = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '9') return fail(ErrorKind::corrupt, "not a number");
        value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return value;
}

// The next line without its line feed, taken off the front; corrupt where there is none.
Result<std::string_view> take_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return fail(ErrorKind::corrupt, "a line is missing or cut");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

struct SignatureLine {
    std::string_view name;
    std::uint32_t id = 0;
    Bytes signature;
};
Result<SignatureLine> signature_line_from(std::string_view line) {
    if (!line.starts_with(dash)) return fail(ErrorKind::corrupt, "note: a signature line starts with a dash");
    line.remove_prefix(dash.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !is_note_name(line.substr(0, space))) return fail(ErrorKind::corrupt, "note: a signature line's name");
    SignatureLine signature;
    signature.name = line.substr(0, space);
    const Bytes bytes = TRY(from_base64(line.substr(space + 1)));
    if (bytes.size() < 5) return fail(ErrorKind::corrupt, "note: a signature is cut");
    if (to_base64(bytes) != line.substr(space + 1)) return fail(ErrorKind::corrupt, "note: a signature is not in its one spelling");
    ByteReader reader(bytes);
    signature.id = TRY(reader.u32());
    signature.signature = to_bytes(reader.rest());
    return signature;
}

Result<Sha256> hash_from_base64(std::string_view text) {
    const Sha256 hash = TRY(Sha256::from_bytes(TRY(from_base64(text))));
    if (to_base64(hash.bytes) != text) return fail(ErrorKind::corrupt, "a hash is not in its one spelling");
    return hash;
}
}  // namespace

bool is_note_name(std::string_view name) {
    return !name.empty() && name.size() <= 255 && is_utf8(name) && std::none_of(name.begin(), name.end(), [](char letter) {
        return static_cast<unsigned char>(letter) <= 0x20 || letter == '+' || letter == 0x7f;
    });
}

std::uint32_t id_of(const NoteKey& key) {
    Bytes bytes = to_bytes(key.name);
    append_u8(bytes, 0x0a);
    bytes.push_back(ed25519);
    append(bytes, ByteView(key.public_key));
    const Sha256 hash = sha256(bytes);
    std::uint32_t id = 0;
    for (std::size_t i = 0; i < 4; ++i) id = id << 8 | std::to_integer<std::uint32_t>(hash.bytes[i]);
    return id;
}

std::string text_of(const NoteKey& key) {
    Bytes bytes{ed25519};
    append(bytes, ByteView(key.public_key));
    return fmt::format("{}+{:08x}+{}", key.name, id_of(key), to_base64(bytes));
}

Result<NoteKey> note_key_from(std::string_view text) {
    const std::size_t first = text.find('+');
    if (first == std::string_view::npos || text.size() > 1024) return fail(ErrorKind::invalid, "not a key like name+id+base64");
    const std::size_t second = text.find('+', first + 1);
    if (second == std::string_view::npos) return fail(ErrorKind::invalid, "not a key like name+id+base64");
    NoteKey key;
    key.name = text.substr(0, first);
    const Bytes bytes = TRY(from_base64(text.substr(second + 1)));
    if (!is_note_name(key.name) || bytes.size() != 33 || bytes[0] != ed25519) return fail(ErrorKind::invalid, "not an Ed25519 key of a note");
    std::copy(bytes.begin() + 1, bytes.end(), key.public_key.begin());
    if (text_of(key) != text) return fail(ErrorKind::invalid, "the key's id does not fit its name and bytes");
    return key;
}

std::string sign_note(std::string_view text, const NoteKey& key, const NoteSigner& sign) {
    CHECK(is_note_text(text) && is_note_name(key.name));
    Bytes bytes;
    append_u32(bytes, id_of(key));
    append(bytes, ByteView(sign(view(text))));
    return fmt::format("{}\n{}{} {}\n", text, dash, key.name, to_base64(bytes));
}

Result<std::string> open_note(std::string_view note, const NoteKey& key, const NoteVerifier& verify) {
    if (note.size() > note_bytes_max || !is_note_text(note)) return fail(ErrorKind::corrupt, "note: not lines of UTF-8 text");
    const std::size_t blank = note.rfind("\n\n");
    if (blank == std::string_view::npos) return fail(ErrorKind::corrupt, "note: no empty line before the signatures");
    const std::string_view text = note.substr(0, blank + 1);
    std::string_view rest = note.substr(blank + 2);
    bool is_signed = false;
    for (std::size_t count = 0; !rest.empty(); ++count) {
        if (count == signatures_max) return fail(ErrorKind::corrupt, "note: over {} signatures", signatures_max);
        const SignatureLine line = TRY(signature_line_from(TRY(take_line(rest))));
        if (line.name != key.name || line.id != id_of(key)) continue;
        NoteSignature signature;
        if (line.signature.size() != signature.size()) return fail(ErrorKind::corrupt, "note: the signature has another size");
        std::copy(line.signature.begin(), line.signature.end(), signature.begin());
        if (!verify(view(text), signature)) return fail(ErrorKind::corrupt, "note: the signature of {} does not check", key.name);
        is_signed = true;
    }
    if (!is_signed) return fail(ErrorKind::corrupt, "note: not signed by {} (key {:08x})", key.name, id_of(key));
    return std::string(text);
}

std::string text_of(const Checkpoint& checkpoint) {
    return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, to_base64(checkpoint.root.bytes));
}

Result<Checkpoint> checkpoint_from(std::string_view text) {
    std::string_view rest = text;
    Checkpoint checkpoint;
    checkpoint.origin = TRY(take_line(rest));
    if (checkpoint.origin.empty()) return fail(ErrorKind::corrupt, "checkpoint: no origin");
    checkpoint.size = TRY(number_from(TRY(take_line(rest))));
    checkpoint.root = TRY(hash_from_base64(TRY(take_line(rest))));
    if (!rest.empty()) return fail(ErrorKind::corrupt, "checkpoint: more than three lines");
    if (checkpoint.size == 0 && checkpoint.root != empty_root()) return fail(ErrorKind::corrupt, "checkpoint: size 0 with another root");
    return checkpoint;
}

Result<Checkpoint> open_checkpoint(std::string_view note, const NoteKey& key, const NoteVerifier& verify) {
    Checkpoint checkpoint = TRY(checkpoint_from(TRY(open_note(note, key, verify))));
    if (checkpoint.origin != key.name) return fail(ErrorKind::corrupt, "checkpoint: of another log");
    return checkpoint;
}

std::string text_of(const EntryProof& proof) {
    std::string text = fmt::format("{}\nindex {}\n", proof_title, proof.index);
    for (const Sha256& hash : proof.hashes) text += to_base64(hash.bytes) + "\n";
    return text + "\n" + proof.checkpoint;
}

Result<EntryProof> entry_proof_from(std::string_view text) {
    constexpr std::string_view index_name = "index ";
    if (text.size() > 2 * note_bytes_max) return fail(ErrorKind::corrupt, "proof: too long");
    std::string_view rest = text;
    if (TRY(take_line(rest)) != proof_title) return fail(ErrorKind::unsupported, "proof: not a {}", proof_title);
    std::string_view line = TRY(take_line(rest));
    if (line.starts_with("extra ")) line = TRY(take_line(rest));  // opaque, and nothing of ours is in it
    if (!line.starts_with(index_name)) return fail(ErrorKind::corrupt, "proof: no index");
    EntryProof proof;
    proof.index = TRY(number_from(line.substr(index_name.size())));
    for (line = TRY(take_line(rest)); !line.empty(); line = TRY(take_line(rest))) {
        if (proof.hashes.size() == proof_hashes_max) return fail(ErrorKind::corrupt, "proof: over {} hashes", proof_hashes_max);
        proof.hashes.push_back(TRY(hash_from_base64(line)));
    }
    proof.checkpoint = rest;
    return proof;
}

Result<Checkpoint> verify_entry_proof(std::string_view text, ByteView entry, const NoteKey& key, const NoteVerifier& verify) {
    const EntryProof proof = TRY(entry_proof_from(text));
    Checkpoint checkpoint = TRY(open_checkpoint(proof.checkpoint, key, verify));
    TRY(verify_inclusion(proof.index, checkpoint.size, leaf_hash(entry), proof.hashes, checkpoint.root));
    return checkpoint;
}

}  // namespace plumbline::merkle
