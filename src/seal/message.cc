// SPDX-License-Identifier: Apache-2.0
#include "seal/message.h"

#include <algorithm>

#include "seal/blob.h"

namespace plumbline::seal {

namespace {
std::string context_of(std::string_view form, TipId tip, MessageId message) { return fmt::format("{}/{}/{}", form, tip.text(), message.text()); }
}  // namespace

Bytes seal_message(const PublicKey& to, TipId tip, MessageId message, const MessageContent& content, Entropy& entropy) {
    const SecretBytes plain(to_bytes(to_json(content).dump()));
    return seal_to(to, context_of("message/2", tip, message), plain.bytes(), entropy);
}

Result<MessageContent> open_message(const SecretKey& secret, TipId tip, MessageId message, ByteView sealed) {
    auto plain = open_sealed(secret, context_of("message/2", tip, message), sealed);
    if (plain) return message_content_from(TRY(parse_json(text_of(*plain))));
    if (plain.error().kind != ErrorKind::corrupt) return fail(plain.error());
    MessageContent content;
    content.text = text_of(TRY(open_sealed(secret, context_of("message", tip, message), sealed)));
    return content;
}

TipId envelope_of(MessageId message) { return TipId(message.bytes()); }

Result<TipKey> files_key_of(const MessageContent& content) {
    const SecretBytes bytes(TRY(from_base64(content.key)));
    auto key = TipKey::from_bytes(bytes.bytes());
    if (!key) return fail(ErrorKind::invalid, "key: a message's files have a key of 32 bytes");
    return key;
}

Result<bool> PartReader::next(Bytes& out) {
    const std::size_t before = out.size();
    while (!is_done_ && out.size() == before) {
        buffer_.resize(chunk_sealed_bytes);
        const std::size_t count = TRY(read_(offset_, buffer_));
        if (count == 0) {
            is_done_ = true;
            TRY(opener_.finish(out));
        } else {
            offset_ += count;
            TRY(opener_.push(ByteView(buffer_).first(count), out));
        }
    }
    return !is_done_ || out.size() > before;
}

}  // namespace plumbline::seal
