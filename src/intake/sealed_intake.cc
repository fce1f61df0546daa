// SPDX-License-Identifier: Apache-2.0
// An upload's secret is 16 random bytes and its length; its file is named by a hash of that. So a request needs no list, and
// a length that was changed names no file.
#include "intake/sealed_intake.h"

#include <mutex>
#include <set>

#include "base/log.h"
#include "intake/new_tip.h"
#include "seal/blob.h"
#include "seal/envelope.h"

namespace plumbline::intake {

namespace {

constexpr std::size_t secret_random_bytes = 16;
constexpr std::size_t desks_max = 16;

class Pieces final : public UploadPieces {
  public:
    Pieces(std::unique_ptr<UploadWriter> writer, std::uint64_t offset, std::uint64_t length)
        : writer_(std::move(writer)), is_at_start_(offset == 0), length_(length) {}
    Result<void> data(ByteView piece) override {
        if (piece.empty()) return {};
        // Its number is not known yet: as a file it must have this form.
        if (is_at_start_) TRY(seal::check_part_form(1, piece.front(), length_));
        is_at_start_ = false;
        return writer_->write(piece);
    }
    Result<std::uint64_t> finish() override { return writer_->commit(); }

  private:
    std::unique_ptr<UploadWriter> writer_;
    bool is_at_start_;
    const std::uint64_t length_;
};

class TakingSealed final : public SealedIntake {
  public:
    TakingSealed(IntakeParts parts, Uploads& uploads) : parts_(std::move(parts)), uploads_(uploads) {}

    Result<NewUpload> create_upload(std::uint64_t length_bytes) override {
        const Limits& limits = parts_.limits;
        if (length_bytes > seal::sealed_bytes_of(limits.file_bytes_max))
            return fail(ErrorKind::too_large, "a file may have {} bytes, {} when sealed", limits.file_bytes_max, seal::sealed_bytes_of(limits.file_bytes_max));
        if (!seal::plain_bytes_of(length_bytes)) return fail(ErrorKind::invalid, "no sealed part has {} bytes", length_bytes);
        TRY(sweep());
        const Uploads::Totals totals = TRY(uploads_.totals());
        if (totals.uploads >= limits.uploads_max || totals.bytes + length_bytes > limits.uploads_bytes_max)
            return fail(ErrorKind::busy, "too many uploads are unfinished");
        Bytes secret(secret_random_bytes);
        parts_.entropy.fill(secret);
        append_u64(secret, length_bytes);
        TRY(uploads_.create(UploadName{sha256(secret), length_bytes}));
        return NewUpload{to_base64url(secret), expiry(hour_of(parts_.clock.now()))};
    }

    Result<UploadProgress> progress(std::string_view upload) override {
        const UploadName name = TRY(name_of(upload));
        const UploadState state = TRY(uploads_.state(name));
        return UploadProgress{state.offset_bytes, name.length_bytes, expiry(state.last_hour)};
    }

    Result<std::unique_ptr<UploadPieces>> append(std::string_view upload, std::uint64_t offset_bytes) override {
        const UploadName name = TRY(name_of(upload));
        return std::make_unique<Pieces>(TRY(uploads_.append(name, offset_bytes)), offset_bytes, name.length_bytes);
    }

    Result<void> end_upload(std::string_view upload) override { return uploads_.remove(TRY(name_of(upload))); }

