// SPDX-License-Identifier: Apache-2.0
// A whole desk in memory for tests of what stands on a LabDesk: store, keys, truly sealed tips with jobs, two labs.
#pragma once
#include "dispatch/lab_desk.h"
#include "seal/blob.h"
#include "seal/envelope.h"
#include "seal/random.h"
#include "store/memory/memory_store.h"
#include "store/test_values.h"

namespace plumbline::dispatch {

struct TestLab {
    seal::BoxKeys box;
    seal::SigningKeys signing;
    LabIdentity identity;
};

class TestDesk {
  public:
    TestDesk() : start_(conformance::hour_number(0)), clock(start_) {
        seal::init_crypto();
        desk_keys_.emplace(seal::make_box_keys(entropy));
        opener_.emplace(*store, *blobs, desk_keys_->secret, entropy);
        desk_.emplace(*store, *blobs, *opener_, clock, entropy, limits);
    }
    StoreLabDesk& desk() { return *desk_; }
    vault::TipOpener& opener() { return *opener_; }
    const seal::PublicKey& desk_key() const { return desk_keys_->public_key; }

    TestLab add_lab(std::uint64_t number) {
        TestLab lab{seal::make_box_keys(entropy), seal::make_signing_keys(entropy), {}};
        lab.identity = {conformance::id_of<LabId>(number), fmt::format("Lab {}", number), lab.box.public_key, lab.signing.verify_key, false};
        LabRow row;
        row.id = lab.identity.id;
        row.name = lab.identity.name;
        row.box_public_key = to_bytes(ByteView(lab.box.public_key.bytes));
        row.verify_key = to_bytes(ByteView(lab.signing.verify_key.bytes));
        EXPECT_TRUE(store->put_lab(row));
        return lab;
    }

    // A tip with its files, each sealed, those over 64 KiB as blobs, and a job. The job's id.
    JobId add_job(std::uint64_t number, const std::vector<std::string>& files, std::string_view skill = skill_examine_mail) {
        NewTip tip = conformance::tip_number(number);
        const TipId id = tip.header.id;
        const seal::TipKey key = seal::TipKey::random(entropy);
        tip.wrapped_keys = seal::wrap_tip_key_for(key, id, {desk_keys_->public_key}, entropy);
        tip.parts = {part_of(0, seal::seal_content(key, id, view("what the reporter wrote"), entropy))};
        for (std::uint32_t i = 0; i < files.size(); ++i) tip.parts.push_back(part_of(i + 1, seal::seal_part(key, id, i + 1, view(files[i]), entropy)));
        EXPECT_TRUE(store->accept_tip(std::move(tip)));
        Change change;
        change.jobs.push_back(conformance::job_for(id, number, skill));
        EXPECT_TRUE(store->apply(std::move(change)));
        return conformance::id_of<JobId>(number);
    }

    Bytes sealed_finding(const LabLease& lease, const LabIdentity& lab, std::uint64_t number, std::string sha256_of_part = "") {
        Finding finding;
        finding.id = conformance::id_of<FindingId>(number);
        finding.job = lease.job;
        finding.tip = lease.tip;
        finding.lab = lab.id;
        finding.engine = "test";
        PartEvidence part;
        part.part = 1;
        part.sha256 = std::move(sha256_of_part);
        finding.evidence.parts.push_back(std::move(part));
        return seal::seal_to(lease.desk_key, finding_context(lease.job), view(to_json(finding).dump()), entropy);
    }

    std::optional<LabLease> lease(const LabIdentity& lab) {
        auto taken = desk_->lease(lab, {std::string(skill_examine_mail), std::string(skill_examine_file)}, 0);
        EXPECT_TRUE(taken) << taken.error().message;
        return taken ? std::move(*taken) : std::nullopt;
    }
    std::optional<Json> finding(JobId job) {
        auto product = opener_->product(store->job(job)->tip, finding_context(job));
        EXPECT_TRUE(product) << product.error().message;
        return product ? std::move(*product) : std::nullopt;
    }
    // The kinds of the tip's custody entries, in order.
    std::vector<std::string> custody(JobId job) {
        std::vector<std::string> kinds;
        const auto entries = store->ledger_entries_of(store->job(job)->tip);
        for (const StoredEntry& stored : *entries) {
            if (stored.entry.kind.starts_with("custody.")) kinds.push_back(stored.entry.kind);
        }
        return kinds;
    }
    void lease_runs_out() { clock.advance(std::chrono::seconds(limits.lease_seconds + 1)); }

  private:
    SealedPart part_of(std::uint32_t number, Bytes sealed) {
        SealedPart part;
        part.part = number;
        part.sealed_bytes = sealed.size();
        part.sealed_sha256 = sha256(sealed);
        if (sealed.size() <= limits.inline_part_bytes_max) {
            part.where = std::move(sealed);
            return part;
        }
        auto writer = blobs->begin();
        EXPECT_TRUE(writer && (*writer)->write(sealed));
        part.where = *(*writer)->commit();
        return part;
    }
    Instant start_;

  public:
    FakeClock clock;
    seal::SystemEntropy entropy;
    Limits limits;
    std::unique_ptr<Blobs> blobs = Blobs::in_memory();
    std::unique_ptr<Store> store = make_memory_store(*blobs);

  private:
    std::optional<seal::BoxKeys> desk_keys_;
    std::optional<vault::TipOpener> opener_;
    std::optional<StoreLabDesk> desk_;
};

}  // namespace plumbline::dispatch
