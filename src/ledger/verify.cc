// SPDX-License-Identifier: Apache-2.0
// The check of a log by its files. Entries give hashes, hashes give the root; level-0 tiles give the same hashes once more.
// Where the two differ, the one that leads to the signed root is right and the other file is named.
#include "ledger/verify.h"

#include <algorithm>

#include "ledger/files.h"
#include "ledger/log_files.h"
#include "ledger/published_log.h"

namespace plumbline::ledger {

std::string Problem::text() const {
    std::string place = file;
    if (offset) place += fmt::format("{}byte {}", place.empty() ? "" : ", ", *offset);
    if (entry) place += fmt::format("{}entry {}", place.empty() ? "" : ", ", *entry);
    return place.empty() ? what : place + ": " + what;
}

void VerifyReport::add(Problem problem) {
    if (problems.size() < problems_max) problems.push_back(std::move(problem));
    ++problem_count;
}

namespace {
using merkle::TileRef;
using merkle::tile_width;
constexpr std::uint64_t missing_max = 1000;

std::size_t first_difference(std::span<const Sha256> a, std::span<const Sha256> b) {
    const std::size_t count = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (a[i] != b[i]) return i;
    }
    return count;
}

// Kinds are words of lower-case letters, digits, _ . and >.
bool is_kind(std::string_view kind) {
    return !kind.empty() && kind.size() <= 64 && std::all_of(kind.begin(), kind.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_' || letter == '.' || letter == '>';
    });
}

// Entries index * 256 and on, as the bundle says them and as the tile says them.
struct Span {
    std::uint64_t index = 0;
    TileRef bundle_file;
    TileRef tile_file;
    std::vector<std::size_t> offsets;       // of the bundle's entries
    std::vector<Sha256> by_bundle;          // empty: no bundle that can be read
    std::vector<Sha256> by_tile;
    bool differs() const {
        return first_difference(by_bundle, by_tile) < std::min(by_bundle.size(), by_tile.size());
    }
};

class LogCheck {
  public:
    LogCheck(const std::string& folder, VerifyReport& report) : report_(report), files_(LogFiles::list(folder, report)) {
        size_ = report.checkpoint.size;
    }
    void run();
    const LogFiles& files() const { return files_; }

  private:
    void check_present();
    bool read_spans();
    Span read_span(std::uint64_t index, unsigned width_wanted);
    void check_entries(const Span& span, const BundleContent& content);
    Sha256 root_with(std::span<const Sha256> edge) const;
    void choose(Span& span);
    void choose_edge(Span& span);
    void blame_tile(const Span& span);
    void blame_bundle(const Span& span);
    void check_copies();
    void check_levels();

    VerifyReport& report_;
    LogFiles files_;
    std::uint64_t size_ = 0;
    std::vector<Sha256> full_roots_;         // of full level-0 tiles that the checkpoint covers, as they were chosen
    std::vector<Sha256> ahead_roots_;        // of those after them
    std::optional<Span> edge_;               // the span that the checkpoint covers in part, when its files are wider or partial
    std::map<std::uint64_t, std::vector<Sha256>> several_;   // chosen hashes of spans of which several widths are there
    std::uint64_t entries_known_ = 0;        // checked entries, those ahead of the checkpoint included
    bool is_whole_ = true;                   // every span could be read in one way at least
};

void LogCheck::check_present() {
    std::uint64_t missing = 0;
    for (const TileRef& tile : merkle::tiles_of(std::min<std::uint64_t>(size_, tile_width * (files_.all().size() + missing_max)))) {
        TileRef wanted = merkle::tile_at(tile.is_bundle, tile.level, tile.index, size_);
        const std::vector<unsigned>& widths = files_.widths(wanted.is_bundle, wanted.level, wanted.index);
        if (std::binary_search(widths.begin(), widths.end(), wanted.width)) continue;
        if (!widths.empty() && widths.back() == tile_width) continue;
        report_.add({merkle::path_of(wanted), {}, {}, "missing"});
        if (++missing == missing_max) return;
    }
}

