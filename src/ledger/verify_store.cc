// SPDX-License-Identifier: Apache-2.0
// What the keeper of a store can check beyond the public files: that the two say the same.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "ledger/published_log.h"
#include "ledger/verify.h"
#include "seal/receipt.h"

namespace plumbline::ledger {
namespace {
constexpr std::size_t read_entries_max = 1024;

class StoreCheck {
  public:
    StoreCheck(VerifyReport& report, const std::string& folder, Store& store, Blobs& blobs, const StoreChecks& checks)
        : report_(report), folder_(folder), store_(store), blobs_(blobs), checks_(checks) {}

    void run() {
        const Result<std::vector<std::string>> own = store_.check();
        if (!own) report_.add({"", {}, {}, "store: " + own.error().message});
        if (own) {
            for (const std::string& line : *own) report_.add({"", {}, {}, "store: " + line});
        }
        if (const Result<void> walked = walk_entries(); !walked) report_.add({"", {}, {}, "store: " + walked.error().message});
        if (const Result<void> walked = walk_tips(); !walked) report_.add({"", {}, {}, "store: " + walked.error().message});
    }

  private:
    // The published entries are read a bundle at a time and compared byte for byte.
    Result<void> walk_entries();
    void check_published(const StoredEntry& stored, const std::vector<ByteView>& published, std::string_view file);
    void follow_state(const StoredEntry& stored);
    Result<void> walk_tips();
    Result<void> check_tip(const TipId& tip, std::uint64_t received_index, TipState state);
    Result<void> check_erased(const TipId& tip, const TipRow& row);
    Result<std::vector<seal::ManifestRow>> check_parts(const TipId& tip);
    Result<void> check_receipt(const TipRow& row, const std::vector<seal::ManifestRow>& parts);
    Result<void> check_header(const TipHeader& header, std::uint64_t received_index);