    Result<SealedReceipt> accept(SealedTip tip) override {
        TRY(check(tip));
        if (auto row = parts_.store.tip_by_mailbox(tip.mailbox); row) {
            if (row->header.id != tip.tip) return fail(ErrorKind::conflict, "mailbox: belongs to another tip");
            return SealedReceipt{tip.tip, row->received_index, row->receipt, false};
        } else if (row.error().kind != ErrorKind::not_found) {
            return fail(std::move(row).error());
        }
        if (parts_.store.tip(tip.tip)) return fail(ErrorKind::conflict, "tip: this id belongs to another tip");
        // Blobs of a tip that is not kept are left to the sweep: the same tip may be on its way in a second time, and name them.
        std::vector<SealedPart> sealed;
        std::uint64_t all_bytes = 0;
        for (SealedTipPart& part : tip.parts) {
            auto placed = place(part);
            if (!placed) return fail_in(fmt::format("parts/{}", part.part), placed.error());
            sealed.push_back(std::move(*placed));
            if (part.part != 0 && part.part != seal::identity_part) all_bytes += TRY(seal::plain_bytes_of(sealed.back().sealed_bytes));
        }
        if (all_bytes > parts_.limits.tip_bytes_max) return fail(ErrorKind::too_large, "parts: all files together may have {} bytes", parts_.limits.tip_bytes_max);
        const Accepted accepted = TRY(parts_.store.accept_tip(tip_around(tip, std::move(sealed))));
        // One that cannot be removed now runs out.
        for (const SealedTipPart& part : tip.parts)
            if (!part.upload.empty()) (void)end_upload(part.upload).has_value();
        log_event_of_public_tip(LogLevel::info, "tip.accepted", {{"tip", tip.tip.text()}});
        const TipRow row = TRY(parts_.store.tip(tip.tip));
        return SealedReceipt{tip.tip, accepted.ledger_index, row.receipt, true};
    }

    const IntakeKeys& keys() const override { return parts_.keys; }

  private:
    Instant expiry(Instant last_hour) const { return last_hour + std::chrono::hours(parts_.limits.upload_hours); }

    static Result<UploadName> name_of(std::string_view secret) {
        const auto bytes = from_base64url(secret);
        if (!bytes || bytes->size() != secret_random_bytes + 8) return fail(ErrorKind::not_found, "there is no such upload");
        ByteReader reader(*bytes);
        TRY(reader.take(secret_random_bytes));
        return UploadName{sha256(*bytes), TRY(reader.u64())};
    }

    // At most once an hour, and only where somebody uploads.
    Result<void> sweep() {
        const Instant hour = hour_of(parts_.clock.now());
        {
            const std::lock_guard lock(swept_mutex_);
            if (swept_ == hour) return {};
            swept_ = hour;
        }
        const std::size_t removed = TRY(uploads_.sweep(hour - std::chrono::hours(parts_.limits.upload_hours)));
        if (removed > 0) log_event(LogLevel::info, "uploads.swept", {{"uploads", std::uint64_t{removed}}});
        return {};
    }

    Result<void> check(const SealedTip& tip) const {
        TRY(check_id(tip.tip));
        const std::size_t keys = tip.wrapped_keys.size() / seal::wrapped_key_bytes;
        if (keys < 1 || keys > desks_max || tip.wrapped_keys.size() % seal::wrapped_key_bytes != 0)
            return fail(ErrorKind::invalid, "wrapped_keys: {} bytes are not 1 to {} keys of {}", tip.wrapped_keys.size(), desks_max, seal::wrapped_key_bytes);
        const std::size_t numbered = tip.parts.size() - (has_identity(tip) ? 1 : 0);
        if (numbered == 0 || numbered > parts_.limits.tip_files_max + 1)
            return fail(ErrorKind::invalid, "parts: the content and at most {} files", parts_.limits.tip_files_max);
        if (has_identity(tip)) TRY(check_identity(tip.parts.back()));
        std::set<std::string_view> uploads;
        for (std::uint32_t number = 0; number < numbered; ++number) {
            const SealedTipPart& part = tip.parts[number];
            if (part.part != number) return fail(ErrorKind::invalid, "parts/{}: the number {} stands where {} must", number, part.part, number);
            if (part.upload.empty() == part.sealed.empty()) return fail(ErrorKind::invalid, "parts/{}: either an upload or sealed bytes", number);
            if (!part.upload.empty() && !uploads.insert(part.upload).second) return fail(ErrorKind::invalid, "parts/{}: this upload stands twice", number);
        }
        return {};
    }

    static bool has_identity(const SealedTip& tip) { return tip.parts.size() > 1 && tip.parts.back().part == seal::identity_part; }

