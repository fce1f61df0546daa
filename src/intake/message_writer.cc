// SPDX-License-Identifier: Apache-2.0
#include "intake/message_writer.h"

#include "base/check.h"
#include "intake/content_check.h"
#include "intake/tip_writer.h"
#include "seal/receipt.h"

namespace plumbline::intake {

MessageWriter::MessageWriter(Blobs& blobs, Entropy& entropy, const Limits& limits, const MessageTarget& target, const MessageUse& use)
    : blobs_(blobs),
      entropy_(entropy),
      limits_(limits),
      target_(target),
      id_(fresh_id<MessageId>(target.hour, entropy)),
      key_(seal::TipKey::random(entropy)),
      bytes_left_(limits.mailbox_bytes_max - std::min(limits.mailbox_bytes_max, use.bytes)),
      files_left_(limits.mailbox_files_max - std::min<std::uint64_t>(limits.mailbox_files_max, use.files)) {}

MessageWriter::~MessageWriter() {
    // One that cannot be removed now is swept at a later start.
    for (const BlobRef& ref : committed_) (void)blobs_.remove(ref).has_value();
}

Result<void> MessageWriter::begin_file(std::string_view name, std::string_view media_type) {
    CHECK(!is_in_file_);
    if (content_.files.size() >= limits_.tip_files_max) return fail(ErrorKind::too_large, "files: at most {} go with one message", limits_.tip_files_max);
    if (content_.files.size() >= files_left_) return fail(ErrorKind::too_large, "files: this mailbox holds {} and takes no more", limits_.mailbox_files_max);
    content_.files.push_back(AttachedFile{kept_name(name, limits_), kept_media_type(media_type), 0});
    const auto part = static_cast<std::uint32_t>(content_.files.size());
    parts_.emplace_back(seal::PartSealer(key_, seal::envelope_of(id_), part, entropy_), part, blobs_, limits_.inline_part_bytes_max);
    is_in_file_ = true;
    return {};
}

Result<void> MessageWriter::file_data(ByteView piece) {
    CHECK(is_in_file_);
    PartIntake& file = parts_.back();
    if (file.plain_bytes() + piece.size() > limits_.file_bytes_max) return fail(ErrorKind::too_large, "files: one file may have {} bytes", limits_.file_bytes_max);
    if (piece.size() > bytes_left_) return fail(ErrorKind::too_large, "files: this mailbox may hold {} bytes", limits_.mailbox_bytes_max);
    bytes_left_ -= piece.size();
    return file.push(piece);
}

Result<void> MessageWriter::end_file() {
    CHECK(is_in_file_);
    is_in_file_ = false;
    content_.files.back().size_bytes = parts_.back().plain_bytes();
    return parts_.back().finish();
}

Result<MessageWriter::Made> MessageWriter::finish(std::string_view text, std::optional<StepNotice> notice) {
    CHECK(!is_in_file_);
    Made made;
    content_.text = text;
    content_.notice = std::move(notice);
    if (!parts_.empty()) content_.key = to_base64(key_.bytes());
    made.message.id = id_;
    made.message.tip = target_.tip;
    made.message.direction = target_.direction;
    made.message.hour = target_.hour;
    made.message.sealed = seal::seal_message(target_.to, target_.tip, id_, content_, entropy_);
    std::vector<seal::ManifestRow> manifest;
    for (PartIntake& part : parts_) {
        SealedPart sealed = TRY(part.commit());
        if (const auto* ref = std::get_if<BlobRef>(&sealed.where)) committed_.push_back(*ref);
        manifest.push_back({sealed.part, sealed.sealed_bytes, sealed.sealed_sha256});
        made.message.parts.push_back(std::move(sealed));
    }
    made.files = seal::manifest_hash(manifest);
    made.content = content_;
    return made;
}

}  // namespace plumbline::intake
