// SPDX-License-Identifier: Apache-2.0
// The log as anybody sees it: static files and the ledger's public key, no store. Opening checks the checkpoint's signature.
//
//     PublishedLog log = TRY(PublishedLog::open(data + "/ledger", verify_key));
//     const std::string proof = TRY(log.prove(index));      // c2sp.org/tlog-proof@v1, to hand out
#pragma once
#include <functional>
#include <string>

#include "merkle/note.h"
#include "merkle/tiles.h"
#include "model/event.h"
#include "seal/keys.h"

namespace plumbline::ledger {

merkle::NoteVerifier note_verifier_of(const seal::VerifyKey& key);
merkle::NoteSigner note_signer_of(const seal::SigningKey& key);       // keeps a reference to the key

// The files of a log, unchecked.
class PublishedFiles {
  public:
    explicit PublishedFiles(std::string folder) : folder_(std::move(folder)) {}
    // The bytes of a tile or bundle; where the partial one is gone, the start of the full one.
    Result<Bytes> read(const merkle::TileRef& tile) const;

  private:
    std::string folder_;
};

// One thread; reads files on each call and keeps nothing but the checkpoint.
class PublishedLog {
  public:
    // not_found: no checkpoint. corrupt: the checkpoint does not check with this key. The origin is the one that it names.
    static Result<PublishedLog> open(std::string folder, const seal::VerifyKey& key);

    const merkle::Checkpoint& checkpoint() const { return checkpoint_; }
    const std::string& note() const { return note_; }                  // the signed checkpoint, verbatim
    // That entry `index` is in the tree of the checkpoint, checked before it is given out. invalid: it is not in it (yet).
    Result<std::string> prove(std::uint64_t index) const;
    // That a tree of `size` is the start of this one.
    Result<merkle::Proof> prove_growth_from(std::uint64_t size) const;
    Result<LedgerEntry> entry(std::uint64_t index) const;
    const PublishedFiles& files() const { return files_; }

  private:
    PublishedLog(std::string folder, std::string note, merkle::Checkpoint checkpoint)
        : files_(std::move(folder)), note_(std::move(note)), checkpoint_(std::move(checkpoint)) {}
    PublishedFiles files_;
    std::string note_;
    merkle::Checkpoint checkpoint_;
};

}  // namespace plumbline::ledger