    // A wrapped key, then a part that is padded as the content is.
    static Result<void> check_identity(const SealedTipPart& part) {
        if (part.sealed.size() <= seal::wrapped_key_bytes) return fail(ErrorKind::invalid, "parts/{}: the bytes themselves", part.part);
        const auto form = seal::check_part_form(0, part.sealed[seal::wrapped_key_bytes], part.sealed.size() - seal::wrapped_key_bytes);
        if (!form) return fail(ErrorKind::invalid, "parts/{}: {}", part.part, form.error().message);
        return {};
    }

    // The time in the id is an hour, so that it tells no more; one of now, or of when the upload began.
    Result<void> check_id(TipId tip) const {
        const IdBytes& bytes = tip.bytes();
        std::int64_t millis = 0;
        for (std::size_t i = 0; i < 6; ++i) millis = millis << 8 | std::to_integer<std::int64_t>(bytes[i]);
        const Instant when{std::chrono::milliseconds(millis)};
        if (bytes != uuid_v7(when, bytes)) return fail(ErrorKind::invalid, "tip: is not a UUID of version 7");
        if (hour_of(when) != when) return fail(ErrorKind::invalid, "tip: its time is finer than the hour");
        const Instant now = parts_.clock.now();
        if (when > now + std::chrono::hours(1) || when < now - std::chrono::hours(2 * parts_.limits.upload_hours))
            return fail(ErrorKind::invalid, "tip: its hour is not near the present one");
        return {};
    }

    Result<SealedPart> place(SealedTipPart& part) {
        if (part.upload.empty()) {
            if (part.part != seal::identity_part) TRY(seal::check_part_form(part.part, part.sealed.front(), part.sealed.size()));
            return PartIntake::commit_sealed(std::move(part.sealed), part.part, parts_.blobs, parts_.limits.inline_part_bytes_max);
        }
        const UploadName name = TRY(name_of(part.upload));
        const UploadState state = TRY(uploads_.state(name));
        if (state.offset_bytes != name.length_bytes) return fail(ErrorKind::conflict, "the upload stands at {} of {} bytes", state.offset_bytes, name.length_bytes);
        // Its first byte was looked at when it came.
        TRY(seal::check_part_form(part.part, std::byte{1}, name.length_bytes));
        SealedPart placed;
        placed.part = part.part;
        placed.sealed_bytes = name.length_bytes;
        if (name.length_bytes <= parts_.limits.inline_part_bytes_max) {
            Bytes sealed = TRY(uploads_.bytes(name));
            placed.sealed_sha256 = sha256(sealed);
            placed.where = std::move(sealed);
            return placed;
        }
        const BlobRef blob = TRY(uploads_.keep(name, parts_.blobs));
        placed.sealed_sha256 = blob.sha256;
        placed.where = blob;
        return placed;
    }

    NewTip tip_around(const SealedTip& tip, std::vector<SealedPart> sealed) {
        NewTipAround around;
        around.header = TipHeader{tip.tip, hour_of(parts_.clock.now()), TipChannel::form, tip.group, false};
        around.parts = std::move(sealed);
        around.wrapped_keys = tip.wrapped_keys;
        around.mailbox = tip.mailbox;
        around.reporter_key = tip.reporter_key;
        around.seal_opening = [this, &tip](ByteView opening) { return seal::seal_opening_to(parts_.keys.desk.front(), tip.tip, opening, parts_.entropy); };
        return new_tip(parts_, std::move(around));
    }

    const IntakeParts parts_;
    Uploads& uploads_;
    std::mutex swept_mutex_;
    Instant swept_{};                            // guarded by swept_mutex_
};

}  // namespace

std::unique_ptr<SealedIntake> SealedIntake::make(Store& store, Blobs& blobs, Uploads& uploads, Clock& clock, Entropy& entropy,
                                                 IntakeKeys keys, const Limits& limits) {
    return std::make_unique<TakingSealed>(IntakeParts{store, blobs, clock, entropy, Categories(), std::move(keys), limits}, uploads);
}

}  // namespace plumbline::intake
