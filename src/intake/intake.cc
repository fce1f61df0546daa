// SPDX-License-Identifier: Apache-2.0
#include "intake/intake.h"

#include "base/check.h"
#include "base/log.h"
#include "intake/content_check.h"
#include "intake/report_writer.h"
#include "intake/tip_writer.h"
#include "seal/blob.h"
#include "seal/mailbox.h"

namespace plumbline::intake {

namespace {

// What one mailbox holds at most: the holder of the words cannot fill the disk with them.
constexpr std::size_t mailbox_messages_max = 500;

std::string message_context(TipId tip, MessageId message) { return fmt::format("message/{}/{}", tip.text(), message.text()); }

class SealingIntake final : public Intake {
  public:
    explicit SealingIntake(IntakeParts parts) : parts_(std::move(parts)) {
        CHECK(!parts_.keys.desk.empty());
        CHECK(parts_.keys.dedup_secret.size() == 32);
    }

    Result<std::unique_ptr<TipWriter>> begin(const SubmissionOptions& options) override {
        if (options.received && options.channel != TipChannel::demo)
            return fail(ErrorKind::invalid, "received: only demo data may say when it came");
        return make_tip_writer(parts_, options);
    }

    std::unique_ptr<ReportBatch> begin_reports(const ReportBatchOptions& options) override { return make_report_batch(parts_, options); }

    Result<Mailbox> open_mailbox(std::string_view words) override {
        const seal::MailboxKeys keys = seal::mailbox_keys_of(TRY(seal::receipt_secret_from_words(words)));
        Mailbox mailbox;
        mailbox.tip = TRY(parts_.store.tip_by_mailbox(seal::mailbox_id_of(keys.token)));
        const TipId tip = mailbox.tip.header.id;
        mailbox.messages = TRY(parts_.store.messages_of(tip));
        for (const Message& message : mailbox.messages) {
            if (message.direction != MessageDirection::to_reporter) continue;
            const auto plain = seal::open_sealed(keys.secret, message_context(tip, message.id), message.sealed);
            if (plain) {
                mailbox.answers.emplace_back(text_of(*plain));
                continue;
            }
            // One damaged answer must not hide the others.
            log_event(LogLevel::error, "message.damaged", {{"message", message.id.text()}});
            mailbox.answers.emplace_back("This answer is damaged and cannot be opened.");
        }
        return mailbox;
    }

    Result<void> add_message(std::string_view words, std::string_view text) override {
        const seal::MailboxKeys keys = seal::mailbox_keys_of(TRY(seal::receipt_secret_from_words(words)));
        TRY(check_message(text, parts_.limits));
        const TipId tip = TRY(parts_.store.tip_by_mailbox(seal::mailbox_id_of(keys.token))).header.id;
        if (TRY(parts_.store.messages_of(tip)).size() >= mailbox_messages_max)
            return fail(ErrorKind::too_large, "message: this mailbox holds {} messages and takes no more", mailbox_messages_max);
        Message message;
        message.tip = tip;
        message.direction = MessageDirection::from_reporter;
        message.hour = hour_of(parts_.clock.now());
        message.id = fresh_id<MessageId>(message.hour, parts_.entropy);
        message.sealed = seal::seal_to(parts_.keys.desk.front(), message_context(tip, message.id), view(text), parts_.entropy);
        Change change;
        change.messages.push_back(std::move(message));
        return parts_.store.apply(std::move(change));
    }

  private:
    const IntakeParts parts_;
};

}  // namespace

std::unique_ptr<Intake> Intake::make(Store& store, Blobs& blobs, Clock& clock, Entropy& entropy, const Categories& categories,
                                     IntakeKeys keys, const Limits& limits) {
    return std::make_unique<SealingIntake>(IntakeParts{store, blobs, clock, entropy, categories, std::move(keys), limits});
}

}  // namespace plumbline::intake
