// SPDX-License-Identifier: Apache-2.0
#include "app/receipt_command.h"

#include <cstdio>

#include "app/data_folder.h"
#include "base/json.h"
#include "ledger/offline_check.h"

namespace plumbline::app {

namespace {

Result<ledger::HotlineKeys> keys_of(const Command& command) {
    if (command.log_public_key.empty()) return fail(ErrorKind::invalid, "--receipt needs --log-key: a receipt proves nothing without the keys that it is signed with");
    auto keys = ledger::hotline_keys_from(TRY(read_small_file(command.log_public_key)));
    if (!keys) return fail_in(command.log_public_key, keys.error());
    if (!command.receipt_public_key.empty()) keys->receipt.push_back(TRY(read_verify_key(command.receipt_public_key)));
    return keys;
}

Json as_json(const ledger::OfflineAnswer& answer) {
    Json json = Json::object();
    json.set("ok", true).set("tip", answer.receipt.tip.text()).set("received", to_text(answer.receipt.received));
    json.set("sealed_bytes", answer.receipt.sealed_bytes).set("parts", answer.receipt.parts);
    json.set("signed_by", seal::fingerprint_hex(answer.signed_by));
    json.set("log", Json());
    if (answer.checkpoint)
        json.set("log", Json::object().set("origin", answer.checkpoint->origin).set("entry", answer.index).set("size", answer.checkpoint->size).set("root", answer.checkpoint->root.hex()));
    return json;
}

void print(const ledger::OfflineAnswer& answer) {
    const seal::CheckedReceipt& receipt = answer.receipt;
    std::printf("ok     receipt of %s, received %s: %llu bytes in %llu sealed parts; signed by %s\n", receipt.tip.text().c_str(), to_text(receipt.received).c_str(),
                static_cast<unsigned long long>(receipt.sealed_bytes), static_cast<unsigned long long>(receipt.parts), seal::fingerprint_hex(answer.signed_by).c_str());
    if (!answer.checkpoint) {
        std::printf("note   that its entry is in the public log was not checked: no --proof was given\n");
        return;
    }
    std::printf("ok     its entry is number %llu of the first %llu of %s (root %s)\n", static_cast<unsigned long long>(answer.index),
                static_cast<unsigned long long>(answer.checkpoint->size), answer.checkpoint->origin.c_str(), answer.checkpoint->root.hex().c_str());
}

}  // namespace

Result<int> run_verify_receipt(const Command& command) {
    const ledger::HotlineKeys keys = TRY(keys_of(command));
    if (keys.receipt.empty()) return fail(ErrorKind::invalid, "{}: no key that signs receipts: give the hotline's keys (/api/v1/keys), or --receipt-key", command.log_public_key);
    if (!command.proof_file.empty() && keys.log.empty()) return fail(ErrorKind::invalid, "{}: no key of a log, which --proof needs", command.log_public_key);
    const std::string receipt = TRY(read_small_file(command.receipt_file));
    std::optional<std::string> proof;
    if (!command.proof_file.empty()) proof = TRY(read_small_file(command.proof_file));
    const auto answer = ledger::check_offline(receipt, proof, keys);
    const bool is_json = command.format == "jsonl";
    if (answer) {
        if (is_json) std::printf("%s\n", as_json(*answer).dump().c_str());
        else print(*answer);
        return 0;
    }
    if (is_json) std::printf("%s\n", Json::object().set("ok", false).set("problem", answer.error().message).dump().c_str());
    else std::printf("WRONG  %s\n", answer.error().message.c_str());
    return 1;
}

}  // namespace plumbline::app
