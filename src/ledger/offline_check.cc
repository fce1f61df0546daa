// SPDX-License-Identifier: Apache-2.0
#include "ledger/offline_check.h"

#include "ledger/published_log.h"
#include "model/event.h"

namespace plumbline::ledger {

namespace {

constexpr std::size_t keys_max = 16;
constexpr std::string_view receipt_word = "plumbline-receipt-key/1 ";
constexpr std::string_view log_word = "plumbline-log-key/1 ";
constexpr std::string_view file_word = "plumbline-verify-key/1 ";

Result<seal::VerifyKey> key_from_base64(std::string_view text) {
    const Bytes bytes = TRY(from_base64(text));
    if (to_base64(bytes) != text) return fail(ErrorKind::invalid, "a key is not in its one spelling");
    return seal::verify_key_from_bytes(bytes);
}

Result<void> read_line(std::string_view line, HotlineKeys& keys) {
    if (line.starts_with(receipt_word)) {
        keys.receipt.push_back(TRY(key_from_base64(line.substr(receipt_word.size()))));
    } else if (line.starts_with(log_word)) {
        const merkle::NoteKey key = TRY(merkle::note_key_from(line.substr(log_word.size())));
        keys.log.push_back({key.name, seal::VerifyKey{key.public_key}});
    } else if (line.starts_with(file_word)) {
        keys.log.push_back({"", TRY(key_from_base64(line.substr(file_word.size())))});
    } else {
        return fail(ErrorKind::invalid, "not a line of public keys");
    }
    if (keys.receipt.size() + keys.log.size() > keys_max) return fail(ErrorKind::invalid, "over {} keys", keys_max);
    return {};
}

// The error of the last key where none fits.
Result<merkle::Checkpoint> checked_proof(const std::string& proof, const LedgerEntry& entry, const HotlineKeys& keys) {
    const merkle::EntryProof read = TRY(merkle::entry_proof_from(proof));
    // Nothing in an extra line is authenticated, and our proofs have none: a text that somebody added to is not the one given out.
    if (merkle::text_of(read) != proof) return fail(ErrorKind::corrupt, "proof: not in its one spelling");
    const std::string origin = read.checkpoint.substr(0, read.checkpoint.find('\n'));
    Result<merkle::Checkpoint> answer = fail(ErrorKind::invalid, "the log's public key is needed to check a proof (--log-key)");
    for (const HotlineKeys::LogKey& key : keys.log) {
        const merkle::NoteKey note{key.origin.empty() ? origin : key.origin, key.key.bytes};
        if (!merkle::is_note_name(note.name)) return fail(ErrorKind::corrupt, "proof: its checkpoint names no log");
        answer = merkle::verify_entry_proof(proof, view(entry_bytes(entry)), note, note_verifier_of(key.key));
        if (answer) break;
    }
    return answer;
}

}  // namespace

std::string hotline_keys_text(const seal::VerifyKey& receipt, const std::optional<merkle::NoteKey>& log) {
    std::string text = fmt::format("{}{}\n", receipt_word, to_base64(receipt.bytes));
    if (log) text += fmt::format("{}{}\n", log_word, merkle::text_of(*log));
    return text;
}

Result<HotlineKeys> hotline_keys_from(std::string_view text) {
    HotlineKeys keys;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (!line.empty()) TRY(read_line(line, keys));
    }
    if (keys.receipt.empty() && keys.log.empty()) return fail(ErrorKind::invalid, "no public key");
    return keys;
}

Result<OfflineAnswer> check_offline(std::string_view receipt, const std::optional<std::string>& proof, const HotlineKeys& keys) {
    OfflineAnswer answer;
    Result<seal::CheckedReceipt> checked = fail(ErrorKind::invalid, "the key that signs receipts is needed (in --log-key's file, or --receipt-key)");
    for (const seal::VerifyKey& key : keys.receipt) {
        checked = seal::verify_receipt(receipt, key);
        answer.signed_by = key;
        if (checked) break;
    }
    answer.receipt = TRY(std::move(checked));
    if (!proof) return answer;
    answer.checkpoint = TRY(checked_proof(*proof, answer.receipt.entry, keys));
    answer.index = TRY(merkle::entry_proof_from(*proof)).index;
    return answer;
}

}  // namespace plumbline::ledger
