// SPDX-License-Identifier: Apache-2.0
// A whole desk in memory for tests: store, keys, link board, clock, and tips that are sealed as intake seals them.
#pragma once
#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/check.h"
#include "desk/desk.h"
#include "flow/flow.h"
#include "flow/link_board.h"
#include "model/event.h"
#include "seal/blob.h"
#include "seal/envelope.h"
#include "seal/mailbox.h"
#include "seal/random.h"
#include "seal/test_entropy.h"
#include "store/memory/memory_store.h"
#include "vault/tip_opener.h"

namespace plumbline::desk {

inline constexpr seal::PasswordCost cheap_password{1, 8 * 1024};

inline Categories categories_from_rules(const std::string& source_folder) {
    std::ifstream file(source_folder + "/rules/categories.json");
    std::stringstream text;
    text << file.rdbuf();
    return Categories::from_json(parse_json(text.str()).take()).take();
}

struct TestFile {
    std::string name;
    std::string bytes;
    bool is_blob = false;
};

class TestDesk {
  public:
    explicit TestDesk(const std::string& source_folder)
        : categories(categories_from_rules(source_folder)), blobs(Blobs::in_memory()), store(make_memory_store(*blobs)), keys(seal::make_box_keys(entropy)),
          opener(*store, *blobs, keys.secret, entropy) {
        seal::init_crypto();
    }
    DeskService::Parts parts() { return {*store, *blobs, opener, links, categories, clock, entropy, "0.1.0", Limits{}, {}}; }

    TipId accept(const std::string& text, const std::vector<TestFile>& files = {}, const std::string& category = "fraud.phishing", bool has_mailbox = true,
                 TipChannel channel = TipChannel::api) {
        IdBytes random;
        entropy.fill(random);
        const TipId id = TipId::make(hour_of(clock.now()), random);
        const seal::TipKey key = seal::TipKey::random(entropy);
        TipContent content;
        content.text = text;
        content.category = category;
        content.loss = Money{120050, "EUR"};
        content.still_happening = Answer::yes;
        content.origin = {"XX", "xx-secret", "partner one"};
        for (const TestFile& file : files) content.files.push_back({file.name, "application/x-test", file.bytes.size()});
        reporters.push_back(seal::mailbox_keys_of(seal::ReceiptSecret::random(entropy)));
        if (has_mailbox) content.reporter_key = to_base64(reporters.back().public_key.bytes);
        NewTip tip;
        tip.header = {id, hour_of(clock.now()), channel, CategoryGroup::fraud, true};
        tip.wrapped_keys = seal::wrap_tip_key(key, id, keys.public_key, entropy);
        tip.parts.push_back(inline_part(0, seal::seal_content(key, id, view(to_json(content).dump()), entropy)));
        for (std::uint32_t n = 1; n <= files.size(); ++n) {
            const Bytes sealed = seal::seal_part(key, id, n, view(files[n - 1].bytes), entropy);
            tip.parts.push_back(files[n - 1].is_blob ? blob_part(n, sealed) : inline_part(n, sealed));
        }
        if (more_parts)
            for (SealedPart& part : more_parts(id)) tip.parts.push_back(std::move(part));
        tip.mailbox_hash = seal::mailbox_id_of(reporters.back().token);
        if (has_mailbox) tip.reporter_public_key = to_bytes(ByteView(has_foreign_mailbox_key ? keys.public_key.bytes : reporters.back().public_key.bytes));
        tip.received = received_entry(tip.header, key);
        entropy.fill(random);
        tip.first_job = {JobId::make(clock.now(), random), id, std::string(skill_line), 0, hour_of(clock.now())};
        CHECK(store->accept_tip(std::move(tip)).has_value());
        return id;
    }
    // What the line would do: evidence, decision, ranking, state.
    void decide(TipId id, Severity severity, int deadline_hours, Evidence evidence = {}, const std::string& queue = "fraud") {
        const TipRow row = store->tip(id).take();
        Decision decision;
        decision.severity = severity;
        decision.deadline_hours = deadline_hours;
        decision.queue = queue;
        decision.duties = {"preserve-evidence"};
        decision.fired = {{"severity", "s1", "because of a test"}};
        decision.rulebook = "test 1";
        Change change;
        change.products.push_back(opener.sealed_product(id, flow::product_evidence, 1, to_json(evidence)));
        change.products.push_back(opener.sealed_product(id, flow::product_facts, 1, Json::object().set("category", "fraud.phishing")));
        change.products.push_back(opener.sealed_product(id, flow::product_decision, 1, to_json(decision)));
        change.rankings.push_back({id, severity, row.header.received_hour + std::chrono::hours(deadline_hours), queue});
        change.moves.push_back({id, TipState::received, TipState::decided});
        change.entries.push_back(opener.entry(row.header, kind_of_change(TipState::received, TipState::decided), day_of(clock.now()), Json::object().set("act", "decided")));
        CHECK(store->apply(std::move(change)).has_value());
    }
    Session session() const { return {staff, "desk", "administrator", {}, {}}; }

    seal::TestEntropy entropy{"desk"};
    FakeClock clock{instant_from("2026-11-20T10:30:00Z").take()};
    Categories categories;
    std::unique_ptr<Blobs> blobs;
    std::unique_ptr<Store> store;
    seal::BoxKeys keys;
    vault::TipOpener opener;
    flow::LinkBoard links;
    bool has_foreign_mailbox_key = false;       // the next tips' rows name another key than their content
    std::vector<seal::MailboxKeys> reporters;   // of each tip, in the order of accept()
    std::function<std::vector<SealedPart>(TipId)> more_parts;   // of the next tips
    StaffId staff = StaffId::make({}, {});

  private:
    static SealedPart inline_part(std::uint32_t number, Bytes sealed) {
        SealedPart part;
        part.part = number;
        part.sealed_bytes = sealed.size();
        part.sealed_sha256 = sha256(sealed);
        part.where = std::move(sealed);
        return part;
    }
    SealedPart blob_part(std::uint32_t number, const Bytes& sealed) {
        auto writer = blobs->begin().take();
        CHECK(writer->write(sealed).has_value());
        SealedPart part = inline_part(number, sealed);
        part.where = writer->commit().take();
        return part;
    }
    NewEntry received_entry(const TipHeader& header, const seal::TipKey& key) {
        Salt salt;
        entropy.fill(salt);
        const std::string statement = "received " + header.id.text();
        NewEntry entry;
        entry.tip = header.id;
        entry.entry = {kind_of_received(), day_of(header.received_hour), header.group, "", commitment_of(salt, view(statement))};
        Bytes plain = to_bytes(ByteView(salt));
        append(plain, statement);
        entry.opening = seal::seal_part(key, header.id, seal::opening_part, plain, entropy);
        return entry;
    }
};

}  // namespace plumbline::desk
