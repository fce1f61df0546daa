// SPDX-License-Identifier: Apache-2.0
#include "store/memory/looks.h"

#include <algorithm>
#include <tuple>

namespace plumbline {

std::vector<TipRow> tips_in(const std::map<TipId, TipRecord>& tips, const TipFilter& filter) {
    std::vector<const TipRow*> matching;
    for (const auto& entry : tips) {
        const TipRow& row = entry.second.row;
        if (filter.state && row.state != *filter.state) continue;
        if (!filter.queue.empty() && (!row.ranking || row.ranking->queue != filter.queue)) continue;
        if (filter.only_not_closed && row.state == TipState::closed) continue;
        if (filter.is_aside && *filter.is_aside != row.flags.has(TipFlag::aside)) continue;
        matching.push_back(&row);
    }
    std::sort(matching.begin(), matching.end(), [&](const TipRow* a, const TipRow* b) {
        if (a->ranking.has_value() != b->ranking.has_value()) return a->ranking.has_value();
        if (!a->ranking) return a->received_index < b->received_index;
        if (filter.by_severity && a->ranking->severity != b->ranking->severity) return a->ranking->severity > b->ranking->severity;
        return std::tuple(a->ranking->deadline, a->header.received_hour, a->received_index) <
               std::tuple(b->ranking->deadline, b->header.received_hour, b->received_index);
    });
    std::vector<TipRow> rows;
    for (std::size_t i = filter.offset; i < matching.size() && rows.size() < filter.count_max; ++i) rows.push_back(*matching[i]);
    return rows;
}

StoreCounts counts_in(const std::map<TipId, TipRecord>& tips, const std::map<JobId, JobRecord>& jobs, const std::vector<StoredEntry>& ledger) {
    StoreCounts counts;
    counts.tips = tips.size();
    for (const auto& entry : tips) counts.processed += entry.second.row.ranking ? 1U : 0U;
    for (const auto& entry : jobs) {
        const Job& job = entry.second.job;
        if (job.skill == skill_line) continue;
        counts.jobs_waiting += job.state == JobState::waiting ? 1U : 0U;
        counts.jobs_done += job.state == JobState::done ? 1U : 0U;
        counts.jobs_failed += job.state == JobState::failed ? 1U : 0U;
    }
    counts.ledger_size = ledger.size();
    return counts;
}

std::vector<ClosedTip> closed_in(const std::map<TipId, TipRecord>& tips, const std::vector<StoredEntry>& ledger, Day until, std::size_t count_max) {
    std::vector<ClosedTip> closed;
    for (const auto& [id, record] : tips) {
        if (record.row.state != TipState::closed || record.row.flags.has(TipFlag::erased)) continue;
        std::optional<Day> day;
        for (const std::size_t place : record.entries)
            if (ledger[place].entry.kind.ends_with(">closed")) day = ledger[place].entry.day;
        if (day && *day <= until) closed.push_back({record.row, *day});
    }
    std::sort(closed.begin(), closed.end(), [](const ClosedTip& a, const ClosedTip& b) {
        return std::tuple(a.closed, a.row.received_index) < std::tuple(b.closed, b.row.received_index);
    });
    if (closed.size() > count_max) closed.resize(count_max);
    return closed;
}

std::vector<BlobRef> emptied(TipRecord& record, std::vector<StoredEntry>& ledger, std::map<JobId, JobRecord>& jobs) {
    std::vector<BlobRef> blobs;
    const auto drop = [&](const SealedPart& part) {
        if (std::holds_alternative<BlobRef>(part.where)) blobs.push_back(std::get<BlobRef>(part.where));
    };
    for (const SealedPart& part : record.parts) drop(part);
    for (const Message& message : record.messages)
        for (const SealedPart& part : message.parts) drop(part);
    for (const Repeat& repeat : record.repeats) drop(repeat.raw);
    record.repeats.clear();
    record.row.repeats = 0;
    for (const std::size_t place : record.entries) ledger[place].opening.clear();
    record.wrapped_keys.clear();
    record.parts.clear();
    record.products.clear();
    record.messages.clear();
    record.row.reporter_public_key.clear();
    record.row.receipt.clear();
    record.row.flags.bits = static_cast<std::uint8_t>(record.row.flags.bits | static_cast<std::uint8_t>(TipFlag::erased));
    for (const JobId job : record.jobs) {
        Job& one = jobs.at(job).job;
        if (one.state == JobState::waiting || one.state == JobState::leased) one.state = JobState::failed;
    }
    return blobs;
}

}  // namespace plumbline
