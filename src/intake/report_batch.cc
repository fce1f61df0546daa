// SPDX-License-Identifier: Apache-2.0
#include "intake/report_batch.h"

#include "base/check.h"
#include "base/log.h"
#include "intake/content_check.h"
#include "intake/report_writer.h"
#include "ledger/opening.h"
#include "seal/batch_keys.h"
#include "seal/receipt.h"

namespace plumbline::intake {

namespace {

constexpr std::size_t tips_of_one_key_max = 4096;

class SealingReportBatch final : public ReportBatch {
  public:
    SealingReportBatch(const IntakeParts& parts, const ReportBatchOptions& options)
        : parts_(parts), options_(options), key_(seal::BatchKey::random(parts.keys.desk, parts.entropy)) {}
    ~SealingReportBatch() override {
        for (const NewTip& tip : waiting_) remove_blobs(tip, nullptr);
    }

    std::size_t waiting() const override { return waiting_.size(); }

    Result<void> add(SubmittedReport report) override {
        if (report.files.size() > parts_.limits.tip_files_max) return fail(ErrorKind::too_large, "files: at most {} are taken", parts_.limits.tip_files_max);
        if (used_ >= tips_of_one_key_max) {
            key_ = seal::BatchKey::random(parts_.keys.desk, parts_.entropy);
            used_ = 0;
        }
        TipContent& content = report.content;
        content.files.clear();
        for (const SubmittedFile& file : report.files) content.files.push_back(AttachedFile{kept_name(file.name, parts_.limits), kept_media_type(file.media_type), file.bytes.size()});
        content.origin.partner = options_.partner;
        content.own_values = own_values_in(content.text, report.contact);
        const Category* category = TRY(check_content(content, parts_.categories, parts_.limits));
        ++used_;
        NewTip tip;
        const Instant hour = hour_of(parts_.clock.now());
        tip.header = TipHeader{fresh_id<TipId>(hour, parts_.entropy), hour, TipChannel::api, category->group, false};
        const seal::TipKey key = key_.tip_key(tip.header.id);
        tip.wrapped_keys = key_.wrapped_keys(tip.header.id);
        auto sealed = seal_parts(report, key, tip);
        if (!sealed) {
            remove_blobs(tip, nullptr);
            return sealed;
        }
        finish_tip(key, tip);
        if (report.bundle_source) tip.dedup_key = hmac_sha256(parts_.keys.dedup_secret, view("report\n" + *report.bundle_source));
        if (report.delivery_source) tip.delivery_key = hmac_sha256(parts_.keys.dedup_secret, view("delivery\n" + *report.delivery_source));
        if (tip.dedup_key && tip.parts.size() > 1) tip.repeat = Repeat{RepeatId(tip.header.id.bytes()), hour, tip.wrapped_keys, tip.parts[1]};
        waiting_.push_back(std::move(tip));
        return {};
    }

    Result<std::vector<ReportReceipt>> commit() override {
        std::vector<NewTip> tips = std::exchange(waiting_, {});
        if (tips.empty()) return std::vector<ReportReceipt>();
        // What is needed of each afterwards is small: its blobs.
        std::vector<NewTip> blobs_of(tips.size());
        for (std::size_t i = 0; i < tips.size(); ++i)
            for (const SealedPart& part : tips[i].parts)
                if (std::holds_alternative<BlobRef>(part.where)) blobs_of[i].parts.push_back(part);
        auto accepted = parts_.store.accept_tips(std::move(tips));
        if (!accepted) {
            for (const NewTip& tip : blobs_of) remove_blobs(tip, nullptr);
            return fail(accepted.error());
        }
        std::vector<ReportReceipt> receipts;
        for (std::size_t i = 0; i < accepted->size(); ++i) {
            const Accepted& one = (*accepted)[i];
            if (!one.is_new) remove_blobs(blobs_of[i], &one);
            receipts.push_back(ReportReceipt{one.tip, one.is_new, one.was_delivered, 1 + one.repeats, one.ledger_index});
        }
        log_event(LogLevel::debug, "reports.accepted", {{"count", static_cast<std::uint64_t>(receipts.size())}});
        return receipts;
    }

  private:
    Result<void> seal_parts(const SubmittedReport& report, const seal::TipKey& key, NewTip& tip) {
        const seal::SecretBytes plain(to_bytes(to_json(report.content).dump()));
        tip.parts.push_back(TRY(PartIntake::commit_sealed(seal::seal_content(key, tip.header.id, plain.bytes(), parts_.entropy), 0, parts_.blobs, parts_.limits.inline_part_bytes_max)));
        std::uint32_t number = 0;
        for (const SubmittedFile& file : report.files) {
            ++number;
            tip.parts.push_back(TRY(PartIntake::commit_sealed(seal::seal_part(key, tip.header.id, number, file.bytes, parts_.entropy), number, parts_.blobs, parts_.limits.inline_part_bytes_max)));
        }
        return {};
    }

    void finish_tip(const seal::TipKey& key, NewTip& tip) {
        std::vector<seal::ManifestRow> manifest;
        std::uint64_t sealed_bytes = 0;
        for (const SealedPart& part : tip.parts) {
            manifest.push_back(seal::ManifestRow{part.part, part.sealed_bytes, part.sealed_sha256});
            sealed_bytes += part.sealed_bytes;
        }
        const TipId id = tip.header.id;
        const Instant hour = tip.header.received_hour;
        const Sha256 manifest_hash = seal::manifest_hash(manifest);
        const ledger::Opening opening = ledger::make_opening(seal::received_statement(id, manifest_hash), parts_.entropy);
        // No mailbox: nobody has what this would be the hash of.
        parts_.entropy.fill(tip.mailbox_hash.bytes);
        tip.received.entry = LedgerEntry{kind_of_received(), day_of(hour), tip.header.group, "", ledger::commitment_of(opening)};
        tip.received.tip = id;
        tip.received.opening = seal::seal_part(key, id, seal::opening_part, ledger::bytes_of(opening), parts_.entropy);
        tip.first_job = NewJob{fresh_id<JobId>(hour, parts_.entropy), id, std::string(skill_line), options_.trust, hour};
        tip.receipt = seal::make_receipt(seal::Receipt{id, day_of(hour), tip.parts.size(), sealed_bytes, manifest_hash, parts_.keys.desk, tip.received.entry, opening.salt}, parts_.keys.receipt);
    }

    // Of a tip that was not kept: all but what a repeat of it names now. One that cannot be removed is swept at a later start.
    void remove_blobs(const NewTip& tip, const Accepted* accepted) {
        for (const SealedPart& part : tip.parts) {
            const bool is_kept = accepted != nullptr && !accepted->was_delivered && part.part == 1;
            if (const auto* ref = std::get_if<BlobRef>(&part.where); ref != nullptr && !is_kept) (void)parts_.blobs.remove(*ref).has_value();
        }
    }

    const IntakeParts& parts_;
    const ReportBatchOptions options_;
    seal::BatchKey key_;
    std::size_t used_ = 0;
    std::vector<NewTip> waiting_;
};

}  // namespace

std::unique_ptr<ReportBatch> make_report_batch(const IntakeParts& parts, const ReportBatchOptions& options) { return std::make_unique<SealingReportBatch>(parts, options); }

}  // namespace plumbline::intake
