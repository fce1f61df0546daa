// SPDX-License-Identifier: Apache-2.0
// The desk's secret key at work: opens sealed tips (content, files, openings of ledger entries) and seals what the desk
// makes of them. The hotline role has no such object.
#pragma once
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/entropy.h"
#include "base/json.h"
#include "model/tip.h"
#include "seal/blob.h"
#include "seal/envelope.h"
#include "seal/keys.h"
#include "seal/message.h"
#include "store/blobs.h"
#include "store/store.h"

namespace plumbline::vault {

// Any thread.
class TipOpener {
  public:
    TipOpener(Store& store, Blobs& blobs, const seal::SecretKey& desk_key, Entropy& entropy);

    Result<TipContent> content(TipId tip);
    // What can be made of a tip whoever sealed it. Where its content does not open, or is not what a tip's content must be,
    // `unreadable` says why and the content stands for it: not sure of what, no text, its files unnamed. Files that the content
    // does not name are there too, and their sizes are those of the parts. An Error is of the store, or denied: the tip is not
    // sealed to this desk's key, which may be the wrong one here.
    struct Readable {
        TipContent content;
        std::string unreadable;     // "" where it was read
    };
    Result<Readable> readable(TipId tip);
    // The bytes of a file part, in pieces; `take` may stop it with an Error. Memory stays flat.
    Result<void> file(TipId tip, std::uint32_t part, const std::function<Result<void>(ByteView)>& take);
    Result<Bytes> file(TipId tip, std::uint32_t part, std::uint64_t bytes_max);

    // What the reporter wrote, and the files that were added with it. Files of a tip are numbered through: those it came with,
    // then those added, in the order of their messages; file() takes these numbers.
    Result<MessageContent> message(const Message& message);                       // one from the reporter
    struct AddedFile {
        MessageId message;
        std::uint32_t part = 0;                                                   // of the message
        AttachedFile file;
        std::optional<seal::TipKey> key;                                          // none: the message names no good one
        Instant hour;
    };
    Result<std::vector<AddedFile>> added_files(TipId tip);
    // Where file n of a tip is and what opens it.
    struct Located {
        seal::TipKey key;
        TipId envelope;
        SealedPart part;
    };
    Result<Located> locate(TipId tip, std::uint32_t n);                           // not_found

    // Products: sealed with the desk's at-rest key, bound to tip and name.
    Result<std::optional<Json>> product(TipId tip, std::string_view name);
    Product sealed_product(TipId tip, std::string_view name, std::uint32_t version, const Json& value);
    Product sealed_product_text(TipId tip, std::string_view name, std::uint32_t version, std::string_view json);   // printed already
    Result<Json> opened(const Product& product);

    // Its key is not kept in memory any longer: it is erased.
    void forget(TipId tip);

    // The tip's own key, for sealing it anew to a lab and for opening what intake sealed under it.
    Result<seal::TipKey> key_of(TipId tip);

    // A new ledger entry about a tip, committing to `statement` (an object: what was done, by whom, when) under a fresh salt.
    // The tip's id is put first in the statement, so that an opening says what it is about.
    NewEntry entry(const TipHeader& tip, std::string kind, Day day, const Json& statement);
    struct Opening {
        Salt salt{};
        std::string statement;      // the bytes that the commitment commits to
    };
    // The private side of a stored entry: sealed under the tip's key by intake (tip.received), with the desk's for all others.
    // corrupt where it does not open or does not fit the entry's commitment.
    Result<Opening> opening_of(const StoredEntry& stored);

    const seal::DeskSecrets& secrets() const { return secrets_; }
    const seal::SecretKey& desk_key() const { return desk_key_; }

  private:
    // The keys of the tips opened last: several steps open a tip one after the other, and unwrapping is a curve operation.
    static constexpr std::size_t keys_kept = 256;
    Store& store_;
    Blobs& blobs_;
    const seal::SecretKey& desk_key_;
    Entropy& entropy_;
    seal::DeskSecrets secrets_;
    std::mutex keys_mutex_;
    std::deque<std::pair<TipId, seal::TipKey>> keys_;   // oldest first
};

}  // namespace plumbline::vault
