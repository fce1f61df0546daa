// SPDX-License-Identifier: Apache-2.0
// The order of finish(): check the content, seal it, make the blobs durable, then commit row, parts, ledger entry and first
// job in one transaction. A crash before the commit leaves at most blobs that no row names (intake/sweep.h).
#include "intake/tip_writer.h"

#include "base/check.h"
#include "base/log.h"
#include "intake/content_check.h"
#include "intake/new_tip.h"
#include "seal/identity.h"
#include "seal/mailbox.h"

namespace plumbline::intake {

namespace {

// Blobs that are durable already; removed again unless the tip is kept.
class CommittedBlobs {
  public:
    explicit CommittedBlobs(Blobs& blobs) : blobs_(blobs) {}
    CommittedBlobs(const CommittedBlobs&) = delete;
    CommittedBlobs& operator=(const CommittedBlobs&) = delete;
    ~CommittedBlobs() {
        // One that cannot be removed now is swept at a later start.
        for (const BlobRef& ref : refs_) (void)blobs_.remove(ref).has_value();
    }
    void note(const SealedPart& part) {
        if (const auto* ref = std::get_if<BlobRef>(&part.where)) refs_.push_back(*ref);
    }
    void keep() { refs_.clear(); }

  private:
    Blobs& blobs_;
    std::vector<BlobRef> refs_;
};

class SealingTipWriter final : public TipWriter {
  public:
    SealingTipWriter(const IntakeParts& parts, const SubmissionOptions& options)
        : parts_(parts),
          received_(hour_of(options.received.value_or(parts.clock.now()))),
          channel_(options.channel),
          partner_(options.partner),
          has_size_limit_(!options.has_no_size_limit),
          tip_(fresh_id<TipId>(received_, parts.entropy)),
          key_(seal::TipKey::random(parts.entropy)) {
        // Hashed at once with a key: neither what was submitted nor a hash that anybody could try stays.
        if (options.dedup_source) dedup_key_ = hmac_sha256(parts.keys.dedup_secret, *options.dedup_source);
    }

    Result<void> begin_file(std::string_view name, std::string_view media_type) override {
        CHECK(!is_in_file_ && !is_finished_);
        if (files_.size() >= parts_.limits.tip_files_max)
            return fail(ErrorKind::too_large, "files: at most {} are taken", parts_.limits.tip_files_max);
        files_.push_back(AttachedFile{kept_name(name, parts_.limits), kept_media_type(media_type), 0});
        const auto part = static_cast<std::uint32_t>(files_.size());
        sealed_files_.emplace_back(seal::PartSealer(key_, tip_, part, parts_.entropy), part, parts_.blobs,
                                   parts_.limits.inline_part_bytes_max);
        is_in_file_ = true;
        return {};
    }

    Result<void> file_data(ByteView piece) override {
        CHECK(is_in_file_);
        PartIntake& file = sealed_files_.back();
        if (has_size_limit_ && file.plain_bytes() + piece.size() > parts_.limits.file_bytes_max)
            return fail(ErrorKind::too_large, "files: one file may have {} bytes", parts_.limits.file_bytes_max);
        if (has_size_limit_ && all_bytes_ + piece.size() > parts_.limits.tip_bytes_max)
            return fail(ErrorKind::too_large, "files: all files together may have {} bytes", parts_.limits.tip_bytes_max);
        all_bytes_ += piece.size();
        return file.push(piece);
    }

    Result<void> end_file() override {
        CHECK(is_in_file_);
        is_in_file_ = false;
        files_.back().size_bytes = sealed_files_.back().plain_bytes();
        return sealed_files_.back().finish();
    }

    std::size_t files() const override { return files_.size(); }

