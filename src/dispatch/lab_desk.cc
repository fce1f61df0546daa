// SPDX-License-Identifier: Apache-2.0
// The desk's side of the labs' work. Every verb that matters to custody leaves its entry in the same transaction as its act.
#include "dispatch/lab_desk.h"

#include "dispatch/part_hashes.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/log.h"
#include "seal/blob.h"
#include "seal/envelope.h"

namespace plumbline::dispatch {
namespace {

constexpr std::string_view lease_hash_kind = "plumbline/lab-lease/v1";
constexpr std::chrono::seconds retry_after_first{60};
constexpr std::chrono::seconds retry_after_max{3600};
constexpr std::uint32_t finding_version = 1;

Result<std::uint64_t> number_from(std::string_view text) {
    std::uint64_t value = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end) return fail(ErrorKind::denied, "not a lease");
    return value;
}

// Counts those who wait.
class Waiting {
  public:
    explicit Waiting(std::atomic<int>& count) : count_(count), number_(++count) {}
    ~Waiting() { --count_; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    int number() const { return number_; }

  private:
    std::atomic<int>& count_;
    const int number_;
};

class StoredPart final : public PartSource {
  public:
    StoredPart(SealedPart part, std::unique_ptr<BlobReader> reader) : part_(std::move(part)), reader_(std::move(reader)) {}
    std::uint64_t sealed_bytes() const override { return part_.sealed_bytes; }
    Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
        if (reader_) return reader_->read(offset, out);
        const ByteView bytes = std::get<Bytes>(part_.where);
        if (offset >= bytes.size()) return std::size_t{0};
        const std::size_t count = std::min(out.size(), bytes.size() - static_cast<std::size_t>(offset));
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
        return count;
    }

  private:
    SealedPart part_;
    std::unique_ptr<BlobReader> reader_;
};

// Products cannot be taken away: an empty one stands for none.
void drop_bookmark(vault::TipOpener& opener, const Job& job, bool is_there, Change& change) {
    if (!is_there) return;
    for (const std::string& name : {bookmark_context(job.id), product_progress(job.id)})
        change.products.push_back(opener.sealed_product(job.tip, name, finding_version, Json::object()));
}

}  // namespace

std::string finding_context(JobId job) { return "finding/" + job.text(); }

StoreLabDesk::StoreLabDesk(Store& store, Blobs& blobs, vault::TipOpener& opener, Clock& clock, Entropy& entropy, const Limits& limits)
    : store_(store), blobs_(blobs), opener_(opener), clock_(clock), entropy_(entropy), limits_(limits),
      desk_key_(seal::public_key_of(opener.desk_key())) {}

Result<LabIdentity> StoreLabDesk::lab(LabId id) {
    for (const LabRow& row : TRY(store_.labs())) {
        if (row.id != id) continue;
        if (!row.is_active) return fail(ErrorKind::denied, "{} is not active", id.text());
        LabIdentity lab;
        lab.id = row.id;
        lab.name = row.name;
        lab.box_key = TRY(seal::public_key_from_bytes(row.box_public_key));
        lab.verify_key = TRY(seal::verify_key_from_bytes(row.verify_key));
        return lab;
    }
    return fail(ErrorKind::denied, "no lab {} here", id.text());
}

std::string StoreLabDesk::proof_of(const LabIdentity& lab, std::string_view claim) const {
    const auto hash = opener_.secrets().link_hash(lease_hash_kind, lab.id.text() + " " + std::string(claim));
    return to_base64url(hash);
}

std::string StoreLabDesk::lease_text(const LabIdentity& lab, const Claim& claim) const {
    const std::string text = fmt::format("{}.{}.{}", claim.job.text(), claim.fencing_token, micros_of(claim.until));
    return text + "." + proof_of(lab, text);
}

Result<StoreLabDesk::Claim> StoreLabDesk::claim_of(const LabIdentity& lab, std::string_view lease) const {
    const std::size_t last = lease.rfind('.');
    if (lease.size() > lease_text_bytes_max || last == std::string_view::npos) return fail(ErrorKind::denied, "not a lease");
    const std::string_view text = lease.substr(0, last);
    if (!equal_in_constant_time(view(proof_of(lab, text)), view(lease.substr(last + 1)))) {
        return fail(ErrorKind::denied, "not a lease of {}", lab.id.text());
    }
    // Ours, so its form is known; it is still read with care.
    const std::size_t first = text.find('.');
    const std::size_t second = text.find('.', first + 1);
    if (second == std::string_view::npos) return fail(ErrorKind::denied, "not a lease");
    Claim claim;
    claim.job = TRY(JobId::from_text(text.substr(0, first)));
    claim.fencing_token = TRY(number_from(text.substr(first + 1, second - first - 1)));
    claim.until = instant_of(static_cast<std::int64_t>(TRY(number_from(text.substr(second + 1)))));
    return claim;
}

Result<NewEntry> StoreLabDesk::custody_entry(TipId tip, std::string kind, Json statement) {
    const TipRow row = TRY(store_.tip(tip));
    return opener_.entry(row.header, std::move(kind), day_of(clock_.now()), statement);
}

