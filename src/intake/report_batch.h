// SPDX-License-Identifier: Apache-2.0
// Takes machine reports in, many under one key (seal/batch_keys.h) and many in one transaction.
//
//     auto batch = intake.begin_reports({.partner = "bank-a", .trust = 5});
//     for (...) if (auto added = batch->add(std::move(report)); !added) ...   // this one alone is refused
//     for (const ReportReceipt& receipt : TRY(batch->commit())) ...           // all of them are durable, or none is
//
// An equal report (same `bundle_source`) becomes a repeat of the first: its raw bytes are sealed and kept with it. A machine's tip has
// no mailbox: nobody can read an answer.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "model/ids.h"
#include "model/tip.h"

namespace plumbline::intake {

struct ReportBatchOptions {
    std::string partner;            // goes into the sealed origin
    int trust = 0;                  // what the line works first; nothing that decides sees it
};

struct SubmittedFile {
    std::string name;
    std::string media_type;
    ByteView bytes;                 // of the caller, until add() returns
};
struct SubmittedReport {
    TipContent content;             // `files` and `origin.partner` are filled in here
    std::string contact;            // of who reports: kept out of what tips are linked by
    std::vector<SubmittedFile> files;              // the raw report first
    std::optional<std::string> bundle_source;      // what makes two reports the same
    std::optional<std::string> delivery_source;    // what makes two deliveries the same: a second one changes nothing
};

struct ReportReceipt {
    TipId tip;
    bool is_new = true;
    bool was_delivered = false;     // this very delivery was here before
    std::uint64_t count = 1;        // reports that the tip stands for, this one among them
    std::uint64_t ledger_index = 0;
};

// One thread. What was added and not committed leaves nothing.
class ReportBatch {
  public:
    virtual ~ReportBatch() = default;
    // invalid, too_large: the report is refused, what was added before stays. unavailable: a blob could not be written.
    virtual Result<void> add(SubmittedReport report) = 0;
    virtual std::size_t waiting() const = 0;                        // added and not committed
    virtual Result<std::vector<ReportReceipt>> commit() = 0;        // in the order of add(); on an Error none is taken
};

}  // namespace plumbline::intake
