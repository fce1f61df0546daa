// SPDX-License-Identifier: Apache-2.0
// What staff do: open, move, answer, take a file out. Each act that changes something is one transaction: the move, what goes
// with it, and its ledger entry, whose sealed opening says who did it and why.
#include <algorithm>

#include "base/log.h"
#include "base/utf8.h"
#include "desk/desk.h"
#include "desk/states.h"
#include "flow/flow.h"
#include "model/decision.h"
#include "model/event.h"
#include "model/job.h"
#include "model/wait.h"
#include "seal/blob.h"

namespace plumbline::desk {

std::string message_context(TipId tip, MessageId message) { return fmt::format("message/{}/{}", tip.text(), message.text()); }
std::string product_answer(MessageId message) { return "answer/" + message.text(); }

NewEntry DeskService::entry_of(const TipRow& row, TipState to, Json statement, const Session& who) {
    const Instant now = parts_.clock.now();
    statement.set("staff", who.staff.text()).set("name", who.name).set("hour", to_text(hour_of(now)));
    return parts_.opener.entry(row.header, kind_of_change(row.state, to), day_of(now), statement);
}

Result<Json> DeskService::open(TipId id, const Session& who) {
    const TipRow row = TRY(parts_.store.tip(id));
    const auto stays = [](TipState state) { return Json::object().set("state", name_of(state)).set("was_moved", false); };
    if (!is_opened_by_reading(row.state)) return stays(row.state);
    Change change;
    change.moves.push_back({id, row.state, TipState::opened});
    const Instant now = parts_.clock.now();
    change.openings.push_back({id, hour_of(now), {}, {}});
    change.entries.push_back(entry_of(row, TipState::opened, Json::object().set("act", "opened by a person"), who));
    PublicWait wait{day_of(row.header.received_hour), "", {}, {}, "", {}};
    if (row.ranking) {
        change.openings.back().deadline = row.ranking->deadline;
        change.openings.back().queue = row.ranking->queue;
        wait.queue = public_queue_name(row.ranking->queue);
        wait.due = day_of(row.ranking->deadline);
        wait.in_time = now <= row.ranking->deadline;
    }
    change.entries.back().entry.about = about_text(wait);
    auto applied = parts_.store.apply(std::move(change));
    if (!applied && applied.error().kind == ErrorKind::conflict) {
        // The line or another person was faster between reading and writing; the page asks again where it is still to be opened.
        return stays(TRY(parts_.store.tip(id)).state);
    }
    if (!applied) return fail(applied.error());
    log_event(LogLevel::info, "desk.opened", {{"tip", id.text()}, {"staff", who.staff.text()}});
    return Json::object().set("state", name_of(TipState::opened)).set("was_moved", true);
}

// A tip with files gets a new job, unless one waits or is being worked already. Priority as dispatch has it: severity first.
Result<std::optional<NewJob>> DeskService::lab_job(const TipRow& row) {
    const TipId id = row.header.id;
    for (const Job& job : TRY(parts_.store.jobs_of(id)))
        if (job.skill != skill_line && (job.state == JobState::waiting || job.state == JobState::leased)) return std::optional<NewJob>();
    const TipContent content = TRY(parts_.opener.readable(id)).content;
    if (content.files.empty()) return std::optional<NewJob>();
    bool has_mail = false;
    if (const std::optional<Json> json = TRY(parts_.opener.product(id, flow::product_evidence)))
        for (const PartEvidence& part : TRY(evidence_from(*json)).parts) has_mail = has_mail || (part.part != 0 && part.format == "mail");
    IdBytes random;
    parts_.entropy.fill(random);
    NewJob job;
    const Instant hour = hour_of(parts_.clock.now());
    job.id = JobId::make(hour, random);
    job.tip = id;
    job.skill = has_mail ? skill_examine_mail : skill_examine_file;
    job.priority = row.ranking ? static_cast<int>(row.ranking->severity) * 10'000 : 0;
    job.created_hour = hour;
    return std::optional<NewJob>(std::move(job));
}

Result<Json> DeskService::set_state(TipId id, TipState from, TipState to, std::string_view reason, const Session& who) {
    if (reason.size() > reason_bytes_max) return fail(ErrorKind::invalid, "reason: at most {} bytes", reason_bytes_max);
    if (!is_utf8(reason)) return fail(ErrorKind::invalid, "reason: must be UTF-8");
    const TipRow row = TRY(parts_.store.tip(id));
    if (row.state != from) return fail(ErrorKind::conflict, "the tip is {} by now, not {}: load it again", name_of(row.state), name_of(from));
    const std::optional<StateRule> rule = move_between(from, to);
    if (!rule) return fail(ErrorKind::invalid, "to: a tip that is {} cannot be set to {} by a person", name_of(from), name_of(to));
    const bool has_reason = reason.find_first_not_of(" \t\r\n") != std::string_view::npos;
    if (rule->reason == ReasonNeed::required && !has_reason) return fail(ErrorKind::invalid, "reason: needed to set a tip from {} to {}", name_of(from), name_of(to));
    Change change;
    change.moves.push_back({id, from, to});
    Json statement = Json::object();
    statement.set("act", fmt::format("set to {} by a person", name_of(to)));
    if (has_reason) statement.set("reason", reason);
    if (to == TipState::with_lab) {
        if (std::optional<NewJob> job = TRY(lab_job(row))) {
            statement.set("job", job->id.text());
            change.jobs.push_back(std::move(*job));
        }
    }
    change.entries.push_back(entry_of(row, to, std::move(statement), who));
    TRY(parts_.store.apply(std::move(change)));
    log_event(LogLevel::info, "desk.state_set", {{"tip", id.text()}, {"staff", who.staff.text()}, {"to", name_of(to)}});
    return Json::object().set("state", name_of(to));
}

Result<Json> DeskService::answer(TipId id, std::string_view text, const Session& who) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return fail(ErrorKind::invalid, "text: is empty");
    if (text.size() > parts_.limits.message_text_bytes_max) return fail(ErrorKind::invalid, "text: at most {} bytes", parts_.limits.message_text_bytes_max);
    if (!is_utf8(text)) return fail(ErrorKind::invalid, "text: must be UTF-8");
    const TipRow row = TRY(parts_.store.tip(id));
    if (!can_be_answered(row.state)) return fail(ErrorKind::conflict, "a tip that is {} cannot be answered: open it first", name_of(row.state));
    seal::PublicKey reporter;
    if (row.reporter_public_key.size() != reporter.bytes.size()) return fail(ErrorKind::conflict, "this tip has no mailbox: nobody can read an answer");
    std::copy(row.reporter_public_key.begin(), row.reporter_public_key.end(), reporter.bytes.begin());
    // Whoever can write the store could put his own key there and read the answer.
    if (TRY(parts_.opener.content(id)).reporter_key != to_base64(row.reporter_public_key))
        return fail(ErrorKind::corrupt, "the mailbox key of this tip is not the one that was sealed with it: no answer is sent");

