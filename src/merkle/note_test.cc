// SPDX-License-Identifier: Apache-2.0
// Notes, checkpoints and offline proofs. The signature here is a keyed hash: that of Ed25519 is tested where it is made.
#include "merkle/note.h"

#include <gtest/gtest.h>

namespace plumbline::merkle {
namespace {

NoteSignature sign_with(std::string_view secret, ByteView message) {
    const Sha256 half = hmac_sha256(view(secret), message);
    NoteSignature signature;
    for (std::size_t i = 0; i < 64; ++i) signature[i] = half.bytes[i % 32];
    return signature;
}
NoteKey key_named(std::string name) {
    NoteKey key{std::move(name), {}};
    key.public_key[3] = std::byte{7};
    return key;
}
const NoteSigner signer = [](ByteView message) { return sign_with("secret", message); };
const NoteVerifier verifier = [](ByteView message, const NoteSignature& signature) { return sign_with("secret", message) == signature; };

TEST(Note, KeyTextIsThatOfTheStandard) {
    // The example of golang.org/x/mod/sumdb/note: its name, id and Ed25519 key.
    const std::string text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const Result<NoteKey> key = note_key_from(text);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key->name, "PeterNeumann");
    EXPECT_EQ(id_of(*key), 0xc74f20a3U);
    EXPECT_EQ(text_of(*key), text);
    EXPECT_FALSE(note_key_from("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
    EXPECT_FALSE(note_key_from("PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
    for (const char* wrong : {"", "a", "a+b", "a+b+c", "+c74f20a3+AR", "a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"}) {
        EXPECT_FALSE(note_key_from(wrong)) << wrong;
    }
}

TEST(Note, ACheckpointOpensAndEveryChangedByteIsRefused) {
    const NoteKey key = key_named("plumbline.example/log");
    const Checkpoint checkpoint{"plumbline.example/log", 109482, sha256(view("root"))};
    const std::string note = sign_note(text_of(checkpoint), key, signer);
    const Result<Checkpoint> opened = open_checkpoint(note, key, verifier);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(*opened, checkpoint);
    for (std::size_t at = 0; at < note.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = note;
            changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
            EXPECT_FALSE(open_checkpoint(changed, key, verifier)) << changed;
        }
        EXPECT_FALSE(open_checkpoint(note.substr(0, at), key, verifier)) << at;
        EXPECT_FALSE(open_checkpoint(note.substr(at + 1), key, verifier)) << at;
    }
    EXPECT_FALSE(open_checkpoint(note, key_named("plumbline.example/other"), verifier));
    EXPECT_FALSE(open_checkpoint(note + "\n", key, verifier));
    EXPECT_FALSE(open_checkpoint(note + "x", key, verifier));
}

TEST(Note, SignaturesOfWitnessesAreSkipped) {
    const NoteKey key = key_named("log.example");
    const std::string text = "log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    const std::string note = sign_note(text, key, signer);
    const std::string witness = sign_note(text, key_named("witness.example"), [](ByteView) { return NoteSignature{}; }).substr(text.size() + 1);
    EXPECT_EQ(open_checkpoint(note + witness, key, verifier).value().size, 0U);
    EXPECT_FALSE(open_checkpoint(text + "\n" + witness, key, verifier));
    EXPECT_FALSE(open_checkpoint(text + "\n", key, verifier));
    std::string many = note;
    for (int i = 0; i < 40; ++i) many += witness;
    EXPECT_FALSE(open_checkpoint(many, key, verifier));
}

TEST(Note, CheckpointTextsAreStrict) {
    const std::string root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    EXPECT_TRUE(checkpoint_from("a\n0\n" + root + "\n"));
    for (const std::string& wrong :
         {std::string(), std::string("a\n"), "a\n00\n" + root + "\n", "a\n01\n" + root + "\n", "a\n-1\n" + root + "\n", "a\n 1\n" + root + "\n",
          "\n1\n" + root + "\n", "a\n1\n" + root, "a\n1\n" + root + "\nmore\n", "a\n9999999999999999999\n" + root + "\n",
          std::string("a\n1\nAAAA\n"), std::string("a\n0\nn4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n")}) {
        EXPECT_FALSE(checkpoint_from(wrong)) << wrong;
    }
}

TEST(Note, AnOfflineProofChecksWhole) {
    std::vector<Sha256> leaves;
    for (int i = 0; i < 13; ++i) leaves.push_back(leaf_hash(view(std::to_string(i))));
    const NoteKey key = key_named("log.example");
    const std::string note = sign_note(text_of(Checkpoint{"log.example", 13, root_of(leaves)}), key, signer);
    for (std::uint64_t index = 0; index < 13; ++index) {
        const EntryProof proof{index, inclusion_proof(index, 13, nodes_of(leaves)).value(), note};
        const std::string text = text_of(proof);
        EXPECT_TRUE(verify_entry_proof(text, view(std::to_string(index)), key, verifier));
        EXPECT_FALSE(verify_entry_proof(text, view("x"), key, verifier));
        for (std::size_t at = 0; at < text.size(); ++at) {
            std::string changed = text;
            changed[at] = static_cast<char>(changed[at] ^ 1);
            EXPECT_FALSE(verify_entry_proof(changed, view(std::to_string(index)), key, verifier)) << changed;
        }
    }
    const std::string with_extra = "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n\n" + note;
    EXPECT_EQ(entry_proof_from(with_extra).value().checkpoint, note);
    EXPECT_FALSE(entry_proof_from("c2sp.org/tlog-proof@v2\nindex 0\n\n" + note));
}

}  // namespace
}  // namespace plumbline::merkle
