// SPDX-License-Identifier: Apache-2.0
// Parts that are too large to be held: read range by range, with a bookmark at the desk from time to time. A bookmark is
// sealed to the desk like a finding and kept under the lease's token; the desk gives it to whoever leases the job next.
#include <algorithm>

#include "base/log.h"
#include "examination/window.h"
#include "lab/gathered_evidence.h"
#include "lab/job_meter.h"
#include "lab/part_window.h"
#include "lab/worker.h"
#include "seal/blob.h"

namespace plumbline::lab {
namespace {
constexpr std::uint64_t state_version = 1;
constexpr int bookmark_share = 20;    // a bookmark may take a twentieth of the time

// The part that is under way: everything before `at` is in `gathered`.
struct Reading {
    std::uint32_t part = 0;
    std::uint64_t at = 0;
    std::string format;
    std::string read_as;
    GatheredEvidence gathered;
    std::optional<ReadingPlace> place;   // to go on from; nothing while it stands before the first one
};

GatheredEvidence::Bounds bounds_of(const Limits& limits, const dispatch::LeasePart& part) {
    GatheredEvidence::Bounds bounds;
    bounds.sightings_max = limits.sightings_max;
    if (part.sealed_bytes <= line_part_bytes_max) bounds.text_bytes_max = 0;   // the desk has the text already
    return bounds;
}

Json to_json(const Reading& reading) {
    Json json = Json::object();
    json.set("part", reading.part).set("at", reading.at).set("format", reading.format).set("read_as", reading.read_as);
    json.set("gathered", reading.gathered.to_json());
    if (reading.place) json.set("place", to_json(*reading.place));
    return json;
}

Result<Reading> reading_from(const Json& json, const GatheredEvidence::Bounds& bounds) {
    Reading reading{0, 0, TRY(json.text_at("format")), TRY(json.text_at("read_as")), TRY(GatheredEvidence::from_json(*TRY(json.object_at("gathered")), bounds)), {}};
    reading.part = static_cast<std::uint32_t>(TRY(json.integer_at("part")));
    const std::int64_t at = TRY(json.integer_at("at"));
    if (at < 0) return fail(ErrorKind::corrupt, "at: below 0");
    reading.at = static_cast<std::uint64_t>(at);
    if (const auto place = json.object_at("place")) reading.place = TRY(reading_place_from(**place));
    return reading;
}
}  // namespace

struct Worker::LongJob {
    explicit LongJob(std::uint64_t all_bytes) : meter(all_bytes) {}
    JobMeter meter;
    std::vector<PartEvidence> done;        // parts that were read in ranges and are whole
    std::optional<Json> resumed;           // of the part that was under way, until it is taken up
    const Reading* reading = nullptr;      // of the part under way
    std::chrono::steady_clock::time_point kept = std::chrono::steady_clock::now();
    std::chrono::steady_clock::duration took{};   // by the last bookmark
};
void Worker::LongJobDeleter::operator()(LongJob* job) const { delete job; }

Result<Worker::LongJobPointer> Worker::begin_long_job(const dispatch::LabLease& lease, const LeaseKeeper& keeper) {
    std::uint64_t all = 0;
    for (const dispatch::LeasePart& part : lease.parts)
        if (part.sealed_bytes > options_.part_bytes_max) all += TRY(seal::plain_bytes_of(part.sealed_bytes));
    LongJobPointer job(new LongJob(all));
    if (!lease.has_bookmark) return job;
    const auto sealed = TRY(parts_.source.bookmark(keeper.lease()));
    if (!sealed) return job;
    // One that cannot be used costs time, not the job.
    const auto read = [&]() -> Result<void> {
        const Bytes plain = TRY(seal::open_sealed(parts_.keys.box, dispatch::bookmark_context(lease.job), *sealed));
        const Json json = TRY(parse_json(text_of(plain), parts_.limits.json_depth_max));
        const Json& state = *TRY(json.object_at("state"));
        if (TRY(state.integer_at("version")) != static_cast<std::int64_t>(state_version)) return fail(ErrorKind::unsupported, "a bookmark of another version");
        for (const Json& part : TRY(state.array_at("done"))->as_array()) job->done.push_back(TRY(part_evidence_from(part)));
        if (const auto reading = state.object_at("reading")) job->resumed = **reading;
        return {};
    }();
    if (!read) {
        log_event_of_public_tip(LogLevel::warning, "lab.bookmark_unusable", {{"job", lease.job.text()}, {"why", read.error().message}});
        return LongJobPointer(new LongJob(all));
    }
    return job;
}

Result<void> Worker::keep_bookmark(const dispatch::LabLease& lease, const LeaseKeeper& keeper, LongJob& job) {
    const auto begin = std::chrono::steady_clock::now();
    Json done = Json::array();
    for (const PartEvidence& part : job.done) done.push(plumbline::to_json(part));
    Json state = Json::object();
    state.set("version", state_version).set("done", std::move(done));
    if (job.reading) state.set("reading", to_json(*job.reading));
    Json json = Json::object();
    json.set("progress", plumbline::to_json(job.meter.progress())).set("state", std::move(state));
    const std::string text = json.dump();
    const auto kept = text.size() > dispatch::finding_json_bytes_max
                          ? Result<void>(fail(ErrorKind::too_large, "a bookmark of {} bytes", text.size()))
                          : parts_.source.keep_bookmark(keeper.lease(), seal::seal_to(lease.desk_key, dispatch::bookmark_context(lease.job), view(text), parts_.entropy));
    job.kept = std::chrono::steady_clock::now();
    job.took = job.kept - begin;
    if (kept) return {};
    if (kept.error().kind == ErrorKind::conflict) return fail(kept.error());
    // The work goes on: the next one may be kept.
    log_event_of_public_tip(LogLevel::warning, "lab.bookmark_not_kept", {{"job", lease.job.text()}, {"why", kept.error().message}});
    return {};
}

Result<PartEvidence> Worker::examine_in_ranges(const dispatch::LabLease& lease, const LeaseKeeper& keeper, const seal::TipKey& key,
                                               const dispatch::LeasePart& part, LongJob& job) {
    for (const PartEvidence& done : job.done) {
        if (done.part != part.part) continue;
        job.meter.add(done.size_bytes, job.kept);
        return done;
    }
    const GatheredEvidence::Bounds bounds = bounds_of(parts_.limits, part);
    Reading reading{part.part, 0, "", "", GatheredEvidence(bounds), {}};
    if (const auto resumed = std::exchange(job.resumed, std::nullopt))
        if (auto read = reading_from(*resumed, bounds); read && read->part == part.part) reading = std::move(*read);
    PartWindow window = TRY(PartWindow::open(part, lease.tip, key, [&](std::uint64_t offset, std::uint64_t count, const std::function<Result<void>(ByteView)>& take) {
        return parts_.source.fetch(keeper.lease(), part, offset, count, take);
    }, reading.place));
    const std::uint64_t size = window.size_bytes();
    examination::ExaminationOptions options;
    options.scan = evidence::scan_options(parts_.limits);
    options.scan.is_hashed = false;
    options.scan.text_bytes_max = bounds.text_bytes_max;
    if (reading.read_as.empty()) {
        TRY(window.reach(examination::head_bytes));
        reading.format = TRY(examination::format_of_head(window.file(), "", parts_.sandbox));
        reading.read_as = examination::read_in_stretches_as(reading.format);
        if (reading.format != reading.read_as)
            reading.gathered.note("0", fmt::format("{}: over the {} bytes that this lab holds at once: read in ranges as it stands, not opened", reading.format, options_.part_bytes_max));
    } else {
        log_event_of_public_tip(LogLevel::info, "lab.job_resumed", {{"job", lease.job.text()}, {"part", std::uint64_t{part.part}}, {"at", reading.at}, {"size", size}});
    }
    job.meter.add(reading.at, std::chrono::steady_clock::now());
    job.reading = &reading;
    const std::uint64_t step = reading.read_as == "mbox" ? options.plan.mailbox_stretch_bytes : options.plan.stretch_bytes;
    while (reading.at < size) {
        if (keeper.is_lost()) return fail(ErrorKind::conflict, "the lease is lost");
        const std::uint64_t end = std::min(size, reading.at + step);
        const evidence::Range in_sight = examination::stretch_window(reading.at, end, size, reading.read_as);
        TRY(window.reach(in_sight.end));
        window.forget(in_sight.begin);
        reading.gathered.add(TRY(examination::examine_stretch(window.file(), "", parts_.sandbox, options, {{}, 0, reading.at, end, size, reading.read_as})));
        job.meter.add(end - reading.at, std::chrono::steady_clock::now());
        reading.at = end;
        reading.place = window.place_before(examination::stretch_window(end, std::min(size, end + step), size, reading.read_as).begin);
        const bool is_stopping = stop_.stop_requested();
        const auto pause = std::max<std::chrono::steady_clock::duration>(options_.bookmark_every, job.took * bookmark_share);
        const bool is_due = options_.bookmark_every.count() == 0 || std::chrono::steady_clock::now() - job.kept >= pause;
        if (reading.at < size && (is_stopping || is_due)) TRY(keep_bookmark(lease, keeper, job));
        if (reading.at < size && is_stopping) return fail(ErrorKind::unavailable, "this lab is stopping: {} of {} bytes are done", reading.at, size);
    }
    job.reading = nullptr;
    PartEvidence evidence = reading.gathered.take();
    evidence.part = part.part;
    evidence.format = reading.format;
    evidence.sha256 = TRY(window.finish()).hex();
    evidence.size_bytes = size;
    job.done.push_back(evidence);
    return evidence;
}

}  // namespace plumbline::lab
