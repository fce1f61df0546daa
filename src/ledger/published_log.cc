// SPDX-License-Identifier: Apache-2.0
#include "ledger/published_log.h"

#include <algorithm>

#include "ledger/files.h"

namespace plumbline::ledger {
namespace {
constexpr std::size_t checkpoint_bytes_max = 64 * 1024;
constexpr std::size_t bundle_bytes_max = merkle::tile_width * (2 + 65535);
}  // namespace

merkle::NoteVerifier note_verifier_of(const seal::VerifyKey& key) {
    return [key](ByteView message, const merkle::NoteSignature& signature) {
        return seal::verify(key, message, seal::Signature{signature});
    };
}

merkle::NoteSigner note_signer_of(const seal::SigningKey& key) {
    return [&key](ByteView message) { return seal::sign(key, message).bytes; };
}

Result<PublishedLog> PublishedLog::open(std::string folder, const seal::VerifyKey& key) {
    const Bytes bytes = TRY(read_file(folder + "/checkpoint", checkpoint_bytes_max));
    const std::string note(text_of(bytes));
    // The first line names the log; the key's id is made of that name, so a name that was changed finds no signature.
    const std::string origin = note.substr(0, note.find('\n'));
    auto checkpoint = merkle::open_checkpoint(note, merkle::NoteKey{origin, key.bytes}, note_verifier_of(key));
    if (!checkpoint) return fail_in("checkpoint", checkpoint.error());
    return PublishedLog(std::move(folder), note, std::move(*checkpoint));
}

Result<Bytes> PublishedFiles::read(const merkle::TileRef& tile) const {
    const std::size_t bytes_max = tile.is_bundle ? bundle_bytes_max : merkle::tile_bytes;
    Result<Bytes> bytes = read_file(folder_ + "/" + merkle::path_of(tile), bytes_max);
    if (bytes || bytes.error().kind != ErrorKind::not_found || tile.width == merkle::tile_width) return bytes;
    // The partial one goes when the full one is there.
    merkle::TileRef full = tile;
    full.width = merkle::tile_width;
    Bytes whole = TRY(read_file(folder_ + "/" + merkle::path_of(full), bytes_max));
    if (!tile.is_bundle) {
        whole.resize(std::min<std::size_t>(whole.size(), tile.width * 32));
        return whole;
    }
    const std::vector<ByteView> entries = TRY(merkle::entries_of(whole, merkle::tile_width));
    whole.resize(merkle::offsets_of(entries)[tile.width]);
    return whole;
}

Result<std::string> PublishedLog::prove(std::uint64_t index) const {
    merkle::TileNodes nodes(checkpoint_.size, [this](const merkle::TileRef& tile) { return files_.read(tile); });
    merkle::EntryProof proof{index, TRY(merkle::inclusion_proof(index, checkpoint_.size, nodes.nodes())), note_};
    const Sha256 leaf = TRY(nodes.node(0, index));
    TRY(merkle::verify_inclusion(index, checkpoint_.size, leaf, proof.hashes, checkpoint_.root));
    return merkle::text_of(proof);
}

Result<merkle::Proof> PublishedLog::prove_growth_from(std::uint64_t size) const {
    merkle::TileNodes nodes(checkpoint_.size, [this](const merkle::TileRef& tile) { return files_.read(tile); });
    return merkle::consistency_proof(size, checkpoint_.size, nodes.nodes());
}

Result<LedgerEntry> PublishedLog::entry(std::uint64_t index) const {
    if (index >= checkpoint_.size) return fail(ErrorKind::invalid, "entry {} is not in a log of {}", index, checkpoint_.size);
    const merkle::TileRef bundle = merkle::tile_at(true, 0, index / merkle::tile_width, checkpoint_.size);
    const Bytes bytes = TRY(files_.read(bundle));
    const std::vector<ByteView> entries = TRY(merkle::entries_of(bytes, bundle.width));
    return ledger_entry_from(text_of(entries[index % merkle::tile_width]));
}

}  // namespace plumbline::ledger
