// SPDX-License-Identifier: Apache-2.0
#include "flow/recheck.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/hash.h"
#include "flow/flow.h"
#include "model/event.h"
#include "model/wait.h"
#include "seal/receipt.h"

namespace plumbline::flow {

namespace {

constexpr int rounds_max = 3;
constexpr std::string_view finding_prefix = "finding/";

class Recheck {
  public:
    Recheck(Store& store, vault::TipOpener& opener, TipId tip) : store_(store), opener_(opener), tip_(tip) {}

    Result<std::vector<std::string>> run() {
        const TipRow row = TRY(store_.tip(tip_));
        if (const auto content = opener_.content(tip_); content && content->reporter_key != to_base64(row.reporter_public_key))
            say("the mailbox key is not the one that was sealed with the tip");
        TRY(open_products());
        for (const Message& message : TRY(store_.messages_of(tip_))) {
            Kept kept{sha256(message.sealed).hex(), "", message.direction == MessageDirection::to_reporter};
            std::vector<seal::ManifestRow> files;
            for (const SealedPart& part : TRY(store_.message_parts(message.id))) files.push_back({part.part, part.sealed_bytes, part.sealed_sha256});
            if (!files.empty()) kept.files = seal::manifest_hash(files).hex();
            messages_.emplace(message.id.text(), std::move(kept));
        }
        for (const StoredEntry& entry : TRY(store_.ledger_entries_of(tip_))) {
            const auto opening = opener_.opening_of(entry);
            read_wait(entry);
            if (!opening) continue;
            if (entry.entry.kind == kind_of_received()) TRY(check_received(opening->statement));
            else check_statement(entry.index, opening->statement);
        }
        check_hash(decided_index_, product_facts, facts_hash_);
        check_hash(decided_index_, product_decision, decision_hash_);
        TRY(check_ranking(row));
        check_wait(row);
        // What a reporter wrote before such entries were made stands without one.
        for (const auto& [message, kept] : messages_)
            if (kept.is_answer && !told_messages_.contains(message)) say("answer {}: no entry of the log speaks of it", message);
        for (const auto& [name, json] : products_)
            if (name.starts_with(finding_prefix) && !told_findings_.contains(name)) say("product {}: no entry of the log speaks of it", name);
        return std::move(problems_);
    }

  private:
    template <class... Arguments>
    void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        problems_.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
    }

    Result<void> open_products() {
        for (const Product& product : TRY(store_.products_of(tip_))) {
            auto json = opener_.opened(product);
            if (json) products_.emplace(product.name, std::move(*json));
            else say("product {}: does not open: {}", product.name, json.error().message);
        }
        return {};
    }

    // The parts by the desk's own key: the receipt says the same, but its key stands on the public host.
    Result<void> check_received(const std::string& statement) {
        std::vector<seal::ManifestRow> rows;
        for (const SealedPart& part : TRY(store_.parts(tip_))) rows.push_back({part.part, part.sealed_bytes, part.sealed_sha256});
        std::sort(rows.begin(), rows.end(), [](const seal::ManifestRow& a, const seal::ManifestRow& b) { return a.part < b.part; });
        if (statement != seal::received_statement(tip_, seal::manifest_hash(rows))) say("the parts that are kept are not those that its tip.received entry commits to");
        return {};
    }

    void check_statement(std::uint64_t index, const std::string& text) {
        const auto statement = parse_json(text);
        if (!statement || !statement->is_object()) return say("entry {}: its statement is not JSON", index);
        const auto word = [&statement](std::string_view name) { return statement->text_at_or(name, "").value_or(""); };
        if (word("tip") != tip_.text()) say("entry {}: its statement is about another tip", index);
        // The rules may read a tip again: the last entry says what is kept now.
        if (const std::string hash = word("facts_sha256"); !hash.empty()) {
            decided_index_ = index;
            facts_hash_ = hash;
            decision_hash_ = word("decision_sha256");
        }
        if (const std::string finding = word("finding"); !finding.empty()) check_finding(index, word("job"), finding, *statement);
        if (const std::string message = word("message"); !message.empty()) {
            told_messages_.insert(message);
            const auto kept = messages_.find(message);
            const std::string_view what = word("act").find("reporter") == std::string::npos ? "answer" : "message";
            if (kept == messages_.end()) say("entry {}: {} {} is not kept", index, what, message);
            else if (kept->second.sealed != word("sealed_sha256")) say("entry {}: {} {} is another one", index, what, message);
            else if (kept->second.files != word("files_sha256")) say("entry {}: the files of {} {} are others", index, what, message);
        }
    }

    void check_hash(std::uint64_t index, std::string_view name, const std::string& hash) {
        if (hash.empty()) return;
        const auto product = products_.find(std::string(name));
        if (product == products_.end()) return say("entry {}: product {} is not kept", index, name);
        if (sha256(view(product->second.dump())).hex() != hash) say("entry {}: product {} is not the one that it commits to", index, name);
    }

