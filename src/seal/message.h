// SPDX-License-Identifier: Apache-2.0
// A message of the mailbox, sealed to the reporter or to the desk, and the files that go with it: parts of an envelope of its own
// (docs/formats/message.md), whose key is in the message and whose id stands where a tip's stands.
//
//     MessageContent content{"Thank you.", files, key_text(key), {}};
//     message.sealed = seal_message(reporter, tip, message.id, content, entropy);
//     PartSealer sealer(key, envelope_of(message.id), 1, entropy);
#pragma once
#include <functional>
#include <span>

#include "model/message.h"
#include "seal/envelope.h"

namespace plumbline::seal {

Bytes seal_message(const PublicKey& to, TipId tip, MessageId message, const MessageContent& content, Entropy& entropy);
// Also opens the first form, which held the text alone. denied, corrupt: as open_sealed; invalid: what was sealed is no message.
Result<MessageContent> open_message(const SecretKey& secret, TipId tip, MessageId message, ByteView sealed);

TipId envelope_of(MessageId message);                   // stands in a tip's place in the parts' associated data
Result<TipKey> files_key_of(const MessageContent& content);   // invalid: there is none, or it has another size

// A sealed part, opened as it is asked for. One thread.
class PartReader {
  public:
    using Read = std::function<Result<std::size_t>(std::uint64_t offset, std::span<std::byte> out)>;   // 0 at the end
    PartReader(const TipKey& key, const TipId& envelope, std::uint32_t part, Read read) : opener_(key, envelope, part), read_(std::move(read)) {}
    Result<bool> next(Bytes& out);                      // appends at most about 64 KiB; false: nothing is left. corrupt
  private:
    PartOpener opener_;
    Read read_;
    Bytes buffer_;
    std::uint64_t offset_ = 0;
    bool is_done_ = false;
};

}  // namespace plumbline::seal
