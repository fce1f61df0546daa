// SPDX-License-Identifier: Apache-2.0
// Known answers (testdata/envelope.json): what is sealed with fixed random bytes stays byte-identical from build to build,
// and another implementation can open it. PLUMBLINE_UPDATE=1 writes the file anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "seal/blob.h"
#include "seal/envelope.h"
#include "seal/identity.h"
#include "seal/mailbox.h"
#include "seal/random.h"
#include "seal/test_entropy.h"

namespace plumbline::seal {
namespace {

Json box_vector(TestEntropy& entropy, const TipId& tip, const TipKey& key) {
    const BoxKeys desk = make_box_keys(entropy);
    Json json = Json::object();
    json.set("desk_secret", to_hex(desk.secret.bytes())).set("desk_public", to_hex(desk.public_key.bytes));
    json.set("wrapped_key", to_hex(wrap_tip_key(key, tip, desk.public_key, entropy)));
    json.set("context", "message/1").set("message", "Your bank was told.");
    json.set("sealed_message", to_hex(seal_to(desk.public_key, "message/1", view("Your bank was told."), entropy)));
    const DeskSecrets secrets(desk.secret);
    json.set("product_evidence", to_hex(secrets.encrypt_product(tip, "evidence", view("{}"), entropy)));
    json.set("link_hash_phone_123", to_hex(secrets.link_hash("phone", "123")));
    return json;
}

Json parts_vector(TestEntropy& entropy, const TipId& tip, const TipKey& key) {
    Json parts = Json::array();
    for (const std::size_t size : {std::size_t{0}, std::size_t{5}, chunk_plain_bytes, chunk_plain_bytes + 3}) {
        Bytes plain(size);
        for (std::size_t i = 0; i < size; ++i) plain[i] = static_cast<std::byte>(i % 251);
        const auto number = static_cast<std::uint32_t>(parts.as_array().size() + 1);
        const Bytes sealed = seal_part(key, tip, number, plain, entropy);
        Json part = Json::object();
        part.set("part", number).set("plain_bytes", std::uint64_t{size}).set("sealed_sha256", sha256(sealed).hex());
        if (size < 100) part.set("sealed", to_hex(sealed));
        part.set("header", to_hex(ByteView(sealed).first(part_header_bytes)));
        parts.push(std::move(part));
    }
    return parts;
}

Json vectors() {
    TestEntropy entropy("vectors");
    IdBytes random;
    entropy.fill(random);
    const TipId tip = TipId::make(instant_from("2026-11-23T15:00:00Z").value(), random);
    const TipKey key = TipKey::random(entropy);
    Json json = Json::object();
    json.set("what", "docs/formats/envelope.md; the plain bytes of a part are i % 251");
    json.set("tip", tip.text()).set("tip_bytes", to_hex(tip.bytes())).set("tip_key", to_hex(key.bytes()));
    json.set("parts", parts_vector(entropy, tip, key));
    json.set("content", "hello").set("sealed_content", to_hex(seal_content(key, tip, view("hello"), entropy)));
    json.set("sealed_opening", to_hex(seal_part(key, tip, opening_part, view("hello"), entropy)));
    json.set("box", box_vector(entropy, tip, key));
    const ReceiptSecret secret = ReceiptSecret::random(entropy);
    const MailboxKeys mailbox = mailbox_keys_of(secret);
    Json words = Json::object();
    words.set("bits", to_hex(secret.bytes())).set("words", receipt_words(secret));
    words.set("token", to_hex(mailbox.token.bytes())).set("mailbox_id", mailbox_id_of(mailbox.token).hex());
    words.set("secret", to_hex(mailbox.secret.bytes())).set("public", to_hex(mailbox.public_key.bytes));
    json.set("receipt", std::move(words));
    const BoxKeys identity = make_box_keys(entropy);
    const std::string_view named = R"({"contact":"jo@example.com"})";
    Json who = Json::object();
    who.set("identity_secret", to_hex(identity.secret.bytes())).set("identity_public", to_hex(identity.public_key.bytes));
    who.set("text", named).set("sealed_identity", to_hex(seal_identity(tip, view(named), identity.public_key, entropy)));
    json.set("identity", std::move(who));
    return json;
}

TEST(Vectors, AreTheSameAsEver) {
    init_crypto();
    const std::string path = std::string(PLUMBLINE_ROOM_DIR) + "/testdata/envelope.json";
    const std::string now = vectors().pretty() + "\n";
    if (const char* update = std::getenv("PLUMBLINE_UPDATE"); update != nullptr && *update == '1') {
        std::ofstream(path, std::ios::binary) << now;
    }
    std::ostringstream kept;
    kept << std::ifstream(path, std::ios::binary).rdbuf();
    EXPECT_EQ(now, kept.str());
}

}  // namespace
}  // namespace plumbline::seal
