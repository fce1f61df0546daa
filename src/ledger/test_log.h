// SPDX-License-Identifier: Apache-2.0
// A store with tips and entries, and its published log, for tests.
#pragma once
#include <fstream>
#include <sstream>

#include "base/check.h"

#include "ledger/opening.h"
#include "ledger/publisher.h"
#include "ledger/verify.h"
#include "seal/envelope.h"
#include "seal/random.h"
#include "seal/receipt.h"
#include "seal/test_entropy.h"
#include "store/memory/memory_store.h"
#include "store/test_folder.h"

namespace plumbline::ledger {

inline std::string file_text(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}
inline void put_file(const std::string& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

struct TestLog {
    TestLog() { seal::init_crypto(); }
    std::string path() const { return folder.path() + "/ledger"; }

    // A tip as intake makes it: sealed content, one blob where asked, entry, receipt.
    TipId add_tip(bool with_blob = false) {
        IdBytes random;
        entropy.fill(random);
        NewTip tip;
        tip.header.id = TipId::make(instant_of(0), random);
        tip.header.received_hour = instant_of(0);
        tip.header.group = CategoryGroup::fraud;
        const seal::TipKey key = seal::TipKey::random(entropy);
        tip.wrapped_keys = seal::wrap_tip_key(key, tip.header.id, desk.public_key, entropy);
        const Bytes content = seal::seal_content(key, tip.header.id, view("what happened"), entropy);
        tip.parts.push_back(SealedPart{0, content.size(), sha256(content), content});
        if (with_blob) {
            const Bytes file = seal::seal_part(key, tip.header.id, 1, Bytes(100'000), entropy);
            auto writer = blobs->begin().value().release();
            CHECK(writer->write(file));
            const BlobRef ref = writer->commit().value();
            delete writer;
            tip.parts.push_back(SealedPart{1, ref.size_bytes, ref.sha256, ref});
        }
        std::vector<seal::ManifestRow> rows;
        std::uint64_t sealed_bytes = 0;
        for (const SealedPart& part : tip.parts) {
            rows.push_back({part.part, part.sealed_bytes, part.sealed_sha256});
            sealed_bytes += part.sealed_bytes;
        }
        const Sha256 manifest = seal::manifest_hash(rows);
        const Opening opening = make_opening(seal::received_statement(tip.header.id, manifest), entropy);
        const Day day = day_of(instant_of(0));
        tip.received.tip = tip.header.id;
        tip.received.entry = LedgerEntry{kind_of_received(), day, CategoryGroup::fraud, "", commitment_of(opening)};
        tip.received.opening = seal::seal_part(key, tip.header.id, seal::opening_part, bytes_of(opening), entropy);
        tip.receipt = seal::make_receipt({tip.header.id, day, rows.size(), sealed_bytes, manifest, {desk.public_key}, tip.received.entry, opening.salt},
                                         receipt.secret);
        entropy.fill(tip.mailbox_hash.bytes);
        entropy.fill(random);
        tip.first_job = NewJob{JobId::make(instant_of(0), random), tip.header.id, std::string(skill_line), 0, instant_of(0)};
        tip.reporter_public_key = Bytes(32);
        if (header_of_row) header_of_row(tip.header);
        const TipId id = tip.header.id;
        CHECK(store->accept_tip(std::move(tip)));
        return id;
    }
    void add_entries(std::size_t count) {
        Change change;
        for (std::size_t i = 0; i < count; ++i) {
            NewEntry entry;
            entry.entry = LedgerEntry{"custody.leased", day_of(instant_of(0)), CategoryGroup::id, "",
                                      commitment_of(make_opening(std::to_string(i), entropy))};
            change.entries.push_back(entry);
        }
        CHECK(store->apply(std::move(change)));
    }
    Result<std::unique_ptr<TilePublisher>> publisher(std::size_t step = 65536) {
        PublisherOptions options;
        options.folder = path();
        options.origin = "plumbline.example/ledger";
        options.entries_in_checkpoint_max = step;
        return TilePublisher::open(*store, ledger.secret, options);
    }
    void publish() { CHECK(publisher().value()->publish()); }
    VerifyReport verify() const { return verify_log(path(), ledger.verify_key); }

    std::function<void(TipHeader&)> header_of_row;   // changes the row alone, not the entry or the receipt
    TestFolder folder;
    seal::TestEntropy entropy{"log"};
    std::unique_ptr<Blobs> blobs = Blobs::in_memory();
    std::unique_ptr<Store> store = make_memory_store(*blobs);
    seal::BoxKeys desk = seal::make_box_keys(entropy);
    seal::SigningKeys ledger = seal::make_signing_keys(entropy);
    seal::SigningKeys receipt = seal::make_signing_keys(entropy);
};

inline std::string texts_of(const VerifyReport& report) {
    std::string text;
    for (const Problem& problem : report.problems) text += problem.text() + "\n";
    return text;
}

}  // namespace plumbline::ledger