    struct Trail {
        std::uint64_t received_index = 0;
        TipState state = TipState::received;
    };
    VerifyReport& report_;
    const std::string& folder_;
    Store& store_;
    Blobs& blobs_;
    const StoreChecks& checks_;
    std::uint64_t entries_walked_ = 0;
    std::unordered_map<TipId, Trail> trails_;  // what the log says of each tip
    std::unordered_set<TipId> erased_;         // by an entry of the log
    std::unordered_map<TipId, std::uint64_t> without_opening_;
};

void StoreCheck::check_published(const StoredEntry& stored, const std::vector<ByteView>& published, std::string_view file) {
    const std::size_t place = stored.index % merkle::tile_width;
    if (place >= published.size() || text_of(published[place]) != entry_bytes(stored.entry)) {
        report_.add({std::string(file), {}, stored.index, "the store's entry is not the published one"});
    }
}

void StoreCheck::follow_state(const StoredEntry& stored) {
    const std::optional<StateChange> change = state_change_of(stored.entry.kind);
    if (!change) return;
    const auto found = trails_.find(stored.tip);
    if (!change->from) {
        if (found != trails_.end()) report_.add({"", {}, stored.index, stored.tip.text() + " is received a second time"});
        trails_[stored.tip] = Trail{stored.index, change->to};
        return;
    }
    if (found == trails_.end()) {
        report_.add({"", {}, stored.index, stored.tip.text() + " changes its state and was never received"});
        return;
    }
    if (found->second.state != *change->from) {
        report_.add({"", {}, stored.index, fmt::format("{} was {} and not {}, as the entry says", stored.tip.text(),
                                                       name_of(found->second.state), name_of(*change->from))});
    }
    found->second.state = change->to;
}

Result<void> StoreCheck::walk_entries() {
    const std::uint64_t stored_size = TRY(store_.ledger_size());
    entries_walked_ = stored_size;
    const std::uint64_t size = report_.checkpoint.size;
    if (stored_size < size) {
        report_.add({"", {}, stored_size, fmt::format("the log has {} entries, the store {}", size, stored_size)});
    }
    if (stored_size > size) report_.notes.push_back(fmt::format("{} of the store's entries are not published yet", stored_size - size));
    const PublishedFiles log(folder_);
    Bytes bundle;
    std::string file;
    std::vector<ByteView> published;
    for (std::uint64_t at = 0; at < stored_size;) {
        // Up to the next bundle's start, so that one batch needs one bundle.
        const std::uint64_t bundle_end = (at / merkle::tile_width + 1) * merkle::tile_width;
        if (at % merkle::tile_width == 0 && at < size) {
            const merkle::TileRef tile = merkle::tile_at(true, 0, at / merkle::tile_width, size);
            file = merkle::path_of(tile);
            published.clear();
            Result<Bytes> bytes = log.read(tile);
            bundle = bytes ? std::move(*bytes) : Bytes();
            if (auto entries = merkle::entries_of(bundle, tile.width)) published = std::move(*entries);
        }
        const std::vector<StoredEntry> entries = TRY(store_.ledger_entries(at, std::min<std::uint64_t>(bundle_end - at, read_entries_max)));
        if (entries.empty()) return fail(ErrorKind::corrupt, "no entry {}", at);
        for (const StoredEntry& stored : entries) {
            if (stored.index != at) return fail(ErrorKind::corrupt, "no entry {}", at);
            if (at < size) check_published(stored, published, file);
            follow_state(stored);
            if (stored.entry.kind == kind_of_erased()) erased_.insert(stored.tip);
            if (stored.opening.empty() && !stored.tip.is_nil()) {
                without_opening_[stored.tip] = stored.index;  // right only where the tip is erased: check_tip() says
            } else if (checks_.opening) {
                const Result<void> opened = checks_.opening(stored);
                if (!opened) report_.add({"", {}, at, opened.error().message});
                ++report_.openings_checked;
            }
            ++at;
        }
    }
    return {};
}

Result<std::vector<seal::ManifestRow>> StoreCheck::check_parts(const TipId& tip) {
    std::vector<seal::ManifestRow> rows;
    for (const SealedPart& part : TRY(store_.parts(tip))) {
        rows.push_back({part.part, part.sealed_bytes, part.sealed_sha256});
        ++report_.parts_checked;
        if (const Bytes* bytes = std::get_if<Bytes>(&part.where)) {
            if (bytes->size() != part.sealed_bytes || sha256(*bytes) != part.sealed_sha256) {
                report_.add({"", {}, {}, fmt::format("{} part {}: its bytes are not those that were received", tip.text(), part.part)});
            }
            continue;
        }
        const BlobRef& blob = std::get<BlobRef>(part.where);
        if (blob.sha256 != part.sealed_sha256 || blob.size_bytes != part.sealed_bytes) {
            report_.add({"", {}, {}, fmt::format("{} part {}: its blob is another one", tip.text(), part.part)});
        }
        if (!checks_.read_blobs) continue;
        const Result<bool> is_same = blobs_.check(blob);
        if (!is_same || !*is_same) {
            report_.add({"", {}, {}, fmt::format("{} part {}: blob {}: {}", tip.text(), part.part, blob.sha256.hex(),
                                                 is_same ? "its bytes are not those that were received" : is_same.error().message)});
        }
    }
    std::sort(rows.begin(), rows.end(), [](const seal::ManifestRow& a, const seal::ManifestRow& b) { return a.part < b.part; });
    return rows;
}

Result<void> StoreCheck::check_receipt(const TipRow& row, const std::vector<seal::ManifestRow>& parts) {
    const seal::CheckedReceipt receipt = TRY(seal::verify_receipt(row.receipt, *checks_.receipt_key));
    if (receipt.received != day_of(row.header.received_hour)) return fail(ErrorKind::corrupt, "it says another day than the row");
    if (receipt.tip != row.header.id) return fail(ErrorKind::corrupt, "it is of another tip");
    if (receipt.manifest != seal::manifest_hash(parts)) return fail(ErrorKind::corrupt, "it is for other parts than are kept");
    const std::vector<StoredEntry> entry = TRY(store_.ledger_entries(row.received_index, 1));
    if (entry.empty() || entry[0].entry != receipt.entry) return fail(ErrorKind::corrupt, "it names another entry than the log has");
    return {};
}

// The row's clear fields, as far as the public entry says them too.
Result<void> StoreCheck::check_header(const TipHeader& header, std::uint64_t received_index) {
    const std::vector<StoredEntry> entries = TRY(store_.ledger_entries(received_index, 1));
    if (entries.empty()) return {};
    const LedgerEntry& entry = entries[0].entry;
    const std::string tip = header.id.text();
    if (header.group != entry.group) report_.add({"", {}, received_index, fmt::format("{} is of group {} and not {}, as the entry says", tip, name_of(header.group), name_of(entry.group))});
    if (day_of(header.received_hour) != entry.day) report_.add({"", {}, received_index, fmt::format("{} came on {} and not {}, as the entry says", tip, to_text(day_of(header.received_hour)), to_text(entry.day))});
    if (header.is_demo != (header.channel == TipChannel::demo)) report_.add({"", {}, received_index, tip + " is marked as demo data and came another way, or is not and came as such"});
    return {};
}

// Nothing of an erased tip is left but its row and its entries, of which the last alone can be opened.
Result<void> StoreCheck::check_erased(const TipId& tip, const TipRow& row) {
    const bool is_empty = TRY(store_.parts(tip)).empty() && TRY(store_.products_of(tip)).empty() && TRY(store_.messages_of(tip)).empty() &&
                          TRY(store_.wrapped_keys(tip)).empty() && row.receipt.empty();
    if (!is_empty) report_.add({"", {}, row.received_index, tip.text() + " is erased, and something of it is still there"});
    for (const StoredEntry& stored : TRY(store_.ledger_entries_of(tip)))
        if (!stored.opening.empty() && stored.entry.kind != kind_of_erased())
            report_.add({"", {}, stored.index, tip.text() + " is erased, and this entry still has an opening"});
    ++report_.tips_erased;
    ++report_.tips_checked;
    return {};
}

Result<void> StoreCheck::check_tip(const TipId& tip, std::uint64_t received_index, TipState state) {
    Result<TipRow> row = store_.tip(tip);
    // A tip that moved on since its entries were read is read once more, row after entries, until both hold still.
    for (int round = 0; row && row->state != state && round < 3; ++round) {
        for (const StoredEntry& stored : TRY(store_.ledger_entries_of(tip))) {
            if (const auto change = state_change_of(stored.entry.kind)) state = change->to;
        }
        row = store_.tip(tip);
    }
    if (!row) {
        report_.add({"", {}, received_index, fmt::format("{} was received, and the store does not have it: {}", tip.text(), row.error().message)});
        return {};
    }
    if (row->received_index != received_index) {
        report_.add({"", {}, received_index, fmt::format("{} names entry {} as its own", tip.text(), row->received_index)});
    }
    if (row->state != state) {
        report_.add({"", {}, {}, fmt::format("{} is {} in the store and {} by the log", tip.text(), name_of(row->state), name_of(state))});
    }
    TRY(check_header(row->header, received_index));
    // Whoever removes a tip without the log's word for it is found here, as is a word of the log that was not kept.
    const bool is_erased = row->flags.has(TipFlag::erased);
    if (is_erased != erased_.contains(tip)) {
        report_.add({"", {}, received_index, fmt::format("{} is {} in the store, and the log {}", tip.text(), is_erased ? "erased" : "kept", is_erased ? "does not say so" : "says otherwise")});
    }
    if (is_erased) return check_erased(tip, *row);
    if (const auto bare = without_opening_.find(tip); bare != without_opening_.end())
        report_.add({"", {}, bare->second, tip.text() + " is not erased, and this entry has no opening"});
    if (checks_.tip) {
        for (const std::string& line : TRY(checks_.tip(tip))) report_.add({"", {}, {}, tip.text() + " " + line});
    }
    const std::vector<seal::ManifestRow> parts = TRY(check_parts(tip));
    if (parts.empty() || parts[0].part != 0) report_.add({"", {}, {}, tip.text() + " has no content"});
    if (checks_.receipt_key) {
        const Result<void> checked = check_receipt(*row, parts);
        if (!checked) report_.add({"", {}, {}, fmt::format("{} receipt: {}", tip.text(), checked.error().message)});
    }
    ++report_.tips_checked;
    return {};
}

Result<void> StoreCheck::walk_tips() {
    const StoreCounts counts = TRY(store_.counts());
    const bool is_still = counts.ledger_size == entries_walked_;  // else tips came in since
    // In the log's order, so that two runs say the same.
    std::vector<std::pair<std::uint64_t, TipId>> order;
    for (const auto& [tip, trail] : trails_) order.emplace_back(trail.received_index, tip);
    std::sort(order.begin(), order.end());
    for (const auto& [index, tip] : order) TRY(check_tip(tip, index, trails_.at(tip).state));
    if (is_still && counts.tips != order.size()) {
        report_.add({"", {}, {}, fmt::format("the store has {} tips, the log {} that were received", counts.tips, order.size())});
    }
    return {};
}
}  // namespace

void verify_against_store(VerifyReport& report, const std::string& folder, Store& store, Blobs& blobs, const StoreChecks& checks) {
    StoreCheck(report, folder, store, blobs, checks).run();
}

}  // namespace plumbline::ledger
