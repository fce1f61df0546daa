// SPDX-License-Identifier: Apache-2.0
// Takes a partner's reports in, one item after the other, and answers each: the one way in for HTTP, Maildir and pipe.
//
//     ReportTaker taker(services, token, {}, [&](const ItemAnswer& answer) { ... });
//     TRY(taker.take(1, reports::ReportForm::json, bytes));      // an Error is the store's: nothing more can be taken now
//     TRY(taker.flush());                                        // now every answer was given, and what it says is durable
//
// Answers come in groups, at flushes that the taker makes itself; memory is one group.
#pragma once
#include <functional>

#include "intake/intake.h"
#include "partners/access.h"
#include "reports/readers.h"

namespace plumbline::partners {

// Any thread; the references outlive the takers.
struct ReportServices {
    intake::Intake& intake;
    Store& store;
    Clock& clock;
    const reports::ReportReaders& readers;
    // Reads mail, XML and CSV in the sandbox. JSON never goes there (docs/decisions/0151).
    std::function<Result<std::vector<reports::Outcome>>(reports::ReportForm form, ByteView bytes, const reports::CsvMapping* mapping)> decode;
    RateCounter& rates;
};
// The mapping that was set for a partner's lists (`plumbline keys token --csv-mapping`); nullopt where there is none.
Result<std::optional<reports::CsvMapping>> csv_mapping_of(Store& store, std::string_view partner, const reports::CategoryMap& categories);
std::string csv_mapping_setting(std::string_view partner);

enum class ItemOutcome { accepted, duplicate, known, refused, over_rate, unavailable };
std::string_view name_of(ItemOutcome outcome);
struct ItemAnswer {
    std::uint64_t item = 0;                     // from 1
    ItemOutcome outcome = ItemOutcome::refused;
    std::optional<TipId> tip;                   // of accepted, duplicate, known
    std::uint64_t count = 0;                    // reports that the tip stands for
    std::string where, reason;                  // of refused
    std::vector<reports::Warning> warnings;
};
Json to_json(const ItemAnswer& answer);

// One thread.
class ReportTaker {
  public:
    using Answer = std::function<void(const ItemAnswer&)>;
    // With a delivery name each item counts once under it, however often it is sent.
    ReportTaker(const ReportServices& services, TokenRow token, std::string delivery, Answer answer);
    Result<void> take(std::uint64_t item, reports::ReportForm form, ByteView raw);
    void refuse(std::uint64_t item, std::string where, std::string reason);
    Result<void> flush();                       // unavailable, busy: the group's items are answered so too

  private:
    Result<void> read_item(std::uint64_t item, reports::ReportForm form, ByteView raw);
    Result<void> submit(std::uint64_t item, std::size_t place, reports::MachineReport report, reports::ReportForm form, ByteView raw);
    Result<void> give_up(const Error& error);

    const ReportServices& services_;
    const TokenRow token_;
    const std::string delivery_;
    const Answer answer_;
    std::unique_ptr<intake::ReportBatch> batch_;
    std::vector<ItemAnswer> waiting_;           // the group's, in order: those that were added get their outcome at the flush
    std::vector<std::size_t> added_;            // places in waiting_
    std::size_t waiting_bytes_ = 0;
    std::optional<std::optional<reports::CsvMapping>> mapping_;
    std::optional<Instant> noted_hour_;
};

}  // namespace plumbline::partners
