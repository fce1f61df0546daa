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
#include "seal/message.h"
#include "store/part_bytes.h"

namespace plumbline::desk {

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
    parts_.links.opened(id);
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

namespace {
Result<void> check_words(std::string_view field, std::string_view text, std::size_t bytes_max) {
    if (text.size() > bytes_max) return fail(ErrorKind::invalid, "{}: at most {} bytes", field, bytes_max);
    if (!is_utf8(text)) return fail(ErrorKind::invalid, "{}: must be UTF-8", field);
    return {};
}
bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }
}  // namespace

Result<Json> DeskService::set_state(TipId id, TipState from, TipState to, std::string_view reason, const Session& who, const Told& told) {
    TRY(check_words("reason", reason, reason_bytes_max));
    TRY(check_words("whom", told.whom, whom_bytes_max));
    TRY(check_words("words", told.words, reason_bytes_max));
    const TipRow row = TRY(parts_.store.tip(id));
    if (row.state != from) return fail(ErrorKind::conflict, "the tip is {} by now, not {}: load it again", name_of(row.state), name_of(from));
    const std::optional<StateRule> rule = move_between(from, to);
    if (!rule) return fail(ErrorKind::invalid, "to: a tip that is {} cannot be set to {} by a person", name_of(from), name_of(to));
    const bool has_reason = !is_blank(reason);
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
    if (!is_blank(told.whom) || !is_blank(told.words)) TRY(tell(row, StepNotice{to, told.whom, told.words}, statement, change, who));
    change.entries.push_back(entry_of(row, to, std::move(statement), who));
    TRY(parts_.store.apply(std::move(change)));
    log_event(LogLevel::info, "desk.state_set", {{"tip", id.text()}, {"staff", who.staff.text()}, {"to", name_of(to)}});
    return Json::object().set("state", name_of(to));
}

namespace {

// A part that opens as it is read. Also for files that were added later.
class SealedFileReader final : public FileReader {
  public:
    SealedFileReader(const AttachedFile& file, seal::PartReader reader) : file_(file), reader_(std::move(reader)) {}
    Result<bool> next(Bytes& out) override { return reader_.next(out); }
    const std::string& name() const override { return file_.name; }
    std::uint64_t size_bytes() const override { return file_.size_bytes; }

  private:
    AttachedFile file_;
    seal::PartReader reader_;
};

}  // namespace

Result<std::unique_ptr<FileReader>> DeskService::file(TipId id, std::uint32_t n) {
    std::vector<AttachedFile> files = TRY(parts_.opener.readable(id)).content.files;
    for (const vault::TipOpener::AddedFile& added : TRY(parts_.opener.added_files(id))) files.push_back(added.file);
    if (n == 0 || n > files.size()) return fail(ErrorKind::not_found, "the tip has {} files", files.size());
    vault::TipOpener::Located file = TRY(parts_.opener.locate(id, n));
    const std::uint32_t part = file.part.part;
    return std::make_unique<SealedFileReader>(files[n - 1], seal::PartReader(file.key, file.envelope, part, TRY(reading(parts_.blobs, std::move(file.part)))));
}

}  // namespace plumbline::desk