Result<std::optional<Lease>> StoreLabDesk::take_job(const LabIdentity& lab, const std::vector<std::string>& skills) {
    const Instant now = clock_.now();
    // Runs inside the leasing transaction: only what it is given, no call of the store.
    const LeaseEntryMaker entry = [this, &lab, now](const Lease& lease, const TipHeader& tip) {
        Json statement = Json::object();
        statement.set("lab", lab.id.text()).set("job", lease.job.id.text()).set("skill", lease.job.skill);
        statement.set("fencing_token", lease.fencing_token).set("tries", lease.job.tries);
        // To the hour: the first lease comes within a second of the tip, and its end would tell that second for ever.
        statement.set("hour", to_text(hour_of(now)));
        return opener_.entry(tip, "custody.leased", day_of(now), statement);
    };
    return store_.lease_job(skills, lab.id.text(), now, limits_.lease_seconds, limits_.job_tries_max, entry);
}

Result<std::vector<SealedPart>> StoreLabDesk::file_parts(TipId tip) {
    std::vector<SealedPart> files = TRY(store_.parts(tip));
    // What the reporter wrote, and the contact, stay at the desk.
    std::erase_if(files, [](const SealedPart& part) { return part.part == 0 || part.part >= seal::identity_part; });
    return files;
}

Result<LabLease> StoreLabDesk::handed_out(const LabIdentity& lab, const Lease& lease) {
    LabLease out;
    out.job = lease.job.id;
    out.tip = lease.job.tip;
    out.skill = lease.job.skill;
    out.fencing_token = lease.fencing_token;
    out.until = lease.until;
    out.seconds = limits_.lease_seconds;
    out.text = lease_text(lab, {lease.job.id, lease.fencing_token, lease.until});
    for (const SealedPart& part : TRY(file_parts(lease.job.tip))) {
        out.parts.push_back({part.part, part.sealed_bytes, part.sealed_sha256});
    }
    out.wrapped_key = seal::wrap_tip_key(TRY(opener_.key_of(lease.job.tip)), lease.job.tip, lab.box_key, entropy_);
    out.desk_key = desk_key_;
    out.has_bookmark = lease.job.tries > 1 && TRY(kept_bookmark(lease.job));
    return out;
}

Result<std::optional<LabLease>> StoreLabDesk::lease(const LabIdentity& lab, const std::vector<std::string>& skills, unsigned wait_seconds) {
    if (skills.empty() || skills.size() > skills_max) return fail(ErrorKind::invalid, "skills: 1 to {} of them", skills_max);
    for (const std::string& skill : skills) {
        if (skill == skill_line) return fail(ErrorKind::denied, "skills: {} is the desk's own", skill_line);
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::min(wait_seconds, limits_.lab_poll_seconds_max));
    std::optional<Waiting> waiting;
    while (!is_stopping_) {
        if (const auto lease = TRY(take_job(lab, skills))) {
            auto out = handed_out(lab, *lease);
            if (out) return std::optional<LabLease>(std::move(*out));
            // This tip does not open; other jobs do. The try is spent, so it cannot block the queue for ever.
            log_event_of_public_tip(LogLevel::error, "lab.lease_failed", {{"job", lease->job.id.text()}, {"why", out.error().message}});
            const Instant retry = clock_.now() + retry_after_max;
            TRY(store_.give_back_job(lease->job.id, lease->fencing_token, retry, lease->job.tries >= limits_.job_tries_max, {}));
            continue;
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) break;
        if (!waiting) waiting.emplace(waiting_);
        if (waiting->number() > lab_waits_max) return fail(ErrorKind::busy, "{} labs wait for work already", lab_waits_max);
        // In slices: a lease that runs out rings no bell, and stop() is looked at.
        store_.wait_for_job(std::min<std::chrono::milliseconds>(left, std::chrono::seconds(1)));
    }
    return std::optional<LabLease>();
}

Result<std::unique_ptr<PartSource>> StoreLabDesk::part(const LabIdentity& lab, std::string_view lease, std::uint32_t number, bool is_first) {
    const Claim claim = TRY(claim_of(lab, lease));
    // Until its end nobody else can have the job, so the text alone proves the lease; after it the lab has to renew.
    if (clock_.now() >= claim.until) return fail(ErrorKind::conflict, "the lease has run out");
    const Job job = TRY(store_.job(claim.job));
    for (SealedPart& part : TRY(file_parts(job.tip))) {
        if (part.part != number) continue;
        if (is_first && !lab.is_in_process) {
            Json statement = Json::object();
            statement.set("lab", lab.id.text()).set("job", job.id.text()).set("part", number);
            statement.set("size", part.sealed_bytes).set("sha256", part.sealed_sha256.hex());
            Change change;
            change.entries.push_back(TRY(custody_entry(job.tip, "custody.evidence_sent", std::move(statement))));
            TRY(store_.apply(std::move(change)));
        }
        std::unique_ptr<BlobReader> reader;
        if (const auto* blob = std::get_if<BlobRef>(&part.where)) reader = TRY(blobs_.read(*blob));
        return std::unique_ptr<PartSource>(std::make_unique<StoredPart>(std::move(part), std::move(reader)));
    }
    return fail(ErrorKind::not_found, "no part {} in this lease", number);
}

