// SPDX-License-Identifier: Apache-2.0
// The data folder of the embedded store and the keys in it (docs/formats/data_folder.md):
//
//   DIR/plumbline.db  DIR/blobs/  DIR/ledger/  DIR/plumbline.toml
//   DIR/keys/desk.pub desk.key identity.pub identity.key receipt.pub receipt.key ledger.pub ledger.key dedup.secret
//
// Secret files have mode 0600 and are refused when others could read them. The desk's secret key is read only by the roles
// that open tips.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/entropy.h"
#include "base/result.h"
#include "seal/keys.h"

namespace plumbline::app {

// Whole small files. Writing is durable (temporary file, sync, rename) and never leaves half a file.
Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max = 1024 * 1024);
Result<void> write_small_file(const std::string& path, std::string_view text, unsigned mode);
bool file_exists(const std::string& path);
// With the folders above it that are missing; their names are on the disk when it returns.
Result<void> make_folder(const std::string& path);
// From here on this process leaves no core file and nobody but root may read its memory (prctl(2), PR_SET_DUMPABLE). Every
// function below that reads or makes a secret calls it. After it no sandbox may be started: /proc is root's then.
void keep_out_of_dumps();
// The first line of a passphrase file; nullopt for an empty path.
Result<std::optional<std::string>> read_passphrase(const std::string& path);

struct KeyPaths {
    explicit KeyPaths(const std::string& data);
    std::string folder, desk_public, desk_secret, identity_public, identity_secret, receipt_public, receipt_secret, ledger_public, ledger_secret, dedup_secret;
};

// Makes every key that is missing; those that are there stay. Where only desk.pub is there (a hotline host), no desk key is
// made; where only desk.key is there (a crash between the two), desk.pub is told from it. Processes that come at once wait for
// each other and end with the same keys. `passphrase` guards a desk key that is made now.
Result<void> ensure_keys(const std::string& data, const std::optional<std::string>& passphrase, bool with_desk_secret, Entropy& entropy);

Result<seal::PublicKey> read_desk_public_key(const std::string& data);
// Who a reporter is is sealed to this key and not to the desk's.
Result<seal::PublicKey> read_identity_public_key(const std::string& data);
Result<seal::SecretKey> read_identity_secret_key(const std::string& data, const std::optional<std::string>& passphrase);
Result<seal::SecretKey> read_desk_secret_key(const std::string& data, const std::optional<std::string>& passphrase);
Result<seal::SigningKey> read_receipt_key(const std::string& data);
Result<seal::SigningKey> read_ledger_key(const std::string& data);
Result<seal::VerifyKey> read_verify_key(const std::string& path);
Result<Bytes> read_dedup_secret(const std::string& data);

}  // namespace plumbline::app
