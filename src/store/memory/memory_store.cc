// SPDX-License-Identifier: Apache-2.0
// One mutex around plain maps. A verb that changes several things notes how to undo each, and undoes them all where a later
// one fails: the same "whole or not at all" that the other backends get from their transactions.
#include "store/memory/memory_store.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "base/check.h"
#include "store/memory/looks.h"
#include "store/memory/records.h"
#include "store/memory/small_tables.h"

namespace plumbline {

namespace {

class MemoryStore final : public SmallTables {
  public:
    explicit MemoryStore(Blobs& blobs) : blobs_(blobs) {}

    Result<Accepted> accept_tip(NewTip tip) override {
        std::vector<NewTip> one;
        one.push_back(std::move(tip));
        return TRY(accept_tips(std::move(one))).front();
    }
    Result<std::vector<Accepted>> accept_tips(std::vector<NewTip> tips) override {
        const std::lock_guard lock(mutex_);
        // Looked for before anything is kept, so that all are taken or none.
        std::set<TipId> ids;
        std::set<Sha256> mailboxes;
        std::set<JobId> jobs;
        for (const NewTip& tip : tips) {
            if (known(tip)) continue;
            const bool is_new = ids.insert(tip.header.id).second && mailboxes.insert(tip.mailbox_hash).second && jobs.insert(tip.first_job.id).second;
            if (!is_new || tips_.contains(tip.header.id) || by_mailbox_.contains(tip.mailbox_hash) || jobs_.contains(tip.first_job.id))
                return fail(ErrorKind::conflict, "{} is there already, or its mailbox or job", tip.header.id.text());
        }
        std::vector<Accepted> all;
        for (NewTip& tip : tips) all.push_back(TRY(accept_locked(std::move(tip))));
        return all;
    }
    Result<std::vector<Repeat>> repeats_of(TipId tip, std::size_t offset, std::size_t count_max) override {
        const std::lock_guard lock(mutex_);
        const std::vector<Repeat>& all = TRY(find(tip))->repeats;
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(std::min(offset, all.size()));
        return std::vector<Repeat>(begin, begin + static_cast<std::ptrdiff_t>(std::min<std::size_t>(count_max, static_cast<std::size_t>(all.end() - begin))));
    }

    Result<TipRow> tip(TipId id) override {
        const std::lock_guard lock(mutex_);
        return TRY(find(id))->row;
    }
    Result<TipRow> tip_by_mailbox(const Sha256& mailbox_hash) override {
        const std::lock_guard lock(mutex_);
        const auto found = by_mailbox_.find(mailbox_hash);
        if (found == by_mailbox_.end()) return fail(ErrorKind::not_found, "no such tip");
        return tips_.at(found->second).row;
    }
    Result<std::vector<TipRow>> tips(const TipFilter& filter) override {
        const std::lock_guard lock(mutex_);
        return tips_in(tips_, filter);
    }
    Result<Bytes> wrapped_keys(TipId id) override {
        const std::lock_guard lock(mutex_);
        return TRY(find(id))->wrapped_keys;
    }
    Result<std::vector<SealedPart>> parts(TipId id) override {
        const std::lock_guard lock(mutex_);
        return TRY(find(id))->parts;
    }
    Result<bool> names_blob(const Sha256& sealed_sha256) override {
        const std::lock_guard lock(mutex_);
        return named_blobs_.contains(sealed_sha256);
    }
    Result<StoreCounts> counts() override {
        const std::lock_guard lock(mutex_);
        return counts_in(tips_, jobs_, ledger_);
    }
    Result<std::vector<QueueCount>> queue_counts(Instant now) override;
    Result<std::vector<TipRow>> unopened_due_before(Instant until, std::size_t count_max) override;
    Result<std::vector<ClosedTip>> closed_tips(Day until, std::size_t count_max) override {
        const std::lock_guard lock(mutex_);
        return closed_in(tips_, ledger_, until, count_max);
    }
    Result<std::vector<BlobRef>> erase_tip(TipId id, NewEntry erased) override {
        const std::lock_guard lock(mutex_);
        TipRecord& record = *TRY(find(id));
        if (record.row.state != TipState::closed || record.row.flags.has(TipFlag::held) || record.row.flags.has(TipFlag::erased))
            return fail(ErrorKind::conflict, "{} is not closed, is held, or is erased already", id.text());
        for (const Message& message : record.messages) message_ids_.erase(message.id);
        std::erase_if(by_dedup_key_, [id](const auto& entry) { return entry.second == id; });
        std::erase_if(deliveries_, [id](const auto& entry) { return entry.second == id; });
        std::vector<BlobRef> blobs = emptied(record, ledger_, jobs_);
        for (const BlobRef& blob : blobs) named_blobs_.erase(blob.sha256);
        Undo undo;
        erased.tip = id;
        TRY(insert_entry(erased, undo));
        TRY(undo.keep());
        return blobs;
    }
    Result<void> forget_removed() override { return {}; }

