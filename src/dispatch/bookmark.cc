// SPDX-License-Identifier: Apache-2.0
// What a lab has of a long job so far, kept under the token of its lease and given to whoever leases the job next.
#include "dispatch/lab_desk.h"
#include "seal/blob.h"

namespace plumbline::dispatch {

namespace {
constexpr std::uint32_t bookmark_version = 1;
}  // namespace

Result<std::optional<Json>> StoreLabDesk::kept_bookmark(const Job& job) {
    auto kept = TRY(opener_.product(job.tip, bookmark_context(job.id)));
    if (kept && !kept->object_at("state")) kept.reset();
    return kept;
}

Result<void> StoreLabDesk::keep_bookmark(const LabIdentity& lab, std::string_view lease, ByteView sealed) {
    const Claim claim = TRY(claim_of(lab, lease));
    const Job job = TRY(store_.job(claim.job));
    if (sealed.size() > sealed_finding_bytes_max) return fail(ErrorKind::too_large, "bookmark: at most {} bytes sealed", sealed_finding_bytes_max);
    const auto plain = seal::open_sealed(opener_.desk_key(), bookmark_context(job.id), sealed);
    if (!plain) return fail(ErrorKind::invalid, "bookmark: it does not open: {}", plain.error().message);
    if (plain->size() > finding_json_bytes_max) return fail(ErrorKind::too_large, "bookmark: at most {} bytes", finding_json_bytes_max);
    const auto json = parse_json(text_of(*plain), limits_.json_depth_max);
    if (!json || !json->object_at("state")) return fail(ErrorKind::invalid, "bookmark: no JSON with a state");
    const auto said = json->object_at("progress");
    const auto progress = said ? job_progress_from(**said) : Result<JobProgress>(fail(said.error()));
    if (!progress) return fail(ErrorKind::invalid, "bookmark: {}", progress.error().message);
    Change change;
    change.products.push_back(opener_.sealed_product_text(job.tip, bookmark_context(job.id), bookmark_version, text_of(*plain)));
    change.products.push_back(opener_.sealed_product(job.tip, product_progress(job.id), bookmark_version, to_json(*progress)));
    return store_.keep_progress(claim.job, claim.fencing_token, std::move(change));
}

Result<std::optional<Bytes>> StoreLabDesk::bookmark(const LabIdentity& lab, std::string_view lease) {
    const Claim claim = TRY(claim_of(lab, lease));
    if (clock_.now() >= claim.until) return fail(ErrorKind::conflict, "the lease has run out");
    const Job job = TRY(store_.job(claim.job));
    const auto kept = TRY(kept_bookmark(job));
    if (!kept) return std::optional<Bytes>();
    return std::optional<Bytes>(seal::seal_to(lab.box_key, bookmark_context(job.id), view(kept->dump()), entropy_));
}

}  // namespace plumbline::dispatch
