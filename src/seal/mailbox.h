// SPDX-License-Identifier: Apache-2.0
// What the 12 words of a receipt open: from their 128 bits come, by plain derivation (docs/formats/receipt.md), the token
// that finds the mailbox and the reporter's own key pair. The store keeps only the token's SHA-256 and the public key.
//
//     const ReceiptSecret secret = ReceiptSecret::random(entropy);      // when a tip is taken in
//     show(receipt_words(secret));
//     const MailboxKeys mailbox = mailbox_keys_of(secret);
//     keep(mailbox_id_of(mailbox.token), mailbox.public_key);
#pragma once
#include "seal/keys.h"

namespace plumbline::seal {

struct ReceiptTag {};
struct MailboxTokenTag {};
using ReceiptSecret = Secret<ReceiptTag, 16>;        // the 128 bits
using MailboxToken = Secret<MailboxTokenTag, 16>;    // who holds it may ask for the mailbox, and cannot open it

struct MailboxKeys {
    MailboxToken token;
    SecretKey secret;
    PublicKey public_key;
};
std::string receipt_words(const ReceiptSecret& secret);
Result<ReceiptSecret> receipt_secret_from_words(std::string_view text);   // errors as bits_from_words
MailboxKeys mailbox_keys_of(const ReceiptSecret& secret);
Sha256 mailbox_id_of(const MailboxToken& token);                          // what the store keeps and finds by

}  // namespace plumbline::seal
