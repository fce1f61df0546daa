// SPDX-License-Identifier: Apache-2.0
// Checks a ledger whole and says what is wrong and where. verify_log() is an outsider's check: static files and the public
// key, nothing else. verify_against_store() adds what only the keeper of the store can see.
//
//     const VerifyReport report = verify_log(data + "/ledger", verify_key);
//     for (const Problem& problem : report.problems) print(problem.text());   // "tile/0/000.p/7, byte 33: ..."
//
// Errors of reading (a folder that is not there, a disk fault) are problems too: a report is always given.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "merkle/note.h"
#include "model/event.h"
#include "seal/keys.h"
#include "store/blobs.h"
#include "store/store.h"

namespace plumbline::ledger {

struct Problem {
    std::string file;                        // in the log's folder; "" where it is not about a file (the store)
    std::optional<std::uint64_t> offset;     // in that file, bytes
    std::optional<std::uint64_t> entry;      // index in the log
    std::string what;
    std::string text() const;                // "tile/entries/000, byte 66, entry 1: the entry ..."
};

struct VerifyReport {
    std::vector<Problem> problems;           // the first problems_max
    std::uint64_t problem_count = 0;
    std::vector<std::string> notes;          // what is no fault: entries and files not yet in a checkpoint
    merkle::Checkpoint checkpoint;           // as published, where it could be read
    std::uint64_t entries_checked = 0;
    std::uint64_t files_checked = 0;
    std::uint64_t tips_checked = 0;          // the store's, where it was asked
    std::uint64_t tips_erased = 0;           // of these: nothing is left of them but their entries
    std::uint64_t openings_checked = 0;
    std::uint64_t parts_checked = 0;
    bool is_ok() const { return problem_count == 0; }
    static constexpr std::size_t problems_max = 1000;
    void add(Problem problem);
};

// Every byte of every file: signature and form of the checkpoint, each entry's one spelling, each tile from the entries, and
// that no file is missing or too many. Files that a publisher has written ahead of the checkpoint are checked as well and
// noted. Memory: 32 bytes for each 256 entries.
VerifyReport verify_log(const std::string& folder, const seal::VerifyKey& key);
// The same, and gives each entry that stands in the checked log to `visit`, in order. Nothing is given where the report is
// not ok: what is counted from it was verified first.
VerifyReport read_published_entries(const std::string& folder, const seal::VerifyKey& key,
                                    const std::function<void(std::uint64_t index, const LedgerEntry&)>& visit);

// What the desk's key adds; an empty function is not asked.
struct StoreChecks {
    // Opens an entry's private side and checks it against the commitment (vault::TipOpener::opening_of).
    std::function<Result<void>(const StoredEntry&)> opening;
    // The key that receipts are signed with: each tip's kept receipt is checked against its parts and its entry.
    std::optional<seal::VerifyKey> receipt_key;
    // What else the desk's key shows of one tip, one line a problem (flow::recheck_tip).
    std::function<Result<std::vector<std::string>>(TipId)> tip;
    bool read_blobs = true;                  // hash every blob again
};
// Adds to a report of verify_log: the store's entries are the log's, byte for byte; each tip has its tip.received entry, whose
// day and category group are the row's, and its state is where its entries led; openings, receipts, and the hashes of all sealed parts fit; the store's own check.
void verify_against_store(VerifyReport& report, const std::string& folder, Store& store, Blobs& blobs, const StoreChecks& checks);

}  // namespace plumbline::ledger