void LogCheck::check_entries(const Span& span, const BundleContent& content) {
    for (std::size_t i = 0; i < content.entries.size(); ++i) {
        const std::uint64_t number = span.index * tile_width + i;
        const Result<LedgerEntry> entry = ledger_entry_from(text_of(content.entries[i]));
        if (entry && is_kind(entry->kind)) continue;
        report_.add({merkle::path_of(span.bundle_file), content.offsets[i], number,
                     entry ? "a ledger entry's kind has other letters" : entry.error().message});
    }
}

Span LogCheck::read_span(std::uint64_t index, unsigned width_wanted) {
    Span span;
    span.index = index;
    const std::vector<unsigned>& bundles = files_.widths(true, 0, index);
    const std::vector<unsigned>& tiles = files_.widths(false, 0, index);
    if (!bundles.empty() && bundles.back() >= width_wanted) {
        span.bundle_file = TileRef{true, 0, index, bundles.back()};
        const BundleContent content = files_.bundle(span.bundle_file);
        check_entries(span, content);
        if (content.problem) report_.add(*content.problem);
        if (!content.problem) span.by_bundle = content.leaf_hashes();
        span.offsets = content.offsets;
    }
    if (!tiles.empty() && tiles.back() >= width_wanted) {
        span.tile_file = TileRef{false, 0, index, tiles.back()};
        std::optional<Problem> problem;
        span.by_tile = files_.hashes(span.tile_file, problem);
        if (problem) report_.add(*problem);
    }
    return span;
}

// A tile whose hash differs from its entry's.
void LogCheck::blame_tile(const Span& span) {
    const std::size_t at = first_difference(span.by_bundle, span.by_tile);
    report_.add({merkle::path_of(span.tile_file), at * 32, span.index * tile_width + at, "the hash is not that of the entry"});
}

void LogCheck::blame_bundle(const Span& span) {
    const std::size_t at = first_difference(span.by_bundle, span.by_tile);
    report_.add({merkle::path_of(span.bundle_file), span.offsets[at], span.index * tile_width + at,
                 "the entry is not the one that the signed tree holds"});
}

// Decides for a full span which of its two files the level above holds; leaves the right hashes in by_bundle.
void LogCheck::choose(Span& span) {
    if (span.by_bundle.empty()) {
        span.by_bundle = span.by_tile;
        return;
    }
    if (!span.differs()) return;
    const std::vector<unsigned>& above = files_.widths(false, 1, span.index / tile_width);
    bool is_tile_right = false;
    if (!above.empty() && above.back() > span.index % tile_width) {
        std::optional<Problem> ignored;  // check_levels() says it
        const std::vector<Sha256> hashes = files_.hashes(TileRef{false, 1, span.index / tile_width, above.back()}, ignored);
        const Sha256 by_tile = merkle::root_of(span.by_tile);
        is_tile_right = !ignored && hashes[span.index % tile_width] == by_tile && by_tile != merkle::root_of(span.by_bundle);
    }
    if (is_tile_right) {
        blame_bundle(span);
        span.by_bundle = span.by_tile;
    } else {
        blame_tile(span);
    }
}

Sha256 LogCheck::root_with(std::span<const Sha256> edge) const {
    merkle::CompactRange tiles;
    for (const Sha256& root : full_roots_) tiles.append(root);
    merkle::CompactRange leaves;
    for (const Sha256& hash : edge) leaves.append(hash);
    std::vector<Sha256> hashes = tiles.hashes();
    hashes.insert(hashes.end(), leaves.hashes().begin(), leaves.hashes().end());
    if (hashes.empty()) return merkle::empty_root();
    Sha256 root = hashes.back();
    for (std::size_t i = hashes.size() - 1; i-- > 0;) root = merkle::node_hash(hashes[i], root);
    return root;
}

