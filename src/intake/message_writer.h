// SPDX-License-Identifier: Apache-2.0
// Makes one message of the mailbox with its files, sealed as they stream: by intake to the desk, by the desk to the reporter.
//
//     MessageWriter writer(blobs, entropy, limits, {tip, MessageDirection::from_reporter, desk_key, hour}, use);
//     TRY(writer.begin_file("letter.eml", "message/rfc822"));  TRY(writer.file_data(piece));  TRY(writer.end_file());
//     auto made = TRY(writer.finish("Here it is.", {}));
//     TRY(store.apply(...made.message...));
//     writer.keep();                         // else its blobs go again
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "intake/part_intake.h"
#include "seal/message.h"

namespace plumbline::intake {

struct MessageTarget {
    TipId tip;
    MessageDirection direction = MessageDirection::from_reporter;
    seal::PublicKey to;
    Instant hour;
};

// One thread at a time. Destroyed without keep() it leaves nothing behind.
class MessageWriter {
  public:
    // `use` is what the mailbox holds already. All of these outlive the writer.
    MessageWriter(Blobs& blobs, Entropy& entropy, const Limits& limits, const MessageTarget& target, const MessageUse& use);
    ~MessageWriter();
    MessageWriter(const MessageWriter&) = delete;
    MessageWriter& operator=(const MessageWriter&) = delete;

    MessageId id() const { return id_; }
    std::size_t files() const { return content_.files.size(); }
    Result<void> begin_file(std::string_view name, std::string_view media_type);   // too_large: too many, or the mailbox is full
    Result<void> file_data(ByteView piece);                                         // too_large, unavailable
    Result<void> end_file();
    struct Made {
        Message message;
        Sha256 files;                       // seal::manifest_hash of its parts
        MessageContent content;             // what was sealed
    };
    Result<Made> finish(std::string_view text, std::optional<StepNotice> notice);
    void keep() { committed_.clear(); }

  private:
    Blobs& blobs_;
    Entropy& entropy_;
    const Limits& limits_;
    const MessageTarget target_;
    const MessageId id_;
    const seal::TipKey key_;
    std::uint64_t bytes_left_;
    std::uint64_t files_left_;
    MessageContent content_;
    std::vector<PartIntake> parts_;
    std::vector<BlobRef> committed_;
    bool is_in_file_ = false;
};

}  // namespace plumbline::intake