    Result<void> apply(Change change) override {
        const std::lock_guard lock(mutex_);
        return apply_locked(change);
    }
    Result<std::optional<Lease>> lease_job(const std::vector<std::string>& skills, std::string_view worker, Instant now,
                                           unsigned lease_seconds, unsigned tries_max, const LeaseEntryMaker& entry) override;
    Result<Instant> renew_lease(JobId job, std::uint64_t fencing_token, Instant now, unsigned lease_seconds) override {
        const std::lock_guard lock(mutex_);
        JobRecord* record = TRY(leased(job, fencing_token));
        record->ready_at = now + std::chrono::seconds(lease_seconds);
        return record->ready_at;
    }
    Result<void> complete_job(JobId job, std::uint64_t fencing_token, Change change) override {
        const std::lock_guard lock(mutex_);
        JobRecord* record = TRY(leased(job, fencing_token));
        TRY(apply_locked(change));
        record->job.state = JobState::done;
        return {};
    }
    Result<void> keep_progress(JobId job, std::uint64_t fencing_token, Change change) override {
        const std::lock_guard lock(mutex_);
        JobRecord* record = TRY(leased(job, fencing_token));
        TRY(apply_locked(change));
        record->job.tries = 1;
        return {};
    }
    Result<void> give_back_job(JobId job, std::uint64_t fencing_token, Instant retry_at, bool is_final, Change change) override {
        const std::lock_guard lock(mutex_);
        JobRecord* record = TRY(leased(job, fencing_token));
        TRY(apply_locked(change));
        record->job.state = is_final ? JobState::failed : JobState::waiting;
        record->ready_at = retry_at;
        ring();
        return {};
    }
    Result<Job> job(JobId id) override {
        const std::lock_guard lock(mutex_);
        const auto found = jobs_.find(id);
        if (found == jobs_.end()) return fail(ErrorKind::not_found, "no job {}", id.text());
        return found->second.job;
    }
    Result<std::vector<Job>> jobs_of(TipId tip) override {
        const std::lock_guard lock(mutex_);
        std::vector<Job> jobs;
        for (const JobId id : TRY(find(tip))->jobs) jobs.push_back(jobs_.at(id).job);
        return jobs;
    }

