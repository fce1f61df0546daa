// SPDX-License-Identifier: Apache-2.0
#include "flow/flow.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/check.h"
#include "base/hash.h"
#include "base/log.h"
#include "dispatch/dispatch.h"
#include "evidence/scan.h"
#include "examination/examination.h"
#include "link/key.h"
#include "model/wait.h"
#include "rulebook/decide.h"
#include "rulebook/facts_of.h"

namespace plumbline::flow {

namespace {

constexpr std::uint32_t step_version = 1;
constexpr std::uint64_t file_bytes_in_line_max = 256ULL * 1024 * 1024;  // larger files are for a lab alone

Json to_json(const LinkFacts& facts) {
    Json values = Json::array();
    for (const auto& [kind, value] : facts.values) {
        Json row = Json::array();
        row.push(name_of(kind));
        row.push(value);
        values.push(std::move(row));
    }
    Bytes shingles;
    for (const std::uint64_t shingle : facts.shingles) append_u64(shingles, shingle);
    Json json = Json::object();
    json.set("values", std::move(values));
    json.set("shingles", to_base64(shingles));   // 8 bytes each, big-endian
    if (facts.text_print != 0) {
        Bytes print;
        append_u64(print, facts.text_print);
        json.set("text_print", to_hex(print));
    }
    if (facts.is_danger) json.set("is_danger", true);
    if (facts.is_recallable) json.set("is_recallable", true);
    return json;
}

Result<LinkFacts> link_facts_from(const Json& json) {
    LinkFacts facts;
    for (const Json& row : TRY(json.array_at("values"))->as_array()) {
        if (!row.is_array() || row.as_array().size() != 2 || !row.as_array()[0].is_text() || !row.as_array()[1].is_text())
            return fail(ErrorKind::corrupt, "link facts: a value is a kind and a text");
        facts.values.emplace_back(TRY(indicator_kind_from(row.as_array()[0].as_text())), row.as_array()[1].as_text());
    }
    const Bytes shingles = TRY(from_base64(TRY(json.text_at("shingles"))));
    ByteReader in(shingles);
    while (in.left() > 0) facts.shingles.push_back(TRY(in.u64()));
    if (const std::string print = TRY(json.text_at_or("text_print", "")); !print.empty()) {
        const Bytes bytes = TRY(from_hex(print));
        facts.text_print = TRY(ByteReader(bytes).u64());
    }
    const Json* danger = json.find("is_danger");
    facts.is_danger = danger != nullptr && danger->is_bool() && danger->as_bool();
    const Json* recallable = json.find("is_recallable");
    facts.is_recallable = recallable != nullptr && recallable->is_bool() && recallable->as_bool();
    return facts;
}

// Values that two tips are not linked by, and the lists that say why.
Json not_counted_json(const Evidence& evidence) {
    constexpr std::size_t listed_max = 200;
    std::map<std::pair<IndicatorKind, std::string_view>, const Sighting*> listed;
    for (const PartEvidence& part : evidence.parts)
        for (const Sighting& sighting : part.sightings)
            if (!sighting.warnings.empty() && listed.size() < listed_max) listed.emplace(std::pair(sighting.kind, std::string_view(sighting.value)), &sighting);
    Json rows = Json::array();
    for (const auto& [value, sighting] : listed) {
        Json row = Json::object();
        row.set("kind", name_of(value.first)).set("value", value.second).set("words", fmt::format("on the list \"{}\": everyone's, so it weighs nothing", sighting->warnings[0]));
        rows.push(std::move(row));
    }
    return rows;
}

Json to_json(const std::vector<NewJob>& jobs) {
    Json rows = Json::array();
    for (const NewJob& job : jobs) {
        Json row = Json::object();
        row.set("id", job.id.text());
        row.set("tip", job.tip.text());
        row.set("skill", job.skill);
        row.set("priority", job.priority);
        rows.push(std::move(row));
    }
    return rows;
}

// Floods are of the public: a partner answers for what its machine sends, and each of its reports is about something else.
bool is_from_the_public(const TipHeader& tip) {
    return tip.channel != TipChannel::api && tip.channel != TipChannel::import && tip.channel != TipChannel::demo;
}

// Renews a lease while its tip is worked, or another worker would begin a long tip anew until its tries are spent. One that
// was lost all the same is found at complete_job().
class LeaseHolder {
  public:
    LeaseHolder(Store& store, Clock& clock, const Lease& lease, unsigned seconds)
        : thread_([&store, &clock, job = lease.job.id, token = lease.fencing_token, seconds](const std::stop_token& stop) {
              std::mutex mutex;
              std::condition_variable_any wake;
              std::unique_lock lock(mutex);
              while (!stop.stop_requested()) {
                  wake.wait_for(lock, stop, std::chrono::milliseconds(seconds * 1000UL / 3), [] { return false; });
                  if (stop.stop_requested()) return;
                  const auto renewed = store.renew_lease(job, token, clock.now(), seconds);
                  if (!renewed && renewed.error().kind == ErrorKind::conflict) return;
              }
          }) {}

