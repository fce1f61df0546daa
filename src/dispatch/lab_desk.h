// SPDX-License-Identifier: Apache-2.0
// What a desk does for a lab: lease a job, hand out sealed evidence, take the finding. The wire (face/lab_api.h) and the
// lab worker inside `serve` both stand on this interface; docs/formats/lab_api.md says what each verb means.
//
// A lease is a text that the desk made: job, fencing token, end, and a keyed hash over these and the lab. So the desk keeps
// nothing of it, knows its own after a restart, and no lab can use or guess another's.
#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/entropy.h"
#include "base/limits.h"
#include "model/job.h"
#include "seal/keys.h"
#include "store/store.h"
#include "vault/tip_opener.h"

namespace plumbline::dispatch {

inline constexpr std::size_t finding_json_bytes_max = 16 * 1024 * 1024;
inline constexpr std::size_t sealed_finding_bytes_max = 33 * 1024 * 1024;
inline constexpr std::size_t lease_text_bytes_max = 160;
inline constexpr std::size_t give_back_reason_bytes_max = 500;
inline constexpr std::size_t skills_max = 16;
// Labs that wait for work at a time. Each holds a thread of the desk's listener, which has more: findings and renewals go on.
inline constexpr int lab_waits_max = 48;
std::string finding_context(JobId job);   // what a finding is sealed under: "finding/<job id>"
// What a lab has of a job so far: {"progress":{...},"state":{...}}, the state being the lab's own. The desk keeps both as products.
inline std::string bookmark_context(JobId job) { return "bookmark/" + job.text(); }

struct LabIdentity {
    LabId id;
    std::string name;
    seal::PublicKey box_key;              // evidence is sealed to it
    seal::VerifyKey verify_key;           // its requests are signed with it
    bool is_in_process = false;           // the lab inside `serve`: no evidence leaves the machine
};
struct LeasePart {
    std::uint32_t part = 0;               // 1 = the tip's first file
    std::uint64_t sealed_bytes = 0;
    Sha256 sealed_sha256;
    bool operator==(const LeasePart&) const = default;
};
struct LabLease {
    std::string text;                     // the capability; changes with every renewal
    JobId job;
    TipId tip;
    std::string skill;
    std::uint64_t fencing_token = 0;
    Instant until;                        // by the desk's clock
    unsigned seconds = 0;                 // the same as a span, for a lab whose clock is off
    std::vector<LeasePart> parts;
    Bytes wrapped_key;                    // the tip's key, sealed to the lab
    seal::PublicKey desk_key;             // findings are sealed to it
    bool has_bookmark = false;          // somebody got on with it before: bookmark() gives what there is
};
struct RenewedLease {
    std::string text;
    Instant until;
    unsigned seconds = 0;
};

// The sealed bytes of one part. One thread.
class PartSource {
  public:
    virtual ~PartSource() = default;
    virtual std::uint64_t sealed_bytes() const = 0;
    virtual Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) = 0;   // 0 at the end
};

// Errors of the verbs on a lease: denied (not a lease of this lab), conflict (it is lost: run out and taken by another,
// done, or given back), not_found, invalid, too_large, and what the store says. Any thread.
class LabDesk {
  public:
    virtual ~LabDesk() = default;
    virtual Result<LabIdentity> lab(LabId id) = 0;                             // denied: unknown or not active
    // Waits up to wait_seconds; nullopt: no job. A tip that cannot be opened costs its job a try. busy: lab_waits_max wait
    // already; ask again later.
    virtual Result<std::optional<LabLease>> lease(const LabIdentity& lab, const std::vector<std::string>& skills, unsigned wait_seconds) = 0;
    // is_first: the reading starts at byte 0, which is the moment that custody records.
    virtual Result<std::unique_ptr<PartSource>> part(const LabIdentity& lab, std::string_view lease, std::uint32_t part, bool is_first) = 0;
    virtual Result<RenewedLease> renew(const LabIdentity& lab, std::string_view lease) = 0;
    // Durable on return. The same finding (by its id) given again is not an error.
    virtual Result<void> complete(const LabIdentity& lab, std::string_view lease, ByteView sealed_finding) = 0;
    // Durable on return, until a newer one or the finding. invalid: it does not open or is no bookmark.
    virtual Result<void> keep_bookmark(const LabIdentity& lab, std::string_view lease, ByteView sealed) = 0;
    // The last one, sealed to this lab; nullopt where there is none.
    virtual Result<std::optional<Bytes>> bookmark(const LabIdentity& lab, std::string_view lease) = 0;
    virtual Result<void> give_back(const LabIdentity& lab, std::string_view lease, std::string_view reason, bool is_final) = 0;
    virtual void stop() = 0;                                                   // ends every wait in lease()
};

// The desk over its store.
class StoreLabDesk final : public LabDesk {
  public:
    // All of them outlive it.
    StoreLabDesk(Store& store, Blobs& blobs, vault::TipOpener& opener, Clock& clock, Entropy& entropy, const Limits& limits);
    Result<LabIdentity> lab(LabId id) override;
    Result<std::optional<LabLease>> lease(const LabIdentity& lab, const std::vector<std::string>& skills, unsigned wait_seconds) override;
    Result<std::unique_ptr<PartSource>> part(const LabIdentity& lab, std::string_view lease, std::uint32_t part, bool is_first) override;
    Result<RenewedLease> renew(const LabIdentity& lab, std::string_view lease) override;
    Result<void> complete(const LabIdentity& lab, std::string_view lease, ByteView sealed_finding) override;
    Result<void> keep_bookmark(const LabIdentity& lab, std::string_view lease, ByteView sealed) override;
    Result<std::optional<Bytes>> bookmark(const LabIdentity& lab, std::string_view lease) override;
    Result<void> give_back(const LabIdentity& lab, std::string_view lease, std::string_view reason, bool is_final) override;
    void stop() override { is_stopping_ = true; }

  private:
    struct Claim {
        JobId job;
        std::uint64_t fencing_token = 0;
        Instant until;
    };
    std::string proof_of(const LabIdentity& lab, std::string_view claim) const;
    std::string lease_text(const LabIdentity& lab, const Claim& claim) const;
    Result<Claim> claim_of(const LabIdentity& lab, std::string_view lease) const;
    Result<std::optional<Lease>> take_job(const LabIdentity& lab, const std::vector<std::string>& skills);
    Result<LabLease> handed_out(const LabIdentity& lab, const Lease& lease);
    Result<std::vector<SealedPart>> file_parts(TipId tip);
    Result<Finding> opened_finding(const LabIdentity& lab, const Job& job, ByteView sealed_finding);
    Result<void> check_hashes(const Finding& finding);
    Result<bool> has_finding(const Finding& finding);
    Result<std::optional<Json>> kept_bookmark(const Job& job);
    Result<NewEntry> custody_entry(TipId tip, std::string kind, Json statement);

    Store& store_;
    Blobs& blobs_;
    vault::TipOpener& opener_;
    Clock& clock_;
    Entropy& entropy_;
    const Limits limits_;
    const seal::PublicKey desk_key_;
    std::atomic<bool> is_stopping_ = false;
    std::atomic<int> waiting_ = 0;
};

}  // namespace plumbline::dispatch