// The same for the span at the edge: the root itself decides. It is over the entries that the checkpoint covers; what the
// files have beyond it goes with the file that is right.
void LogCheck::choose_edge(Span& span) {
    const std::size_t covered = size_ % tile_width;
    const auto leads_to_root = [&](const std::vector<Sha256>& hashes) {
        return hashes.size() >= covered && root_with(std::span<const Sha256>(hashes).first(covered)) == report_.checkpoint.root;
    };
    if (span.by_bundle.empty()) {
        span.by_bundle = span.by_tile;
    } else if (span.differs()) {
        if (!leads_to_root(span.by_bundle) && leads_to_root(span.by_tile)) {
            blame_bundle(span);
            span.by_bundle = span.by_tile;
        } else {
            blame_tile(span);
        }
    }
}

// Walks over the entries, as far as there are bundles in a row. False where the root cannot be told.
bool LogCheck::read_spans() {
    const std::uint64_t covered_spans = (size_ + tile_width - 1) / tile_width;
    std::uint64_t missing = 0;
    for (std::uint64_t index = 0; missing < missing_max; ++index) {
        const unsigned wanted = merkle::tile_at(true, 0, index, size_).width;
        const bool is_ahead = index >= covered_spans;
        // Ahead of the checkpoint there is something only after a full span.
        if (is_ahead && (entries_known_ % tile_width != 0 || files_.widths(true, 0, index).empty())) break;
        Span span = read_span(index, std::max(wanted, 1U));
        if (span.by_bundle.empty() && span.by_tile.empty()) {
            is_whole_ = false;
            ++missing;
            if (is_ahead) break;
            continue;
        }
        const bool is_edge = !is_ahead && wanted < tile_width;
        is_edge ? choose_edge(span) : choose(span);
        const bool is_full = span.by_bundle.size() == tile_width;
        entries_known_ = index * tile_width + span.by_bundle.size();
        if (files_.widths(true, 0, index).size() > 1 || files_.widths(false, 0, index).size() > 1) several_[index] = span.by_bundle;
        if (is_full && !is_ahead && !is_edge) full_roots_.push_back(merkle::root_of(span.by_bundle));
        if (is_full && (is_ahead || is_edge)) ahead_roots_.push_back(merkle::root_of(span.by_bundle));
        if (is_edge) edge_ = std::move(span);
    }
    return is_whole_;
}

// Partial files of earlier checkpoints, and those beside a full one: each is the start of the same span.
void LogCheck::check_copies() {
    for (const auto& [index, hashes] : several_) {
        for (const bool is_bundle : {true, false}) {
            const std::vector<unsigned>& widths = files_.widths(is_bundle, 0, index);
            for (std::size_t i = 0; i + 1 < widths.size(); ++i) {  // the widest one is checked already
                const TileRef file{is_bundle, 0, index, widths[i]};
                std::optional<Problem> problem;
                BundleContent content;
                if (is_bundle) content = files_.bundle(file);
                if (is_bundle) problem = content.problem;
                const std::vector<Sha256> found = is_bundle ? content.leaf_hashes() : files_.hashes(file, problem);
                const std::size_t at = first_difference(found, hashes);
                if (!problem && at < found.size()) {
                    problem = Problem{merkle::path_of(file), is_bundle ? content.offsets[at] : at * 32, index * tile_width + at,
                                      "it differs from the log"};
                }
                if (problem) report_.add(*problem);
            }
        }
    }
}