    Result<std::optional<Product>> product(TipId tip, std::string_view name) override {
        const std::lock_guard lock(mutex_);
        const auto record = tips_.find(tip);
        if (record == tips_.end()) return std::optional<Product>();
        const auto found = record->second.products.find(std::string(name));
        if (found == record->second.products.end()) return std::optional<Product>();
        return std::optional<Product>(found->second);
    }
    Result<std::vector<Product>> products_of(TipId tip) override {
        const std::lock_guard lock(mutex_);
        std::vector<Product> products;
        for (const auto& entry : TRY(find(tip))->products) products.push_back(entry.second);
        return products;
    }
    Result<void> each_product(std::string_view name, const std::function<bool(const Product&)>& visit) override {
        const std::lock_guard lock(mutex_);
        for (const auto& entry : tips_) {
            const auto found = entry.second.products.find(std::string(name));
            if (found != entry.second.products.end() && !visit(found->second)) break;
        }
        return {};
    }
    Result<std::vector<Message>> messages_of(TipId tip) override {
        const std::lock_guard lock(mutex_);
        std::vector<Message> messages = TRY(find(tip))->messages;
        for (Message& message : messages) message.parts.clear();
        return messages;
    }
    Result<std::vector<SealedPart>> message_parts(MessageId id) override {
        const std::lock_guard lock(mutex_);
        for (const auto& entry : tips_)
            for (const Message& message : entry.second.messages)
                if (message.id == id) return message.parts;
        return fail(ErrorKind::not_found, "no message {}", id.text());
    }
    Result<MessageUse> message_use_of(TipId tip) override {
        const std::lock_guard lock(mutex_);
        MessageUse use;
        for (const Message& message : TRY(find(tip))->messages) {
            use.bytes += message.sealed.size();
            use.files += message.parts.size();
            for (const SealedPart& part : message.parts) use.bytes += part.sealed_bytes;
        }
        return use;
    }

    Result<std::uint64_t> ledger_size() override {
        const std::lock_guard lock(mutex_);
        return std::uint64_t{ledger_.size()};
    }
    Result<std::vector<StoredEntry>> ledger_entries(std::uint64_t from, std::size_t count_max) override {
        const std::lock_guard lock(mutex_);
        if (from >= ledger_.size()) return std::vector<StoredEntry>();
        const std::size_t count = std::min<std::size_t>(count_max, ledger_.size() - from);
        const auto first = ledger_.begin() + static_cast<std::ptrdiff_t>(from);
        return std::vector<StoredEntry>(first, first + static_cast<std::ptrdiff_t>(count));
    }
    Result<std::vector<StoredEntry>> ledger_entries_of(TipId tip) override {
        const std::lock_guard lock(mutex_);
        std::vector<StoredEntry> entries;
        for (const std::size_t place : TRY(find(tip))->entries) entries.push_back(ledger_[place]);
        return entries;
    }

    void wait_for_job(std::chrono::milliseconds wait) override {
        std::unique_lock lock(mutex_);
        rings_.wait_for(lock, wait, [this, before = rung_] { return rung_ != before; });
    }
    Result<std::vector<std::string>> check() override;

  private:
    // All below: with the mutex held.
    Result<Accepted> accept_locked(NewTip tip);
    std::optional<TipId> known(const NewTip& tip) const {
        if (tip.delivery_key)
            if (const auto found = deliveries_.find(*tip.delivery_key); found != deliveries_.end()) return found->second;
        if (!tip.dedup_key) return std::nullopt;
        const auto found = by_dedup_key_.find(*tip.dedup_key);
        return found == by_dedup_key_.end() ? std::nullopt : std::optional<TipId>(found->second);
    }
    Result<TipRecord*> find(TipId id) {
        const auto found = tips_.find(id);
        if (found == tips_.end()) return fail(ErrorKind::not_found, "no tip {}", id.text());
        return &found->second;
    }
    Result<JobRecord*> leased(JobId id, std::uint64_t fencing_token) {
        const auto found = jobs_.find(id);
        if (found == jobs_.end()) return fail(ErrorKind::not_found, "no job {}", id.text());
        if (found->second.job.state != JobState::leased || found->second.fencing_token != fencing_token)
            return fail(ErrorKind::conflict, "{}: the lease is not the job's last one, or has ended", id.text());
        return &found->second;
    }
    void ring() {
        ++rung_;
        rings_.notify_all();
    }
    Result<void> apply_locked(const Change& change);
    Result<void> insert_entry(const NewEntry& entry, Undo& undo);
    Result<void> insert_job(const NewJob& job, Undo& undo);
    Result<void> put_product(const Product& product, Undo& undo);
    Result<void> insert_message(const Message& message, Undo& undo);
    JobRecord* best_candidate(const std::vector<std::string>& skills, Instant now);

