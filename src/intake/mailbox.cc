// SPDX-License-Identifier: Apache-2.0
// The mailbox: reading it with the words, adding to the tip, withdrawing it. Whatever a reporter adds is sealed to the desk, and
// leaves an entry that commits to it: what is in the store can be held against the log.
#include "intake/mailbox.h"

#include "base/log.h"
#include "intake/content_check.h"
#include "intake/message_writer.h"
#include "ledger/opening.h"
#include "seal/blob.h"
#include "seal/mailbox.h"
#include "seal/message.h"
#include "store/part_bytes.h"

namespace plumbline::intake {

namespace {

struct Found {
    seal::MailboxKeys keys;
    TipRow tip;
};
Result<Found> find(const IntakeParts& parts, std::string_view words) {
    const seal::MailboxKeys keys = seal::mailbox_keys_of(TRY(seal::receipt_secret_from_words(words)));
    return Found{keys, TRY(parts.store.tip_by_mailbox(seal::mailbox_id_of(keys.token)))};
}

// The hotline has no key of the tip: the opening is sealed to the desk alone.
NewEntry entry_of(const IntakeParts& parts, const TipHeader& tip, std::string kind, Json statement) {
    Json whole = Json::object();
    whole.set("tip", tip.id.text());
    for (const auto& [name, value] : statement.as_object()) whole.set(name, value);
    const ledger::Opening opening = ledger::make_opening(whole.dump(), parts.entropy);
    NewEntry entry;
    entry.tip = tip.id;
    entry.entry = LedgerEntry{std::move(kind), day_of(parts.clock.now()), tip.group, "", ledger::commitment_of(opening)};
    entry.opening = seal::seal_to(parts.keys.desk.front(), reporter_opening_context(tip.id), ledger::bytes_of(opening), parts.entropy);
    return entry;
}

class SealingAddition final : public Addition {
  public:
    SealingAddition(const IntakeParts& parts, TipRow tip, const MessageUse& use)
        : parts_(parts),
          tip_(std::move(tip)),
          writer_(parts.blobs, parts.entropy, parts.limits, {tip_.header.id, MessageDirection::from_reporter, parts.keys.desk.front(), hour_of(parts.clock.now())}, use) {}

    Result<void> begin_file(std::string_view name, std::string_view media_type) override { return writer_.begin_file(name, media_type); }
    Result<void> file_data(ByteView piece) override { return writer_.file_data(piece); }
    Result<void> end_file() override { return writer_.end_file(); }
    std::size_t files() const override { return writer_.files(); }

    Result<void> finish(std::string_view text) override {
        TRY(check_message(text, parts_.limits, writer_.files() > 0));
        MessageWriter::Made made = TRY(writer_.finish(text, {}));
        Json statement = Json::object();
        statement.set("act", "added by the reporter").set("message", made.message.id.text()).set("sealed_sha256", sha256(made.message.sealed).hex());
        if (writer_.files() > 0) statement.set("files_sha256", made.files.hex());
        Change change;
        change.entries.push_back(entry_of(parts_, tip_.header, kind_of_addition(), std::move(statement)));
        // The line reads the tip again, with what was added. Where its job waits already, that one will see it too; one more
        // makes the same products.
        const Instant hour = made.message.hour;
        if (writer_.files() > 0) change.jobs.push_back({fresh_id<JobId>(hour, parts_.entropy), tip_.header.id, std::string(skill_line), 0, hour});
        change.messages.push_back(std::move(made.message));
        TRY(parts_.store.apply(std::move(change)));
        writer_.keep();
        log_event_of_public_tip(LogLevel::info, "tip.added_to", {{"tip", tip_.header.id.text()}, {"files", static_cast<std::int64_t>(writer_.files())}});
        return {};
    }

  private:
    const IntakeParts& parts_;
    const TipRow tip_;
    MessageWriter writer_;
};

}  // namespace

Result<Intake::Mailbox> opened_mailbox(const IntakeParts& parts, std::string_view words) {
    const Found found = TRY(find(parts, words));
    Intake::Mailbox mailbox;
    mailbox.tip = found.tip;
    const TipId tip = mailbox.tip.header.id;
    for (const StoredEntry& stored : TRY(parts.store.ledger_entries_of(tip))) mailbox.steps.push_back({stored.entry.kind, stored.entry.day});
    mailbox.messages = TRY(parts.store.messages_of(tip));
    for (const Message& message : mailbox.messages) {
        if (message.direction != MessageDirection::to_reporter) continue;
        auto content = seal::open_message(found.keys.secret, tip, message.id, message.sealed);
        // One damaged answer must not hide the others.
        if (!content) log_event(LogLevel::error, "message.damaged", {{"message", message.id.text()}});
        mailbox.answers.push_back(content ? std::optional<MessageContent>(std::move(*content)) : std::nullopt);
    }
    return mailbox;
}

Result<std::unique_ptr<Addition>> begun_addition(const IntakeParts& parts, std::string_view words) {
    const Found found = TRY(find(parts, words));
    if (TRY(parts.store.messages_of(found.tip.header.id)).size() >= parts.limits.mailbox_messages_max)
        return fail(ErrorKind::too_large, "message: this mailbox holds {} messages and takes no more", parts.limits.mailbox_messages_max);
    return std::make_unique<SealingAddition>(parts, found.tip, TRY(parts.store.message_use_of(found.tip.header.id)));
}

Result<void> withdrawn(const IntakeParts& parts, std::string_view words) {
    const Found found = TRY(find(parts, words));
    if (found.tip.withdrawn_hour) return {};
    const Instant hour = hour_of(parts.clock.now());
    Change change;
    change.withdrawals.push_back({found.tip.header.id, hour});
    change.entries.push_back(entry_of(parts, found.tip.header, kind_of_withdrawal(), Json::object().set("act", "withdrawn by the reporter").set("hour", to_text(hour))));
    auto applied = parts.store.apply(std::move(change));
    // Pressed twice: the first one counts.
    if (!applied && applied.error().kind != ErrorKind::conflict) return applied;
    return {};
}

Result<AnswerFile> answer_file_of(const IntakeParts& parts, std::string_view words, MessageId id, std::uint32_t n) {
    const Found found = TRY(find(parts, words));
    for (const Message& message : TRY(parts.store.messages_of(found.tip.header.id))) {
        if (message.id != id || message.direction != MessageDirection::to_reporter) continue;
        const MessageContent content = TRY(seal::open_message(found.keys.secret, message.tip, id, message.sealed));
        if (n == 0 || n > content.files.size()) break;
        for (SealedPart& part : TRY(parts.store.message_parts(id))) {
            if (part.part != n) continue;
            return AnswerFile{content.files[n - 1], std::make_unique<seal::PartReader>(TRY(seal::files_key_of(content)), seal::envelope_of(id), n, TRY(reading(parts.blobs, std::move(part))))};
        }
    }
    return fail(ErrorKind::not_found, "there is no such file");
}

}  // namespace plumbline::intake