  private:
    std::jthread thread_;
};

}  // namespace

Json to_json(const Products& products, std::string_view step) {
    if (step == "tip") return to_json(products.content);
    if (step == "evidence") return to_json(products.evidence);
    if (step == "decide") {
        Json json = Json::object();
        json.set("facts", rulebook::to_json(products.facts));
        json.set("decision", to_json(products.decision));
        return json;
    }
    if (step == "dispatch") return to_json(products.jobs);
    CHECK(step == "link");
    Json links = Json::array();
    for (const Link& link : products.links) links.push(plumbline::to_json(link));
    Json json = Json::object();
    json.set("facts", to_json(products.link_facts));
    json.set("not_counted", not_counted_json(products.evidence));
    json.set("links", std::move(links));
    return json;
}

PartEvidence Line::scan(std::uint32_t part, std::string_view name, ByteView bytes) {
    const auto read = [&]() -> Result<PartEvidence> {
        examination::ExaminationOptions options;
        options.scan = evidence::scan_options(parts_.limits);
        options.scan.is_hashed = false;   // it is hashed here
        return examination::examine_bytes(bytes, name, parts_.sandbox, options);
    };
    PartEvidence evidence;
    if (auto answer = read()) {
        evidence = std::move(*answer);
    } else {
        // A decoder that crashed or overran costs its one part, recorded as such; the tip goes on.
        evidence.format = "unknown";
        evidence.unread.push_back({"0", answer.error().message});
    }
    evidence.part = part;
    evidence.name = name;
    evidence.sha256 = sha256(bytes).hex();
    evidence.size_bytes = bytes.size();
    return evidence;
}

Result<Products> Line::run_steps(TipId tip, const TipHeader& header, const TipContent& content,
                                 const std::function<Result<Bytes>(std::uint32_t part)>& file) {
    Products products;
    products.tip = tip;
    products.content = content;
    // evidence
    products.evidence.parts.push_back(scan(0, "", view(told_text(content))));
    for (std::uint32_t part = 1; part <= content.files.size(); ++part) {
        const AttachedFile& attached = content.files[part - 1];
        auto bytes = file(part);
        if (bytes) {
            products.evidence.parts.push_back(scan(part, attached.name, *bytes));
            continue;
        }
        const ErrorKind kind = bytes.error().kind;
        if (kind == ErrorKind::unavailable || kind == ErrorKind::busy || kind == ErrorKind::conflict) return fail(bytes.error());
        PartEvidence unread;
        unread.part = part;
        unread.name = attached.name;
        unread.size_bytes = attached.size_bytes;
        unread.format = "unknown";
        unread.unread.push_back({"0", bytes.error().message});
        products.evidence.parts.push_back(std::move(unread));
    }
    if (parts_.warnings)
        for (PartEvidence& part : products.evidence.parts)
            for (Sighting& sighting : part.sightings)
                for (const std::string_view name : parts_.warnings->names_for(sighting.kind, sighting.value)) sighting.warnings.emplace_back(name);
    // link
    products.link_facts = link::link_facts_of(products.evidence, content);
    parts_.links.insert(tip, products.link_facts);
    products.links = parts_.links.links_of(tip);
    // decide
    products.facts = rulebook::facts_of(content, products.evidence, static_cast<std::int64_t>(products.links.size()), parts_.rates);
    products.decision = rulebook::decide(parts_.rulebook, products.facts);
    // dispatch
    for (const dispatch::NewJobSpec& spec : dispatch::jobs_for(products.decision, products.evidence, parts_.has_picture_readers)) {
        IdBytes random;
        parts_.entropy.fill(random);
        products.jobs.push_back({JobId::make(header.received_hour, random), tip, spec.skill, spec.priority, header.received_hour});
    }
    return products;
}

// What the log says of the wait once the tip is ranked (model/wait.h).
static PublicWait wait_after(const TipRow& row, const Ranking& ranking) {
    PublicWait wait;
    const bool waits = !row.first_opened_hour;
    if (!waits && row.ranking) return wait;   // ranked before, opened since: the wait is told already
    wait.received = day_of(row.header.received_hour);
    wait.queue = public_queue_name(ranking.queue);
    wait.due = day_of(ranking.deadline);
    if (!waits) wait.in_time = *row.first_opened_hour <= ranking.deadline;
    if (waits && row.ranking) {
        wait.was_queue = public_queue_name(row.ranking->queue);
        wait.was_due = day_of(row.ranking->deadline);
    }
    return wait;
}

Result<Change> Line::change_of(const TipRow& row, const Products& products) {
    const TipHeader& header = row.header;
    Change change;
    const auto keep = [&](std::string_view name, const Json& value) {
        change.products.push_back(parts_.opener.sealed_product(header.id, name, step_version, value));
    };
    change.products.push_back(parts_.opener.sealed_product_text(header.id, product_evidence, step_version, json_text(products.evidence)));
    keep(product_hashes, dispatch::hashes_json(products.evidence));
    keep(product_link_facts, to_json(products.link_facts));
    keep(product_facts, rulebook::to_json(products.facts));
    keep(product_decision, plumbline::to_json(products.decision));
    Ranking ranking{header.id, products.decision.severity, header.received_hour + std::chrono::hours(products.decision.deadline_hours), products.decision.queue};
    change.rankings.push_back(std::move(ranking));
    // A lab works a skill once: it gets what the tip came with, and has that already when the tip is read again.
    const std::vector<Job> there = TRY(parts_.store.jobs_of(header.id));
    for (const NewJob& job : products.jobs)
        if (std::none_of(there.begin(), there.end(), [&job](const Job& other) { return other.skill == job.skill; })) change.jobs.push_back(job);
    // Worked again, or a person was faster: the state stays, and an entry of its own commits to what is kept from now on.
    const bool is_first = row.state == TipState::received;
    // A move to where it is says that a person must not have opened it meanwhile: the entry tells of the wait.
    change.moves.push_back({header.id, row.state, is_first ? TipState::decided : row.state});
    Json statement = Json::object();
    statement.set("act", is_first ? "decided by the rulebook" : "decided again by the rulebook");
    statement.set("rulebook", products.decision.rulebook);
    statement.set("facts_sha256", sha256(view(rulebook::to_json(products.facts).dump())).hex());
    statement.set("decision_sha256", sha256(view(plumbline::to_json(products.decision).dump())).hex());
    // Demo data keeps its pretended day, so that figures over the demo's sixty days mean something.
    const Day day = day_of(header.is_demo ? header.received_hour : parts_.clock.now());
    NewEntry entry = parts_.opener.entry(header, is_first ? kind_of_change(TipState::received, TipState::decided) : kind_of_ranking(), day, statement);
    entry.entry.about = about_text(wait_after(row, change.rankings.front()));
    change.entries.push_back(std::move(entry));
    return change;
}

Result<bool> Line::work(const Lease& lease) {
    const TipId tip = lease.job.tip;
    const LeaseHolder holder(parts_.store, parts_.clock, lease, parts_.limits.lease_seconds);
    const TipRow row = TRY(parts_.store.tip(tip));
    // A tip that somebody sealed wrongly is not lost: it is decided like one of which nothing is known, and a person sees why.
    vault::TipOpener::Readable read = TRY(parts_.opener.readable(tip));
    for (const vault::TipOpener::AddedFile& added : TRY(parts_.opener.added_files(tip))) read.content.files.push_back(added.file);
    Products products = TRY(run_steps(tip, row.header, read.content, [&](std::uint32_t part) { return parts_.opener.file(tip, part, file_bytes_in_line_max); }));
    if (!read.unreadable.empty()) {
        products.evidence.parts.front().unread.push_back({"0", "the tip's content cannot be read: " + read.unreadable});
        log_event_of_public_tip(LogLevel::warning, "line.unreadable", {{"tip", tip.text()}});
    }
    TRY(parts_.store.complete_job(lease.job.id, lease.fencing_token, TRY(change_of(row, products))));
    if (row.state == TipState::received && is_from_the_public(row.header)) parts_.links.decided(tip, products.link_facts, {products.decision.severity, row.flags.has(TipFlag::aside)});
    return true;
}

Result<bool> Line::work_one(std::string_view worker) {
    const Instant now = parts_.clock.now();
    const std::vector<std::string> skills{std::string(skill_line)};
    const std::optional<Lease> lease = TRY(parts_.store.lease_job(skills, worker, now, parts_.limits.lease_seconds, parts_.limits.job_tries_max, {}));
    if (!lease) return false;
    auto worked = work(*lease);
    if (worked) return worked;
    // Somebody else completed it, or moved the tip meanwhile: the next lease sees the new state.
    const bool is_final = worked.error().kind == ErrorKind::corrupt || worked.error().kind == ErrorKind::denied;
    log_event_of_public_tip(LogLevel::warning, "line.failed", {{"job", lease->job.id.text()}, {"error", worked.error().message}, {"tries", static_cast<std::int64_t>(lease->job.tries)}});
    const auto wait = std::chrono::seconds(1U << std::min(lease->job.tries, 6U));
    auto given_back = parts_.store.give_back_job(lease->job.id, lease->fencing_token, now + wait, is_final, {});
    if (!given_back && given_back.error().kind != ErrorKind::conflict) return fail(given_back.error());
    return true;
}

namespace {
// The tips that nobody has opened: of these alone there are floods.
Result<std::unordered_map<TipId, link::FloodTip>> waiting_tips(Store& store) {
    std::unordered_map<TipId, link::FloodTip> waiting;
    TipFilter filter;
    filter.state = TipState::decided;
    filter.count_max = 1000;
    for (;; filter.offset += filter.count_max) {
        const std::vector<TipRow> rows = TRY(store.tips(filter));
        for (const TipRow& row : rows)
            if (is_from_the_public(row.header)) waiting[row.header.id] = {row.ranking ? row.ranking->severity : Severity::low, row.flags.has(TipFlag::aside)};
        if (rows.size() < filter.count_max) return waiting;
    }
}
}  // namespace

Result<std::size_t> Line::load_links() {
    std::size_t loaded = 0;
    Result<void> outcome;
    const std::unordered_map<TipId, link::FloodTip> waiting = TRY(waiting_tips(parts_.store));
    TRY(parts_.store.each_product(product_link_facts, [&](const Product& product) {
        auto json = parts_.opener.opened(product);
        auto facts = json ? link_facts_from(*json) : Result<LinkFacts>(fail(json.error()));
        if (!facts) {
            outcome = fail_in(product.tip.text(), facts.error());
            return false;
        }
        parts_.links.insert(product.tip, *facts);
        if (const auto place = waiting.find(product.tip); place != waiting.end()) parts_.links.decided(product.tip, *facts, place->second);
        ++loaded;
        return true;
    }));
    if (!outcome) return fail(outcome.error());
    return loaded;
}

}  // namespace plumbline::flow