    void check_finding(std::uint64_t index, const std::string& job, const std::string& id, const Json& statement) {
        const std::string name = std::string(finding_prefix) + job;
        told_findings_.insert(name);
        const auto product = products_.find(name);
        if (product == products_.end()) return say("entry {}: product {} is not kept", index, name);
        const auto finding = finding_from(product->second);
        if (!finding || finding->id.text() != id) return say("entry {}: product {} is another finding", index, name);
        Json hashes = Json::array();
        for (const PartEvidence& part : finding->evidence.parts) hashes.push(Json::object().set("part", part.part).set("sha256", part.sha256));
        const Json* told = statement.find("evidence");
        if (told == nullptr || told->dump() != hashes.dump()) say("entry {}: product {} is of other evidence", index, name);
    }

    // The row's severity, deadline and queue stand outside the seal, for the queue: they must be the decision's.
    Result<void> check_ranking(const TipRow& row) {
        if (!row.ranking) return check_undecided();
        for (const std::string_view name : {product_evidence, product_link_facts, product_facts, product_decision})
            if (!products_.contains(std::string(name))) say("product {} is not kept, or does not open", name);
        const auto product = products_.find(std::string(product_decision));
        if (product == products_.end()) return {};
        const auto decision = decision_from(product->second);
        if (!decision) {
            say("product {}: {}", product_decision, decision.error().message);
            return {};
        }
        const Instant deadline = row.header.received_hour + std::chrono::hours(decision->deadline_hours);
        if (row.ranking->severity != decision->severity) say("its severity in the queue is {}, in its decision {}", name_of(row.ranking->severity), name_of(decision->severity));
        if (row.ranking->deadline != deadline) say("its deadline in the queue is {}, by its decision {}", to_text(row.ranking->deadline), to_text(deadline));
        if (row.ranking->queue != decision->queue) say("its queue is \"{}\", by its decision \"{}\"", row.ranking->queue, decision->queue);
        return {};
    }

    void read_wait(const StoredEntry& stored) {
        if (stored.entry.about.empty()) return;
        const auto wait = public_wait_from(stored.entry.about);
        if (!wait) return say("entry {}: {}", stored.index, wait.error().message);
        if (wait->due) wait_ = *wait;
        if (wait->in_time) in_time_ = wait->in_time;
    }

    // What the log says of the wait is what the queue says; the opening's hour is in its entry's opening, the day in the row.
    void check_wait(const TipRow& row) {
        if (!wait_ || !row.ranking || row.first_opened_hour) return;
        if (wait_->queue != public_queue_name(row.ranking->queue)) say("the log has it wait in \"{}\", the row in \"{}\"", wait_->queue, row.ranking->queue);
        if (wait_->due != day_of(row.ranking->deadline)) say("the log has it due on {}, the row on {}", to_text(*wait_->due), to_text(day_of(row.ranking->deadline)));
        if (wait_->received != day_of(row.header.received_hour)) say("the log has another day of receipt than the row");
        if (in_time_) say("the log says that a person has opened it, the row does not");
    }

    // A tip without a decision is one that the line still has to work, or has failed at.
    Result<void> check_undecided() {
        if (products_.contains(std::string(product_decision))) say("it has a decision and no place in the queue");
        const std::vector<Job> jobs = TRY(store_.jobs_of(tip_));
        const bool is_to_come = std::any_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.skill == skill_line && job.state != JobState::done; });
        if (!is_to_come) say("it was not decided, and no job is left to do it");
        return {};
    }

    Store& store_;
    vault::TipOpener& opener_;
    const TipId tip_;
    std::map<std::string, Json> products_;         // those that open
    struct Kept {
        std::string sealed, files;                 // SHA-256 of what is sealed, and of the files' manifest
        bool is_answer = false;
    };
    std::map<std::string, Kept> messages_;         // by id
    std::set<std::string> told_messages_, told_findings_;
    std::string facts_hash_, decision_hash_;       // of the last decision that an entry tells
    std::uint64_t decided_index_ = 0;
    std::optional<PublicWait> wait_;
    std::optional<bool> in_time_;
    std::vector<std::string> problems_;
};

}  // namespace

Result<std::vector<std::string>> recheck_tip(Store& store, vault::TipOpener& opener, TipId tip) {
    std::vector<std::string> problems;
    // Its rows are read one after the other: a tip that moved in between does not fit itself, and does the next time.
    for (int round = 0; round < rounds_max; ++round) {
        problems = TRY(Recheck(store, opener, tip).run());
        if (problems.empty()) break;
    }
    return problems;
}

}  // namespace plumbline::flow
