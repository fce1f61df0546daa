// SPDX-License-Identifier: Apache-2.0
// What the desk writes to a reporter: answers with files, and what became of the tip. Sealed to the reporter alone; the desk keeps
// a copy of the words of its own, and the log commits to what was sealed.
#include "base/log.h"
#include "base/utf8.h"
#include "desk/desk.h"
#include "desk/states.h"
#include "intake/message_writer.h"

namespace plumbline::desk {

std::string product_answer(MessageId message) { return "answer/" + message.text(); }

Result<seal::PublicKey> DeskService::reporter_of(const TipRow& row) {
    seal::PublicKey reporter;
    if (row.reporter_public_key.size() != reporter.bytes.size()) return fail(ErrorKind::conflict, "this tip has no mailbox: nobody can read an answer");
    std::copy(row.reporter_public_key.begin(), row.reporter_public_key.end(), reporter.bytes.begin());
    // Whoever can write the store could put his own key there and read the answer.
    if (TRY(parts_.opener.content(row.header.id)).reporter_key != to_base64(row.reporter_public_key))
        return fail(ErrorKind::corrupt, "the mailbox key of this tip is not the one that was sealed with it: no answer is sent");
    return reporter;
}

namespace {
// What the desk keeps of what it wrote: all but the key of the files, which are the reporter's.
Json copy_of(MessageContent content, const Session& who) {
    content.key.clear();
    return to_json(content).set("staff", who.name);
}

void commit_to(Json& statement, const intake::MessageWriter::Made& made) {
    statement.set("message", made.message.id.text()).set("sealed_sha256", sha256(made.message.sealed).hex());
    if (!made.content.files.empty()) statement.set("files_sha256", made.files.hex());
}
}  // namespace

Result<void> DeskService::tell(const TipRow& row, StepNotice notice, Json& statement, Change& change, const Session& who) {
    statement.set("whom", notice.whom).set("words", notice.words);
    // A tip of a machine or an import has no mailbox: then the entry alone says it.
    if (row.reporter_public_key.empty()) return {};
    const TipId id = row.header.id;
    intake::MessageWriter writer(parts_.blobs, parts_.entropy, parts_.limits, {id, MessageDirection::to_reporter, TRY(reporter_of(row)), hour_of(parts_.clock.now())}, {});
    intake::MessageWriter::Made made = TRY(writer.finish("", std::move(notice)));
    commit_to(statement, made);
    change.products.push_back(parts_.opener.sealed_product(id, product_answer(made.message.id), 1, copy_of(made.content, who)));
    change.messages.push_back(std::move(made.message));
    return {};
}

class DeskService::Answering final : public AnswerWriter {
  public:
    Answering(DeskService& desk, TipRow row, const seal::PublicKey& reporter, const MessageUse& use, Session who)
        : desk_(desk),
          row_(std::move(row)),
          who_(std::move(who)),
          writer_(desk.parts_.blobs, desk.parts_.entropy, desk.parts_.limits, {row_.header.id, MessageDirection::to_reporter, reporter, hour_of(desk.parts_.clock.now())}, use) {}
    Result<void> begin_file(std::string_view name, std::string_view media_type) override { return writer_.begin_file(name, media_type); }
    Result<void> file_data(ByteView piece) override { return writer_.file_data(piece); }
    Result<void> end_file() override { return writer_.end_file(); }
    Result<Json> finish(std::string_view text) override;

  private:
    DeskService& desk_;
    const TipRow row_;
    const Session who_;
    intake::MessageWriter writer_;
};

Result<Json> DeskService::Answering::finish(std::string_view text) {
    const Parts& parts = desk_.parts_;
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos && writer_.files() == 0) return fail(ErrorKind::invalid, "text: is empty");
    if (text.size() > parts.limits.message_text_bytes_max) return fail(ErrorKind::invalid, "text: at most {} bytes", parts.limits.message_text_bytes_max);
    if (!is_utf8(text)) return fail(ErrorKind::invalid, "text: must be UTF-8");
    const TipId id = row_.header.id;
    intake::MessageWriter::Made made = TRY(writer_.finish(text, {}));
    Json statement = Json::object();
    statement.set("act", "answered by a person");
    commit_to(statement, made);
    Change change;
    change.products.push_back(parts.opener.sealed_product(id, product_answer(made.message.id), 1, copy_of(made.content, who_)));
    change.moves.push_back({id, row_.state, TipState::answered});
    change.entries.push_back(desk_.entry_of(row_, TipState::answered, std::move(statement), who_));
    const std::string message = made.message.id.text();
    change.messages.push_back(std::move(made.message));
    TRY(parts.store.apply(std::move(change)));
    writer_.keep();
    log_event(LogLevel::info, "desk.answered", {{"tip", id.text()}, {"staff", who_.staff.text()}});
    return Json::object().set("state", name_of(TipState::answered)).set("message", message);
}

Result<std::unique_ptr<AnswerWriter>> DeskService::begin_answer(TipId id, const Session& who) {
    const TipRow row = TRY(parts_.store.tip(id));
    if (row.flags.has(TipFlag::muted)) return fail(ErrorKind::conflict, "this mailbox is muted: unmute it first");
    if (!can_be_answered(row.state)) return fail(ErrorKind::conflict, "a tip that is {} cannot be answered: open it first", name_of(row.state));
    const seal::PublicKey reporter = TRY(reporter_of(row));
    return std::make_unique<Answering>(*this, row, reporter, TRY(parts_.store.message_use_of(id)), who);
}

Result<Json> DeskService::answer(TipId id, std::string_view text, const Session& who) { return TRY(begin_answer(id, who))->finish(text); }

}  // namespace plumbline::desk