// Tiles from level 1 on, and files that nothing leads to.
void LogCheck::check_levels() {
    std::vector<Sha256> hashes = full_roots_;
    hashes.insert(hashes.end(), ahead_roots_.begin(), ahead_roots_.end());
    for (unsigned level = 1; level < merkle::tile_levels; ++level) {
        std::vector<Sha256> above;
        for (std::uint64_t at = 0; at + tile_width <= hashes.size(); at += tile_width) {
            above.push_back(merkle::root_of(std::span<const Sha256>(hashes).subspan(at, tile_width)));
        }
        for (std::uint64_t index = 0; index * tile_width < hashes.size(); ++index) {
            const std::span<const Sha256> right =
                std::span<const Sha256>(hashes).subspan(index * tile_width, std::min<std::size_t>(tile_width, hashes.size() - index * tile_width));
            for (const unsigned width : files_.widths(false, level, index)) {
                if (width > right.size()) continue;  // said below
                const TileRef file{false, level, index, width};
                std::optional<Problem> problem;
                const std::vector<Sha256> found = files_.hashes(file, problem);
                const std::size_t at = first_difference(found, right);
                if (!problem && at < found.size()) {
                    problem = Problem{merkle::path_of(file), at * 32, {}, "the hash is not that of the tiles below it"};
                }
                if (problem) report_.add(*problem);
            }
        }
        hashes = std::move(above);
    }
    for (const auto& [tile, widths] : files_.all()) {
        const unsigned width_max = merkle::tile_at(tile.is_bundle, tile.level, tile.index, entries_known_).width;
        for (const unsigned width : widths) {
            if (width <= width_max) continue;
            TileRef file = tile;
            file.width = width;
            report_.add({merkle::path_of(file), {}, {}, fmt::format("unexpected: a log of {} entries has no such file", entries_known_)});
        }
    }
}

void LogCheck::run() {
    check_present();
    report_.files_checked = files_.count();
    if (!read_spans()) {
        report_.notes.push_back("the root was not computed: entries are missing or cannot be read");
        return;
    }
    report_.entries_checked = size_;
    const std::vector<Sha256> none;
    const std::span<const Sha256> edge = edge_ ? std::span<const Sha256>(edge_->by_bundle) : std::span<const Sha256>(none);
    const std::size_t covered = size_ % tile_width;
    if (edge.size() < covered || root_with(edge.first(covered)) != report_.checkpoint.root) {
        report_.add({"checkpoint", {}, {}, "the entries and tiles lead to another root than the signed one"});
    }
    check_copies();
    check_levels();
    if (entries_known_ > size_) {
        report_.notes.push_back(fmt::format("{} entries are written and not yet in a checkpoint", entries_known_ - size_));
    }
}

// Reads the checkpoint; false where it does not check.
bool read_checkpoint(const std::string& folder, const seal::VerifyKey& key, VerifyReport& report) {
    const Result<PublishedLog> log = PublishedLog::open(folder, key);
    if (!log) {
        std::string what = log.error().message;
        constexpr std::string_view prefix = "checkpoint: ";
        if (what.starts_with(prefix)) what.erase(0, prefix.size());
        report.add({"checkpoint", {}, {}, what + "; nothing else can be checked without it"});
        return false;
    }
    report.checkpoint = log->checkpoint();
    return true;
}
}  // namespace

VerifyReport verify_log(const std::string& folder, const seal::VerifyKey& key) {
    VerifyReport report;
    if (read_checkpoint(folder, key, report)) LogCheck(folder, report).run();
    return report;
}

VerifyReport read_published_entries(const std::string& folder, const seal::VerifyKey& key,
                                    const std::function<void(std::uint64_t index, const LedgerEntry&)>& visit) {
    VerifyReport report;
    if (!read_checkpoint(folder, key, report)) return report;
    LogCheck check(folder, report);
    check.run();
    if (!report.is_ok()) return report;
    const std::uint64_t size = report.checkpoint.size;
    for (std::uint64_t index = 0; index * tile_width < size; ++index) {
        const std::vector<unsigned>& widths = check.files().widths(true, 0, index);
        const BundleContent content = check.files().bundle(TileRef{true, 0, index, widths.back()});
        const std::uint64_t count = std::min<std::uint64_t>(tile_width, size - index * tile_width);
        for (std::uint64_t i = 0; i < count; ++i) {
            const Result<LedgerEntry> entry =
                i < content.entries.size() ? ledger_entry_from(text_of(content.entries[i])) : fail(ErrorKind::corrupt, "it is gone");
            if (!entry) {
                report.add({merkle::path_of(TileRef{true, 0, index, widths.back()}), {}, index * tile_width + i, "changed while it was read"});
                return report;
            }
            visit(index * tile_width + i, *entry);
        }
    }
    return report;
}

}  // namespace plumbline::ledger
