// SPDX-License-Identifier: Apache-2.0
#include "app/keys_command.h"

#include <cstdio>

#include "app/data_folder.h"
#include "app/open_store.h"
#include "app/system_clock.h"
#include "lab/lab_keys.h"

namespace plumbline::app {

namespace {

void print_key(std::string_view what, const std::string& path, const std::string& hex, const std::string& words) {
    std::printf("%-8s %s\n         %s\n         %s\n", std::string(what).c_str(), path.c_str(), hex.c_str(), words.c_str());
}

}  // namespace

Result<int> run_keys_make(const Command& command, Entropy& entropy) {
    const std::string data = data_folder_of(command);
    if (file_exists(KeyPaths(data).desk_public)) return fail(ErrorKind::conflict, "{} is there already: nothing was changed", KeyPaths(data).desk_public);
    TRY(ensure_keys(data, TRY(read_passphrase(command.passphrase_file)), true, entropy));
    return run_keys_show(command);
}

Result<int> run_keys_show(const Command& command) {
    const KeyPaths paths(data_folder_of(command));
    const seal::PublicKey desk = TRY(read_desk_public_key(data_folder_of(command)));
    print_key("desk", paths.desk_public, seal::fingerprint_hex(desk), seal::fingerprint_words(desk));
    const seal::PublicKey identity = TRY(read_identity_public_key(data_folder_of(command)));
    print_key("identity", paths.identity_public, seal::fingerprint_hex(identity), seal::fingerprint_words(identity));
    const seal::VerifyKey receipt = TRY(read_verify_key(paths.receipt_public));
    print_key("receipt", paths.receipt_public, seal::fingerprint_hex(receipt), seal::fingerprint_words(receipt));
    if (!file_exists(paths.ledger_public)) return 0;
    const seal::VerifyKey ledger = TRY(read_verify_key(paths.ledger_public));
    print_key("ledger", paths.ledger_public, seal::fingerprint_hex(ledger), seal::fingerprint_words(ledger));
    return 0;
}

Result<int> run_keys_lab(const Command& command, Entropy& entropy) {
    if (file_exists(command.key)) return fail(ErrorKind::conflict, "{} is there already: nothing was changed", command.key);
    const lab::LabKeys keys = TRY(lab::make_lab_keys(command.name_of_lab, SystemClock().now(), entropy));
    TRY(write_small_file(command.key, TRY(lab::lab_keys_text(keys, std::nullopt, entropy)), 0600));
    std::fputs(lab::lab_public_line(keys).c_str(), stdout);
    return 0;
}

Result<int> run_keys_trust(const Command& command, Entropy&) {
    const auto read = lab::lab_row_from(command.paths.front(), day_of(SystemClock().now()));
    if (!read) return fail(ErrorKind::invalid, "the lab's line: {}", read.error().message);
    const LabRow& lab = *read;
    const OpenStore open = TRY(open_store(data_folder_of(command), Limits(), true));
    TRY(open.store->put_lab(lab));
    std::printf("%s (%s) may work for this desk\n", lab.name.c_str(), lab.id.text().c_str());
    return 0;
}

}  // namespace plumbline::app
