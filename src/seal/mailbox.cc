// SPDX-License-Identifier: Apache-2.0
#include "seal/mailbox.h"

#include <sodium.h>

#include "seal/derive.h"
#include "seal/words.h"

namespace plumbline::seal {

std::string receipt_words(const ReceiptSecret& secret) {
    ByteArray<16> bits;
    std::copy(secret.bytes().begin(), secret.bytes().end(), bits.begin());
    std::string words = words_from(bits);
    wipe(bits);
    return words;
}

Result<ReceiptSecret> receipt_secret_from_words(std::string_view text) { return ReceiptSecret(TRY(bits_from_words(text))); }

MailboxKeys mailbox_keys_of(const ReceiptSecret& secret) {
    const auto root = root_key<ReceiptTag>("plumbline/mailbox/v1", secret.bytes());
    const MailboxToken token = subkey<MailboxTokenTag, 16>(root, 1, "mailbox_");
    const SecretKey box = subkey<BoxTag, 32>(root, 2, "mailbox_");
    return MailboxKeys{token, box, public_key_of(box)};
}

Sha256 mailbox_id_of(const MailboxToken& token) { return sha256(token.bytes()); }

}  // namespace plumbline::seal