    Blobs& blobs_;
    std::mutex mutex_;
    std::condition_variable rings_;
    std::uint64_t rung_ = 0;
    std::map<TipId, TipRecord> tips_;
    std::map<Sha256, TipId> by_mailbox_;
    std::map<Sha256, TipId> by_dedup_key_;
    std::map<Sha256, TipId> deliveries_;
    std::map<JobId, JobRecord> jobs_;
    std::set<MessageId> message_ids_;
    std::set<Sha256> named_blobs_;
    std::vector<StoredEntry> ledger_;
};

Result<std::vector<QueueCount>> MemoryStore::queue_counts(Instant now) {
    const std::lock_guard lock(mutex_);
    std::map<std::string, QueueCount> queues;
    for (const auto& entry : tips_) {
        const TipRow& row = entry.second.row;
        QueueCount& count = queues[row.ranking ? row.ranking->queue : ""];
        ++count.states[static_cast<std::size_t>(row.state)];
        if (row.first_opened_hour) continue;
        ++count.unopened;
        count.overdue += row.ranking && row.ranking->deadline < now ? 1U : 0U;
        count.oldest_unopened = std::min(count.oldest_unopened.value_or(row.header.received_hour), row.header.received_hour);
    }
    std::vector<QueueCount> rows;
    for (auto& [name, count] : queues) {
        count.queue = name;
        rows.push_back(std::move(count));
    }
    return rows;
}

Result<std::vector<TipRow>> MemoryStore::unopened_due_before(Instant until, std::size_t count_max) {
    const std::lock_guard lock(mutex_);
    std::vector<TipRow> rows;
    for (const auto& entry : tips_) {
        const TipRow& row = entry.second.row;
        if (row.ranking && !row.first_opened_hour && row.ranking->deadline < until) rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(), [](const TipRow& a, const TipRow& b) {
        return std::tuple(a.ranking->deadline, a.received_index) < std::tuple(b.ranking->deadline, b.received_index);
    });
    if (rows.size() > count_max) rows.resize(count_max);
    return rows;
}

Result<void> MemoryStore::insert_entry(const NewEntry& entry, Undo& undo) {
    std::vector<std::size_t>* entries_of_tip = nullptr;
    if (!entry.tip.is_nil()) entries_of_tip = &TRY(find(entry.tip))->entries;
    if (entries_of_tip != nullptr) entries_of_tip->push_back(ledger_.size());
    ledger_.push_back(StoredEntry{ledger_.size(), entry.entry, entry.tip, entry.opening});
    undo.note([this, entries_of_tip] {
        ledger_.pop_back();
        if (entries_of_tip != nullptr) entries_of_tip->pop_back();
    });
    return {};
}

Result<void> MemoryStore::insert_job(const NewJob& job, Undo& undo) {
    TipRecord* tip = TRY(find(job.tip));
    if (jobs_.contains(job.id)) return fail(ErrorKind::conflict, "{} is there already", job.id.text());
    JobRecord record;
    record.job = Job{job.id, job.tip, job.skill, JobState::waiting, 0, job.created_hour};
    record.number = jobs_.size();
    record.priority = job.priority;
    jobs_.emplace(job.id, record);
    tip->jobs.push_back(job.id);
    undo.note([this, tip, id = job.id] {
        jobs_.erase(id);
        tip->jobs.pop_back();
    });
    ring();
    return {};
}

Result<void> MemoryStore::put_product(const Product& product, Undo& undo) {
    TipRecord* tip = TRY(find(product.tip));
    const auto earlier = tip->products.find(product.name);
    if (earlier == tip->products.end()) undo.note([tip, name = product.name] { tip->products.erase(name); });
    else undo.note([tip, before = earlier->second] { tip->products[before.name] = before; });
    tip->products[product.name] = product;
    return {};
}

Result<void> MemoryStore::insert_message(const Message& message, Undo& undo) {
    TipRecord* tip = TRY(find(message.tip));
    if (!message_ids_.insert(message.id).second) return fail(ErrorKind::conflict, "{} is there already", message.id.text());
    tip->messages.push_back(message);
    std::set<Sha256> named;   // by this message first
    for (const SealedPart& part : message.parts)
        if (std::holds_alternative<BlobRef>(part.where) && named_blobs_.insert(part.sealed_sha256).second) named.insert(part.sealed_sha256);
    undo.note([this, tip, id = message.id, named] {
        for (const Sha256& blob : named) named_blobs_.erase(blob);
        message_ids_.erase(id);
        tip->messages.pop_back();
    });
    return {};
}

Result<void> MemoryStore::apply_locked(const Change& change) {
    Undo undo;
    for (const Product& product : change.products) TRY(put_product(product, undo));
    for (const StateMove& move : change.moves) {
        TipRow& row = TRY(find(move.tip))->row;
        if (row.state != move.from) return fail(ErrorKind::conflict, "{} is not {}", move.tip.text(), name_of(move.from));
        row.state = move.to;
        undo.note([&row, from = move.from] { row.state = from; });
    }
    for (const Ranking& ranking : change.rankings) {
        TipRow& row = TRY(find(ranking.tip))->row;
        undo.note([&row, before = row.ranking] { row.ranking = before; });
        row.ranking = ranking;
    }
    for (const NewEntry& entry : change.entries) TRY(insert_entry(entry, undo));
    for (const NewJob& job : change.jobs) TRY(insert_job(job, undo));
    for (const Message& message : change.messages) TRY(insert_message(message, undo));
    for (const FirstOpening& opening : change.openings) {
        TipRow& row = TRY(find(opening.tip))->row;
        const bool is_as_told = row.ranking ? row.ranking->deadline == opening.deadline && row.ranking->queue == opening.queue : !opening.deadline && opening.queue.empty();
        if (!is_as_told) return fail(ErrorKind::conflict, "{} has another deadline or queue by now", opening.tip.text());
        if (row.first_opened_hour) continue;
        row.first_opened_hour = opening.hour;
        undo.note([&row] { row.first_opened_hour.reset(); });
    }
    for (const Withdrawal& withdrawal : change.withdrawals) {
        TipRow& row = TRY(find(withdrawal.tip))->row;
        if (row.withdrawn_hour) return fail(ErrorKind::conflict, "{} was withdrawn before", withdrawal.tip.text());
        row.withdrawn_hour = withdrawal.hour;
        undo.note([&row] { row.withdrawn_hour.reset(); });
    }
    for (const FlagMove& move : change.flags) {
        CHECK(move.flag != TipFlag::erased);
        TipRow& row = TRY(find(move.tip))->row;
        undo.note([&row, before = row.flags] { row.flags = before; });
        const auto bit = static_cast<std::uint8_t>(move.flag);
        row.flags.bits = static_cast<std::uint8_t>(move.is_set ? row.flags.bits | bit : row.flags.bits & ~bit);
    }
    return undo.keep();
}

JobRecord* MemoryStore::best_candidate(const std::vector<std::string>& skills, Instant now) {
    const auto rank = [](const JobRecord& record) { return std::tuple(-record.priority, record.job.created_hour, record.number); };
    JobRecord* best = nullptr;
    for (auto& entry : jobs_) {
        JobRecord& record = entry.second;
        if (record.job.state != JobState::waiting && record.job.state != JobState::leased) continue;
        if (record.ready_at > now || std::find(skills.begin(), skills.end(), record.job.skill) == skills.end()) continue;
        if (best == nullptr || rank(record) < rank(*best)) best = &record;
    }
    return best;
}

Result<std::optional<Lease>> MemoryStore::lease_job(const std::vector<std::string>& skills, std::string_view, Instant now,
                                                    unsigned lease_seconds, unsigned tries_max, const LeaseEntryMaker& entry) {
    const std::lock_guard lock(mutex_);
    for (;;) {
        JobRecord* best = best_candidate(skills, now);
        if (best == nullptr) return std::optional<Lease>();
        if (best->job.tries >= tries_max) {
            best->job.state = JobState::failed;
            continue;
        }
        Lease lease{best->job, best->fencing_token + 1, now + std::chrono::seconds(lease_seconds)};
        lease.job.state = JobState::leased;
        lease.job.tries += 1;
        if (entry) {
            Undo undo;
            const NewEntry made = entry(lease, tips_.at(lease.job.tip).row.header);
            if (!made.entry.kind.empty()) TRY(insert_entry(made, undo));
            TRY(undo.keep());
        }
        best->job = lease.job;
        best->fencing_token = lease.fencing_token;
        best->ready_at = lease.until;
        return std::optional<Lease>(std::move(lease));
    }
}

Result<Accepted> MemoryStore::accept_locked(NewTip tip) {
    if (const auto earlier = known(tip)) {
        TipRecord& record = tips_.at(*earlier);
        const bool was_delivered = tip.delivery_key && deliveries_.contains(*tip.delivery_key);
        if (!was_delivered && tip.repeat) {
            if (std::holds_alternative<BlobRef>(tip.repeat->raw.where)) named_blobs_.insert(tip.repeat->raw.sealed_sha256);
            tip.repeat->raw.part = 1;
            record.repeats.push_back(std::move(*tip.repeat));
            ++record.row.repeats;
        }
        if (tip.delivery_key) deliveries_.emplace(*tip.delivery_key, *earlier);
        return Accepted{*earlier, false, record.row.received_index, record.row.repeats, was_delivered};
    }
    const TipId id = tip.header.id;
    TipRecord record;
    record.row.header = tip.header;
    record.row.received_index = ledger_.size();
    record.row.reporter_public_key = std::move(tip.reporter_public_key);
    record.row.receipt = std::move(tip.receipt);
    record.wrapped_keys = std::move(tip.wrapped_keys);
    record.parts = std::move(tip.parts);
    std::sort(record.parts.begin(), record.parts.end(), [](const auto& a, const auto& b) { return a.part < b.part; });
    const Accepted accepted{id, true, ledger_.size()};
    for (const SealedPart& part : record.parts)
        if (std::holds_alternative<BlobRef>(part.where)) named_blobs_.insert(part.sealed_sha256);
    tips_.emplace(id, std::move(record));
    by_mailbox_.emplace(tip.mailbox_hash, id);
    if (tip.dedup_key) by_dedup_key_.emplace(*tip.dedup_key, id);
    if (tip.delivery_key) deliveries_.emplace(*tip.delivery_key, id);
    Undo undo;
    tip.received.tip = id;
    tip.first_job.tip = id;
    TRY(insert_entry(tip.received, undo));
    TRY(insert_job(tip.first_job, undo));
    TRY(undo.keep());
    return accepted;
}

Result<std::vector<std::string>> MemoryStore::check() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> problems;
    for (const auto& entry : tips_) {
        for (const SealedPart& part : entry.second.parts) check_part(blobs_, entry.first.text(), part, problems);
        for (const Message& message : entry.second.messages)
            for (const SealedPart& part : message.parts) check_part(blobs_, message.id.text(), part, problems);
        for (const Repeat& repeat : entry.second.repeats) check_part(blobs_, repeat.id.text(), repeat.raw, problems);
    }
    return problems;
}

}  // namespace

std::unique_ptr<Store> make_memory_store(Blobs& blobs) { return std::make_unique<MemoryStore>(blobs); }

}  // namespace plumbline