    Result<Receipt> finish(TipContent content) override {
        CHECK(!is_in_file_);
        if (is_finished_) return fail(ErrorKind::conflict, "this tip was finished before");
        content.files = files_;
        if (!partner_.empty()) content.origin.partner = partner_;
        const Category* category = TRY(check_content(content, parts_.categories, parts_.limits));
        is_finished_ = true;

        CommittedBlobs committed(parts_.blobs);
        const seal::ReceiptSecret secret = seal::ReceiptSecret::random(parts_.entropy);
        const seal::MailboxKeys mailbox = seal::mailbox_keys_of(secret);
        // Inside the seal, so that the desk can tell a mailbox key that was changed in the row.
        content.reporter_key = to_base64(mailbox.public_key.bytes);
        const ReporterIdentity identity{std::exchange(content.contact, "")};
        content.own_values = own_values_in(content.text, identity.contact);
        std::vector<SealedPart> sealed = TRY(commit_parts(content, identity, committed));
        NewTip tip = tip_around(std::move(sealed), category->group, mailbox);
        Receipt receipt;
        receipt.proof = tip.receipt;
        const Accepted accepted = TRY(parts_.store.accept_tip(std::move(tip)));
        receipt.tip = accepted.tip;
        receipt.is_new = accepted.is_new;
        if (!accepted.is_new) {
            receipt.proof.clear();
            return receipt;
        }
        committed.keep();
        receipt.words = seal::receipt_words(secret);
        const bool is_single = channel_ == TipChannel::form || channel_ == TipChannel::api;
        log_event_of_public_tip(is_single ? LogLevel::info : LogLevel::debug, "tip.accepted", {{"tip", receipt.tip.text()}});
        return receipt;
    }

  private:
    Result<std::vector<SealedPart>> commit_parts(const TipContent& content, const ReporterIdentity& identity, CommittedBlobs& committed) {
        const seal::SecretBytes plain(to_bytes(to_json(content).dump()));
        std::vector<SealedPart> sealed;
        sealed.push_back(TRY(PartIntake::commit_sealed(seal::seal_content(key_, tip_, plain.bytes(), parts_.entropy), 0, parts_.blobs,
                                                       parts_.limits.inline_part_bytes_max)));
        committed.note(sealed.back());
        for (PartIntake& file : sealed_files_) {
            sealed.push_back(TRY(file.commit()));
            committed.note(sealed.back());
        }
        if (!identity.contact.empty()) {
            const seal::SecretBytes named(to_bytes(to_json(identity).dump()));
            sealed.push_back(TRY(PartIntake::commit_sealed(seal::seal_identity(tip_, named.bytes(), parts_.keys.identity, parts_.entropy), seal::identity_part,
                                                           parts_.blobs, parts_.limits.inline_part_bytes_max)));
            committed.note(sealed.back());
        }
        return sealed;
    }

    NewTip tip_around(std::vector<SealedPart> sealed, CategoryGroup group, const seal::MailboxKeys& mailbox) {
        NewTipAround around;
        around.header = TipHeader{tip_, received_, channel_, group, channel_ == TipChannel::demo};
        around.parts = std::move(sealed);
        around.wrapped_keys = seal::wrap_tip_key_for(key_, tip_, parts_.keys.desk, parts_.entropy);
        around.mailbox = seal::mailbox_id_of(mailbox.token);
        around.reporter_key = mailbox.public_key;
        around.dedup_key = dedup_key_;
        around.seal_opening = [this](ByteView opening) { return seal::seal_part(key_, tip_, seal::opening_part, opening, parts_.entropy); };
        return new_tip(parts_, std::move(around));
    }

    const IntakeParts& parts_;
    const Instant received_;
    const TipChannel channel_;
    const std::string partner_;
    const bool has_size_limit_;
    const TipId tip_;
    const seal::TipKey key_;
    std::optional<Sha256> dedup_key_;
    std::vector<AttachedFile> files_;
    std::vector<PartIntake> sealed_files_;
    std::uint64_t all_bytes_ = 0;
    bool is_in_file_ = false;
    bool is_finished_ = false;
};

}  // namespace

std::unique_ptr<TipWriter> make_tip_writer(const IntakeParts& parts, const SubmissionOptions& options) {
    return std::make_unique<SealingTipWriter>(parts, options);
}

}  // namespace plumbline::intake