    const Instant hour = hour_of(parts_.clock.now());
    IdBytes random;
    parts_.entropy.fill(random);
    Message message;
    message.id = MessageId::make(hour, random);
    message.tip = id;
    message.direction = MessageDirection::to_reporter;
    message.hour = hour;
    message.sealed = seal::seal_to(reporter, message_context(id, message.id), view(text), parts_.entropy);
    Json copy = Json::object();
    copy.set("text", text).set("staff", who.name);
    Json statement = Json::object();
    statement.set("act", "answered by a person").set("message", message.id.text()).set("sealed_sha256", sha256(message.sealed).hex());

    Change change;
    change.products.push_back(parts_.opener.sealed_product(id, product_answer(message.id), 1, copy));
    change.moves.push_back({id, row.state, TipState::answered});
    change.entries.push_back(entry_of(row, TipState::answered, std::move(statement), who));
    const std::string message_id = message.id.text();
    change.messages.push_back(std::move(message));
    TRY(parts_.store.apply(std::move(change)));
    log_event(LogLevel::info, "desk.answered", {{"tip", id.text()}, {"staff", who.staff.text()}});
    return Json::object().set("state", name_of(TipState::answered)).set("message", message_id);
}

namespace {

class SealedFileReader final : public FileReader {
  public:
    SealedFileReader(std::string name, std::uint64_t size, const seal::TipKey& key, TipId tip, SealedPart part, std::unique_ptr<BlobReader> blob)
        : name_(std::move(name)), size_(size), opener_(key, tip, part.part), part_(std::move(part)), blob_(std::move(blob)) {}

    Result<bool> next(Bytes& out) override {
        const std::size_t before = out.size();
        while (!is_done_ && out.size() == before) TRY(step(out));
        return !is_done_ || out.size() > before;
    }
    const std::string& name() const override { return name_; }
    std::uint64_t size_bytes() const override { return size_; }

  private:
    Result<void> step(Bytes& out) {
        Bytes buffer;
        ByteView piece;
        if (blob_) {
            buffer.resize(seal::chunk_sealed_bytes);
            piece = ByteView(buffer).first(TRY(blob_->read(offset_, buffer)));
        } else {
            const ByteView rest = ByteView(std::get<Bytes>(part_.where)).subspan(offset_);
            piece = rest.first(std::min(rest.size(), seal::chunk_sealed_bytes));
        }
        if (piece.empty()) {
            is_done_ = true;
            return opener_.finish(out);
        }
        offset_ += piece.size();
        return opener_.push(piece, out);
    }

    std::string name_;
    std::uint64_t size_;
    seal::PartOpener opener_;
    SealedPart part_;
    std::unique_ptr<BlobReader> blob_;   // null: the part is in the row
    std::uint64_t offset_ = 0;
    bool is_done_ = false;
};

}  // namespace

Result<std::unique_ptr<FileReader>> DeskService::file(TipId id, std::uint32_t n) {
    const TipContent content = TRY(parts_.opener.readable(id)).content;
    if (n == 0 || n > content.files.size()) return fail(ErrorKind::not_found, "the tip has {} files", content.files.size());
    for (SealedPart& part : TRY(parts_.store.parts(id))) {
        if (part.part != n) continue;
        std::unique_ptr<BlobReader> blob;
        if (const BlobRef* ref = std::get_if<BlobRef>(&part.where)) blob = TRY(parts_.blobs.read(*ref));
        const AttachedFile& file = content.files[n - 1];
        return std::unique_ptr<FileReader>(
            std::make_unique<SealedFileReader>(file.name, file.size_bytes, TRY(parts_.opener.key_of(id)), id, std::move(part), std::move(blob)));
    }
    return fail(ErrorKind::corrupt, "the bytes of file {} are missing", n);
}

}  // namespace plumbline::desk
