// SPDX-License-Identifier: Apache-2.0
#include "app/anchor.h"

#include <cstdio>

#include "app/data_folder.h"
#include "seal/signed_key.h"

namespace plumbline::app {

namespace {

constexpr int days_signed = 365;
constexpr int days_left_min = 30;

std::string signed_path(const std::string& data) { return KeyPaths(data).folder + "/desk.signed"; }
std::string anchor_public_path(const std::string& data) { return KeyPaths(data).folder + "/anchor.pub"; }
std::string anchor_secret_path(const std::string& data) { return KeyPaths(data).folder + "/anchor.key"; }

std::optional<std::string_view> view_of(const std::optional<std::string>& passphrase) {
    if (!passphrase) return std::nullopt;
    return std::string_view(*passphrase);
}

Result<void> check_names(const std::string& data, const seal::SignedDeskKeys& keys) {
    const seal::PublicKey desk = TRY(read_desk_public_key(data));
    if (std::find(keys.desks.begin(), keys.desks.end(), desk) == keys.desks.end()) return fail(ErrorKind::corrupt, "it is not of the key in desk.pub");
    if (keys.identity != TRY(read_identity_public_key(data))) return fail(ErrorKind::corrupt, "it is not of the key in identity.pub");
    if (keys.by != TRY(read_verify_key(anchor_public_path(data)))) return fail(ErrorKind::corrupt, "it is not signed by the key in anchor.pub");
    return {};
}

}  // namespace

Result<std::string> read_signed_desk_keys(const std::string& data, Day today) {
    const std::string path = signed_path(data);
    if (!file_exists(path)) return std::string();
    std::string text = TRY(read_small_file(path));
    const auto keys = seal::verify_desk_keys(text, today);
    if (!keys) return fail_in(path, keys.error());
    if (auto names = check_names(data, *keys); !names) return fail_in(path, names.error());
    return text;
}

Result<void> ensure_signed_desk_keys(const std::string& data, Day today, Entropy& entropy) {
    const std::string secret_path = anchor_secret_path(data);
    // An anchor that is kept elsewhere: only who has it signs.
    if (!file_exists(secret_path) && file_exists(anchor_public_path(data))) return {};
    if (file_exists(signed_path(data)) && read_signed_desk_keys(data, today + std::chrono::days(days_left_min))) return {};
    if (!file_exists(secret_path)) {
        const seal::SigningKeys anchor = seal::make_signing_keys(entropy);
        TRY(write_small_file(secret_path, TRY(seal::signing_key_text(anchor.secret, std::nullopt, entropy)), 0600));
    }
    const seal::SigningKey secret = TRY(seal::signing_key_from(TRY(read_small_file(secret_path)), std::nullopt));
    const seal::VerifyKey by = seal::verify_key_of(secret);
    TRY(write_small_file(anchor_public_path(data), seal::verify_key_text(by), 0644));
    const seal::SignedDeskKeys keys{{TRY(read_desk_public_key(data))}, TRY(read_identity_public_key(data)), today, today + std::chrono::days(days_signed), by};
    return write_small_file(signed_path(data), seal::sign_desk_keys(keys, secret), 0644);
}

Result<int> run_keys_anchor(const Command& command, Entropy& entropy) {
    if (file_exists(command.key)) return fail(ErrorKind::conflict, "{} is there already: nothing was changed", command.key);
    keep_out_of_dumps();
    const std::optional<std::string> passphrase = TRY(read_passphrase(command.passphrase_file));
    const seal::SigningKeys anchor = seal::make_signing_keys(entropy);
    TRY(write_small_file(command.key, TRY(seal::signing_key_text(anchor.secret, view_of(passphrase), entropy)), 0600));
    std::fputs(seal::verify_key_text(anchor.verify_key).c_str(), stdout);
    std::fprintf(stderr, "the anchor is named by these words: %s\n", seal::fingerprint_words(anchor.verify_key).c_str());
    return 0;
}

Result<int> run_keys_sign_desk_key(const Command& command, Clock& clock) {
    keep_out_of_dumps();
    const std::optional<std::string> passphrase = TRY(read_passphrase(command.passphrase_file));
    const auto secret = seal::signing_key_from(TRY(read_small_file(command.key)), view_of(passphrase));
    if (!secret) return fail_in(command.key, secret.error());
    seal::SignedDeskKeys keys;
    for (const std::string& path : command.paths) keys.desks.push_back(TRY(seal::public_key_from(TRY(read_small_file(path)), seal::KeyRole::desk)));
    if (keys.desks.empty() || keys.desks.size() > 16) return fail(ErrorKind::invalid, "1 to 16 desk.pub files");
    keys.identity = TRY(seal::public_key_from(TRY(read_small_file(command.identity_key)), seal::KeyRole::identity));
    keys.from = day_of(clock.now());
    keys.until = keys.from + std::chrono::days(command.days);
    keys.by = seal::verify_key_of(*secret);
    std::fputs(seal::sign_desk_keys(keys, *secret).c_str(), stdout);
    return 0;
}

}  // namespace plumbline::app
