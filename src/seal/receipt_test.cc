// SPDX-License-Identifier: Apache-2.0
// A proof of receipt checks, and no changed character of it does.
#include "seal/receipt.h"

#include <gtest/gtest.h>

#include "seal/random.h"
#include "seal/test_entropy.h"

namespace plumbline::seal {
namespace {

struct Made {
    Receipt receipt;
    SigningKeys keys;
    std::string text;
};

Made make() {
    init_crypto();
    TestEntropy entropy("receipt");
    Receipt receipt;
    IdBytes random;
    entropy.fill(random);
    receipt.tip = TipId::make(instant_from("2026-11-23T15:00:00Z").value(), random);
    receipt.received = day_from("2026-11-23").value();
    const std::vector<ManifestRow> rows{{0, 1066, sha256(view("content"))}, {1, 90042, sha256(view("file"))}};
    receipt.parts = rows.size();
    receipt.sealed_bytes = 1066 + 90042;
    receipt.manifest = manifest_hash(rows);
    receipt.desks = {make_box_keys(entropy).public_key, make_box_keys(entropy).public_key};
    entropy.fill(receipt.salt);
    receipt.entry = LedgerEntry{kind_of_received(), receipt.received, CategoryGroup::fraud, "",
                                commitment_of(receipt.salt, view(received_statement(receipt.tip, receipt.manifest)))};
    const SigningKeys keys = make_signing_keys(entropy);
    std::string text = make_receipt(receipt, keys.secret);
    return Made{receipt, keys, text};
}

TEST(Receipt, ComesBack) {
    const Made made = make();
    const Result<CheckedReceipt> checked = verify_receipt(made.text, made.keys.verify_key);
    ASSERT_TRUE(checked) << checked.error().message << made.text;
    EXPECT_EQ(checked->tip, made.receipt.tip);
    EXPECT_EQ(checked->sealed_bytes, 91108U);
    EXPECT_EQ(checked->parts, 2U);
    EXPECT_EQ(checked->entry, made.receipt.entry);
    EXPECT_EQ(checked->desk_fingerprints.size(), 2U);
    std::string windows;
    for (const char letter : made.text) windows += letter == '\n' ? std::string("\r\n") : std::string(1, letter);
    EXPECT_TRUE(verify_receipt(windows, made.keys.verify_key));
}

TEST(Receipt, EveryChangedOrCutTextIsRefused) {
    const Made made = make();
    for (std::size_t at = 0; at < made.text.size(); ++at) {
        for (const char letter : {'0', 'x', '\n', ' '}) {
            std::string changed = made.text;
            if (changed[at] == letter) continue;
            changed[at] = letter;
            EXPECT_FALSE(verify_receipt(changed, made.keys.verify_key)) << changed;
        }
        EXPECT_FALSE(verify_receipt(made.text.substr(0, at), made.keys.verify_key)) << at;
    }
    EXPECT_FALSE(verify_receipt(made.text + "\n", made.keys.verify_key));
    TestEntropy entropy("other");
    EXPECT_FALSE(verify_receipt(made.text, make_signing_keys(entropy).verify_key));
}

}  // namespace
}  // namespace plumbline::seal