Result<RenewedLease> StoreLabDesk::renew(const LabIdentity& lab, std::string_view lease) {
    Claim claim = TRY(claim_of(lab, lease));
    claim.until = TRY(store_.renew_lease(claim.job, claim.fencing_token, clock_.now(), limits_.lease_seconds));
    return RenewedLease{lease_text(lab, claim), claim.until, limits_.lease_seconds};
}

Result<Finding> StoreLabDesk::opened_finding(const LabIdentity& lab, const Job& job, ByteView sealed_finding) {
    if (sealed_finding.size() > sealed_finding_bytes_max) {
        return fail(ErrorKind::too_large, "finding: at most {} bytes sealed", sealed_finding_bytes_max);
    }
    const auto plain = seal::open_sealed(opener_.desk_key(), finding_context(job.id), sealed_finding);
    if (!plain) return fail(ErrorKind::invalid, "finding: it does not open: {}", plain.error().message);
    if (plain->size() > finding_json_bytes_max) return fail(ErrorKind::too_large, "finding: at most {} bytes", finding_json_bytes_max);
    const auto json = parse_json(text_of(*plain), limits_.json_depth_max);
    if (!json) return fail(ErrorKind::invalid, "finding: not JSON");
    auto finding = finding_from(*json);
    if (!finding) return fail(ErrorKind::invalid, "finding: {}", finding.error().message);
    if (finding->job != job.id || finding->tip != job.tip) return fail(ErrorKind::invalid, "finding: of another job or tip");
    if (finding->lab != lab.id) return fail(ErrorKind::invalid, "finding: of another lab");
    return finding;
}

// The lab's own hash of what it was given must be the desk's own, where the line has read the part.
Result<void> StoreLabDesk::check_hashes(const Finding& finding) {
    const auto known = TRY(opener_.product(finding.tip, product_hashes));
    if (!known) return {};
    for (const PartEvidence& part : finding.evidence.parts) {
        const std::string here = TRY(known->text_at_or(std::to_string(part.part), ""));
        if (here.empty() || part.sha256.empty()) continue;
        if (here != part.sha256) return fail(ErrorKind::invalid, "finding: part {} has another SHA-256 here", part.part);
    }
    return {};
}

Result<bool> StoreLabDesk::has_finding(const Finding& finding) {
    const auto product = TRY(opener_.product(finding.tip, finding_context(finding.job)));
    return product && TRY(product->text_at("id")) == finding.id.text();
}

Result<void> StoreLabDesk::complete(const LabIdentity& lab, std::string_view lease, ByteView sealed_finding) {
    const Claim claim = TRY(claim_of(lab, lease));
    const Job job = TRY(store_.job(claim.job));
    const Finding finding = TRY(opened_finding(lab, job, sealed_finding));
    TRY(check_hashes(finding));
    Json hashes = Json::array();
    for (const PartEvidence& part : finding.evidence.parts) {
        Json one = Json::object();
        hashes.push(one.set("part", part.part).set("sha256", part.sha256));
    }
    Json statement = Json::object();
    statement.set("lab", lab.id.text()).set("job", job.id.text()).set("finding", finding.id.text());
    statement.set("sealed_sha256", sha256(sealed_finding).hex()).set("evidence", std::move(hashes));
    Change change;
    change.entries.push_back(TRY(custody_entry(job.tip, "custody.finding", std::move(statement))));
    change.products.push_back(opener_.sealed_product_text(job.tip, finding_context(job.id), finding_version, json_text(finding)));
    drop_bookmark(opener_, job, TRY(kept_bookmark(job)).has_value(), change);
    auto done = store_.complete_job(claim.job, claim.fencing_token, std::move(change));
    if (!done && done.error().kind == ErrorKind::conflict && TRY(has_finding(finding))) return {};   // its answer was lost
    return done;
}

Result<void> StoreLabDesk::give_back(const LabIdentity& lab, std::string_view lease, std::string_view reason, bool is_final) {
    if (reason.size() > give_back_reason_bytes_max) {
        return fail(ErrorKind::too_large, "reason: at most {} bytes", give_back_reason_bytes_max);
    }
    const Claim claim = TRY(claim_of(lab, lease));
    const Job job = TRY(store_.job(claim.job));
    const bool is_last = is_final || job.tries >= limits_.job_tries_max;
    Json statement = Json::object();
    statement.set("lab", lab.id.text()).set("job", job.id.text()).set("reason", reason).set("is_final", is_last);
    Change change;
    change.entries.push_back(TRY(custody_entry(job.tip, "custody.given_back", std::move(statement))));
    const auto delay = retry_after_first * (1U << std::min(job.tries > 0 ? job.tries - 1 : 0U, 6U));
    const Instant retry = clock_.now() + std::min<std::chrono::seconds>(delay, retry_after_max);
    return store_.give_back_job(claim.job, claim.fencing_token, retry, is_last, std::move(change));
}

}  // namespace plumbline::dispatch
