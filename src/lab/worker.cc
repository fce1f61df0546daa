// SPDX-License-Identifier: Apache-2.0
// What goes wrong with one part stands in the finding; what goes wrong with the job gives it back; what goes wrong with
// the desk is waited out.
#include "lab/worker.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "examination/examination.h"
#include "lab/memory_file.h"
#include "seal/blob.h"

namespace plumbline::lab {
namespace {

struct OpenedPart {
    MemoryFile file;
    Sha256 sha256;
};

// Fetches, checks size and hash of what came, and opens it. corrupt: it is not what the lease says or does not open.
Result<OpenedPart> fetch_and_open(JobSource& source, std::string_view lease_text, const dispatch::LabLease& lease,
                                  const dispatch::LeasePart& part, const seal::TipKey& key) {
    OpenedPart opened{TRY(MemoryFile::make()), {}};
    seal::PartOpener opener(key, lease.tip, part.part);
    Sha256Stream sealed_hash;
    Sha256Stream plain_hash;
    std::uint64_t sealed_bytes = 0;
    Bytes plain;
    const auto keep = [&]() -> Result<void> {
        plain_hash.update(plain);
        TRY(opened.file.write(plain));
        seal::wipe(plain);
        plain.clear();
        return {};
    };
    TRY(source.fetch(lease_text, part, 0, part.sealed_bytes, [&](ByteView piece) -> Result<void> {
        sealed_bytes += piece.size();
        if (sealed_bytes > part.sealed_bytes) return fail(ErrorKind::corrupt, "part {}: more bytes than the lease says", part.part);
        sealed_hash.update(piece);
        TRY(opener.push(piece, plain));
        return keep();
    }));
    if (sealed_bytes != part.sealed_bytes || sealed_hash.finish() != part.sealed_sha256) {
        return fail(ErrorKind::corrupt, "part {}: size or SHA-256 is not the lease's", part.part);
    }
    TRY(opener.finish(plain));
    TRY(keep());
    opened.sha256 = plain_hash.finish();
    return opened;
}

// Of a job that reads pictures only what stands in them is new: the places that go through the step "ocr".
void keep_text_of_pictures(PartEvidence& evidence) {
    std::erase_if(evidence.sightings, [](const Sighting& sighting) { return sighting.where.find("-ocr-") == std::string::npos; });
    std::erase_if(evidence.unread, [](const Unread& row) { return row.where.find("-ocr") == std::string::npos; });
    evidence.text.clear();
}

std::string summary_of(const Evidence& evidence) {
    std::size_t sightings = 0;
    std::size_t unread = 0;
    for (const PartEvidence& part : evidence.parts) {
        sightings += part.sightings.size();
        unread += part.unread.size();
    }
    return fmt::format("parts examined: {}; sightings: {}; places not read: {}", evidence.parts.size(), sightings, unread);
}

// A decoder's own failure belongs into the finding; that there is no sandbox does not.
bool is_of_the_part(ErrorKind kind) { return kind != ErrorKind::busy && kind != ErrorKind::unavailable; }

}  // namespace

std::string fitting_json(Finding& finding, std::size_t bytes_max) {
    std::string text = json_text(finding);
    for (PartEvidence& part : finding.evidence.parts) {
        if (text.size() <= bytes_max) return text;
        if (part.text.empty()) continue;
        part.text.clear();
        part.unread.push_back({"0", "finding: too large, the text is left out"});
        text = json_text(finding);
    }
    while (text.size() > bytes_max) {
        const auto largest = std::max_element(
            finding.evidence.parts.begin(), finding.evidence.parts.end(),
            [](const PartEvidence& a, const PartEvidence& b) { return a.sightings.size() < b.sightings.size(); });
        if (largest == finding.evidence.parts.end() || largest->sightings.empty()) return text;
        const std::size_t kept = largest->sightings.size() / 2;
        largest->unread.push_back({"0", fmt::format("finding: too large, {} sightings are left out", largest->sightings.size() - kept)});
        largest->sightings.resize(kept);
        text = json_text(finding);
    }
    return text;
}

Result<PartEvidence> Worker::examine(const dispatch::LabLease& lease, const LeaseKeeper& keeper, const seal::TipKey& key,
                                     const dispatch::LeasePart& part, LongJob* job) {
    if (part.sealed_bytes > options_.part_bytes_max && lease.skill == skill_read_pictures) {
        PartEvidence unread;
        unread.part = part.part;
        unread.format = "unknown";
        unread.unread.push_back({"0", fmt::format("pictures in a part of more than {} bytes are not read", options_.part_bytes_max)});
        return unread;
    }
    if (part.sealed_bytes > options_.part_bytes_max) return examine_in_ranges(lease, keeper, key, part, *job);
    PartEvidence evidence;
    const OpenedPart opened = TRY(fetch_and_open(parts_.source, keeper.lease(), lease, part, key));
    examination::ExaminationOptions options;
    options.scan = evidence::scan_options(parts_.limits);
    options.scan.is_hashed = false;   // it was hashed when it came
    options.reads_text_in_pictures = lease.skill == skill_read_pictures;
    if (part.sealed_bytes <= line_part_bytes_max) options.scan.text_bytes_max = 0;   // the desk has the text already
    auto read = examination::examine_open_file(opened.file.number(), "", parts_.sandbox, options);
    if (read) {
        evidence = std::move(*read);
    } else if (is_of_the_part(read.error().kind)) {
        evidence.format = "unknown";
        evidence.unread.push_back({"0", read.error().message});
    } else {
        return fail(read.error());
    }
    if (options.reads_text_in_pictures) keep_text_of_pictures(evidence);
    evidence.part = part.part;
    evidence.sha256 = opened.sha256.hex();
    evidence.size_bytes = opened.file.size_bytes();
    return evidence;
}

Result<WorkResult> Worker::give_back(const LeaseKeeper& keeper, const Error& why) {
    const std::string reason = why.message.substr(0, dispatch::give_back_reason_bytes_max);
    const auto given = parts_.source.give_back(keeper.lease(), reason, false);
    if (given) return WorkResult::given_back;
    if (given.error().kind == ErrorKind::conflict) return WorkResult::lost;
    return fail(given.error());
}

Result<WorkResult> Worker::work(const dispatch::LabLease& lease, const LeaseKeeper& keeper) {
    const auto key = seal::unwrap_tip_key(lease.wrapped_key, lease.tip, parts_.keys.box);
    if (!key) return give_back(keeper, key.error());
    IdBytes random;
    parts_.entropy.fill(random);
    Finding finding;
    // The hour alone: a lab works within a second of a tip's coming in, and an id is kept.
    finding.id = FindingId::make(hour_of(parts_.clock.now()), random);
    finding.job = lease.job;
    finding.tip = lease.tip;
    finding.lab = parts_.keys.id;
    finding.engine = options_.engine;
    const bool is_long = std::any_of(lease.parts.begin(), lease.parts.end(), [&](const dispatch::LeasePart& part) { return part.sealed_bytes > options_.part_bytes_max; });
    LongJobPointer job;
    if (is_long) {
        auto begun = begin_long_job(lease, keeper);
        if (!begun) return begun.error().kind == ErrorKind::conflict ? Result<WorkResult>(WorkResult::lost) : give_back(keeper, begun.error());
        job = std::move(*begun);
    }
    for (const dispatch::LeasePart& part : lease.parts) {
        auto evidence = examine(lease, keeper, *key, part, job.get());
        if (keeper.is_lost()) return WorkResult::lost;
        if (!evidence && evidence.error().kind == ErrorKind::conflict) return WorkResult::lost;
        if (!evidence) return give_back(keeper, evidence.error());
        finding.evidence.parts.push_back(std::move(*evidence));
    }
    finding.is_guess = lease.skill == skill_read_pictures;
    finding.summary = (finding.is_guess ? "text in pictures, its letters guessed; " : "") + summary_of(finding.evidence);
    const std::string json = fitting_json(finding, dispatch::finding_json_bytes_max);
    const Bytes sealed = seal::seal_to(lease.desk_key, dispatch::finding_context(lease.job), view(json), parts_.entropy);
    auto done = parts_.source.complete(keeper.lease(), sealed);
    // The same sealed finding again: the desk knows it by its id, so an answer that was lost does no harm.
    if (!done && (done.error().kind == ErrorKind::unavailable || done.error().kind == ErrorKind::timeout)) {
        done = parts_.source.complete(keeper.lease(), sealed);
    }
    if (done) return WorkResult::done;
    if (done.error().kind == ErrorKind::conflict) return WorkResult::lost;
    if (done.error().kind == ErrorKind::invalid || done.error().kind == ErrorKind::too_large) return give_back(keeper, done.error());
    return fail(done.error());
}

Result<WorkResult> Worker::work_one() {
    const auto lease = TRY(parts_.source.lease(options_.skills, options_.wait_seconds));
    if (!lease) return WorkResult::idle;
    const LeaseKeeper keeper(parts_.source, *lease);
    auto result = work(*lease, keeper);
    const std::string_view event = !result                               ? "lab.job_failed"
                                   : *result == WorkResult::done         ? "lab.job_done"
                                   : *result == WorkResult::lost         ? "lab.lease_lost"
                                                                         : "lab.job_given_back";
    // A tip from the public is worked within a second of coming in, so a finer time here would tell when that was.
    log_event_of_public_tip(result && *result == WorkResult::done ? LogLevel::info : LogLevel::warning, event,
              {{"job", lease->job.text()}, {"token", lease->fencing_token}, {"why", result ? "" : result.error().message}});
    return result;
}

std::chrono::milliseconds Worker::next_pause(std::chrono::milliseconds last) {
    return last.count() == 0 ? options_.pause_first : std::min(last * 2, options_.pause_max);
}

void Worker::run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::chrono::milliseconds pause{0};
    stop_ = stop;
    while (!stop.stop_requested()) {
        const auto result = work_one();
        // A job given back is a pause too, or a lab that can do nothing would ask for all jobs in turn.
        if (result && *result != WorkResult::given_back) {
            pause = std::chrono::milliseconds(0);
            continue;
        }
        pause = next_pause(pause);
        if (!result) log_event(LogLevel::warning, "lab.waits", {{"why", result.error().message}, {"millis", pause.count()}});
        // A random half, so that many labs do not come back in step.
        ByteArray<1> random;
        parts_.entropy.fill(random);
        const auto wait = pause / 2 + pause * std::to_integer<int>(random[0]) / 512;
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, wait, [] { return false; });
    }
}

Result<std::size_t> Worker::run_until_idle(const std::stop_token& stop) {
    std::size_t done = 0;
    stop_ = stop;
    while (!stop.stop_requested()) {
        const WorkResult result = TRY(work_one());
        if (result == WorkResult::idle) break;
        if (result == WorkResult::done) ++done;
    }
    return done;
}

}  // namespace plumbline::lab
