// SPDX-License-Identifier: Apache-2.0
// The store keeps what was accepted. It speaks of tips, jobs, products and ledger entries, never of tables; each backend
// is native (sqlite/, memory/, later postgres/) and all pass one conformance suite (store_conformance.h).
//
// Contract of every backend:
//  - A verb that changes something returns only when the change is durable (or failed whole). All that one call changes
//    is one transaction. Callers on many threads share commits (group commit).
//  - A full disk is `unavailable`, a full writer queue `busy`; nothing acknowledged is ever lost by either.
//  - Every byte of content given to it is sealed already; it could not read a tip if it wanted to.
//  - Any thread may call any verb.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "model/decision.h"
#include "model/event.h"
#include "model/ids.h"
#include "model/job.h"
#include "model/tip.h"
#include "store/blobs.h"
#include "store/people.h"
#include "store/tip_flags.h"

namespace plumbline {

// ---- what goes in ----

// One sealed part of a tip: small ones in the row, large ones as a blob that is durable already.
struct SealedPart {
    std::uint32_t part = 0;                  // 0 = content, n = n-th file
    std::uint64_t sealed_bytes = 0;
    Sha256 sealed_sha256;                    // of the sealed bytes
    std::variant<Bytes, BlobRef> where;
};

// An entry for the ledger with its private side. The store gives it the next index inside the transaction.
struct NewEntry {
    LedgerEntry entry;
    TipId tip;                               // which tip it is about: private, never published
    Bytes opening;                           // sealed {salt, statement}: what the commitment commits to
};

struct NewJob {
    JobId id;
    TipId tip;
    std::string skill;
    int priority = 0;                        // higher first, then older first
    Instant created_hour;
};

// A machine's report that says the same as one that is here: its raw bytes, sealed under a key of its own, are kept with that tip.
struct Repeat {
    RepeatId id;                             // bound into its seal as a tip's id is (seal/batch_keys.h)
    Instant hour;
    Bytes wrapped_keys;
    SealedPart raw;
};

struct NewTip {
    TipHeader header;
    Bytes wrapped_keys;                      // the tip's key sealed to each desk key (seal/envelope.h)
    std::vector<SealedPart> parts;
    Sha256 mailbox_hash;                     // of the mailbox id; unique
    Bytes reporter_public_key;               // answers are sealed to it
    std::string receipt;                     // the signed proof of receipt, as handed out
    std::optional<Sha256> dedup_key;         // keyed hash of what was submitted: a second one with the same key is not stored again
    // Of machine reports: what is kept instead where dedup_key is here already; and a keyed hash of this very delivery (a mail, a line
    // of a batch with a key), which changes nothing when it comes again.
    std::optional<Repeat> repeat = {};
    std::optional<Sha256> delivery_key = {};
    NewEntry received;                       // the tip.received entry
    NewJob first_job;                        // skill_line
};
struct Accepted {
    TipId tip;                               // of the earlier tip where is_new is false
    bool is_new = true;
    std::uint64_t ledger_index = 0;
    std::uint64_t repeats = 0;               // reports that the tip stands for besides its own
    bool was_delivered = false;              // this delivery was here before: nothing was changed
};

// What a step made of a tip, sealed with the desk's own key. Idempotent by (tip, name): a newer one replaces.
struct Product {
    TipId tip;
    std::string name;                        // "evidence", "decision", "facts", "finding/<job id>"
    std::uint32_t version = 1;               // of the step that made it
    Bytes sealed;
};
struct StateMove {
    TipId tip;
    TipState from = TipState::received;      // `conflict` where the tip is not in this state
    TipState to = TipState::decided;
};
// The part of a decision that the queue is ordered by; it stands outside the seal at the desk.
struct Ranking {
    TipId tip;
    Severity severity = Severity::low;
    Instant deadline;
    std::string queue;
};
enum class MessageDirection : std::uint8_t { to_reporter = 1, from_reporter = 2 };  // on-disk values: do not change
struct Message {
    MessageId id;
    TipId tip;
    MessageDirection direction = MessageDirection::to_reporter;
    Instant hour;
    Bytes sealed;                            // to the reporter's or the desk's public key
    std::vector<SealedPart> parts = {};      // files of the message, numbered from 1; empty when read: message_parts() gives them
};
// What the messages of one tip hold: sealed bytes, files included, and how many files.
struct MessageUse {
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
};
// A person has looked at the tip for the first time. Kept once: a later one changes nothing. `conflict` where the tip has
// another deadline or queue by now: the entry that goes with it says these in public.
struct FirstOpening {
    TipId tip;
    Instant hour;
    std::optional<Instant> deadline = {};    // nullopt and "" for a tip that is not ranked
    std::string queue = {};
};
// The reporter takes the tip back. `conflict` where it was withdrawn before.
struct Withdrawal {
    TipId tip;
    Instant hour;
};

// Everything that one act changes: all of it or nothing.
struct Change {
    std::vector<Product> products = {};
    std::vector<StateMove> moves = {};
    std::vector<Ranking> rankings = {};
    std::vector<NewEntry> entries = {};
    std::vector<NewJob> jobs = {};
    std::vector<Message> messages = {};
    std::vector<FirstOpening> openings = {};
    std::vector<Withdrawal> withdrawals = {};
    std::vector<FlagMove> flags = {};
};

// ---- what comes out ----

struct TipRow {
    TipHeader header;
    TipState state = TipState::received;
    std::optional<Ranking> ranking;          // once decided
    std::uint64_t received_index = 0;        // ledger index of its tip.received entry
    Bytes reporter_public_key;
    std::string receipt;
    std::optional<Instant> first_opened_hour = {};   // by a person
    std::optional<Instant> withdrawn_hour = {};      // by the reporter
    std::uint64_t repeats = 0;                       // equal reports that came after it (Repeat)
    TipFlags flags = {};
};
// One queue, counted as it changes: asking costs nothing that grows with the number of tips.
struct QueueCount {
    std::string queue;                       // "" = not sorted yet
    std::array<std::uint64_t, 8> states{};   // tips by TipState's number
    std::uint64_t unopened = 0;              // no person has looked at them
    std::uint64_t overdue = 0;               // of these, past their deadline
    std::optional<Instant> oldest_unopened;  // the hour in which it came
};
struct TipFilter {
    std::optional<TipState> state = {};
    std::string queue = {};                  // "" = any
    bool only_not_closed = false;
    std::size_t offset = 0;
    std::optional<bool> is_aside = {};       // only those that are put aside, or only the others
    std::size_t count_max = 100;             // ordered by severity (highest first) where by_severity, else by deadline (soonest
    bool by_severity = false;                // first); tips without a decision come after, oldest first
};
// A closed tip that is not erased, and the day on which it was closed last.
struct ClosedTip {
    TipRow row;
    Day closed;
};
struct StoredEntry {
    std::uint64_t index = 0;
    LedgerEntry entry;
    TipId tip;
    Bytes opening;
};
struct StoreCounts {
    std::uint64_t tips = 0;
    std::uint64_t processed = 0;             // tips that the line has decided: they have a ranking
    std::uint64_t jobs_waiting = 0;          // these three: of every skill but the line's
    std::uint64_t jobs_done = 0;
    std::uint64_t jobs_failed = 0;
    std::uint64_t ledger_size = 0;
};
// Makes the custody entry of a lease inside the leasing transaction; one with an empty kind is not written. It runs on the
// store's own thread: it must be quick and must not call the store. May be empty.
using LeaseEntryMaker = std::function<NewEntry(const Lease&, const TipHeader&)>;

class Store {
  public:
    virtual ~Store() = default;

    // Tips
    virtual Result<Accepted> accept_tip(NewTip tip) = 0;
    virtual Result<std::vector<Accepted>> accept_tips(std::vector<NewTip> tips) = 0;  // one transaction: all or none
    virtual Result<std::vector<Repeat>> repeats_of(TipId tip, std::size_t offset, std::size_t count_max) = 0;   // oldest first
    virtual Result<TipRow> tip(TipId id) = 0;                                       // not_found
    virtual Result<TipRow> tip_by_mailbox(const Sha256& mailbox_hash) = 0;          // not_found
    virtual Result<std::vector<TipRow>> tips(const TipFilter& filter) = 0;
    virtual Result<Bytes> wrapped_keys(TipId id) = 0;
    virtual Result<std::vector<SealedPart>> parts(TipId id) = 0;                    // blobs by reference, small ones with their bytes
    virtual Result<bool> names_blob(const Sha256& sealed_sha256) = 0;               // whether a row names this blob
    virtual Result<StoreCounts> counts() = 0;
    virtual Result<std::vector<QueueCount>> queue_counts(Instant now) = 0;          // by name
    // Tips that no person has opened and whose deadline is before `until`: soonest first, overdue ones among them.
    virtual Result<std::vector<TipRow>> unopened_due_before(Instant until, std::size_t count_max) = 0;
    // Closed on that day or before, the longest closed first.
    virtual Result<std::vector<ClosedTip>> closed_tips(Day until, std::size_t count_max) = 0;
    // Removes the tip's key, parts, products, messages, receipt, dedup key and the openings of its entries; its row, its mailbox id,
    // its jobs' rows and the entries stay. `erased` becomes its last entry and keeps its opening. Gives the blobs that no row names
    // any more, for the caller to remove. conflict: it is not closed, is held, or is erased already.
    virtual Result<std::vector<BlobRef>> erase_tip(TipId id, NewEntry erased) = 0;
    // After erasing: what was removed is in none of the store's own files when this returns. busy: somebody reads; try again.
    virtual Result<void> forget_removed() = 0;

    // Any change, and jobs
    virtual Result<void> apply(Change change) = 0;
    // The best waiting job of one of the skills, or one whose lease ran out; nullopt where there is none. A job that was
    // leased tries_max times without success becomes `failed`.
    virtual Result<std::optional<Lease>> lease_job(const std::vector<std::string>& skills, std::string_view worker, Instant now,
                                                   unsigned lease_seconds, unsigned tries_max, const LeaseEntryMaker& entry) = 0;
    virtual Result<Instant> renew_lease(JobId job, std::uint64_t fencing_token, Instant now, unsigned lease_seconds) = 0;  // conflict
    // `conflict` where the token is not the job's last one, or the job is not leased; then nothing of `change` is done.
    virtual Result<void> complete_job(JobId job, std::uint64_t fencing_token, Change change) = 0;
    // What the job's worker has so far: `change` under its token, and the job's tries begin anew, for it got on. conflict as above.
    virtual Result<void> keep_progress(JobId job, std::uint64_t fencing_token, Change change) = 0;
    // Gives it back; it may be leased again from `retry_at` on, or is failed for good where is_final.
    virtual Result<void> give_back_job(JobId job, std::uint64_t fencing_token, Instant retry_at, bool is_final, Change change) = 0;
    virtual Result<Job> job(JobId id) = 0;
    virtual Result<std::vector<Job>> jobs_of(TipId tip) = 0;

    // Products
    virtual Result<std::optional<Product>> product(TipId tip, std::string_view name) = 0;
    virtual Result<std::vector<Product>> products_of(TipId tip) = 0;
    // Every product of a name, in the order of tip ids, until `visit` says false. `visit` must not call the store.
    virtual Result<void> each_product(std::string_view name, const std::function<bool(const Product&)>& visit) = 0;

    // Messages
    virtual Result<std::vector<Message>> messages_of(TipId tip) = 0;                // oldest first, without their files
    virtual Result<std::vector<SealedPart>> message_parts(MessageId message) = 0;   // its files; blobs by reference
    virtual Result<MessageUse> message_use_of(TipId tip) = 0;

    // The ledger: entries in order, as the publisher and `verify` read them
    virtual Result<std::uint64_t> ledger_size() = 0;
    virtual Result<std::vector<StoredEntry>> ledger_entries(std::uint64_t from, std::size_t count_max) = 0;
    virtual Result<std::vector<StoredEntry>> ledger_entries_of(TipId tip) = 0;

    // People, labs, partners, settings: small tables
    virtual Result<void> put_staff(StaffRow row) = 0;                               // by name: replaces
    virtual Result<std::vector<StaffRow>> staff() = 0;
    virtual Result<void> put_lab(LabRow row) = 0;                                   // by id: replaces
    virtual Result<std::vector<LabRow>> labs() = 0;
    virtual Result<void> put_token(TokenRow row) = 0;
    virtual Result<std::vector<TokenRow>> tokens() = 0;                             // by hash
    virtual Result<void> remove_token(const Sha256& token_sha256) = 0;              // not_found
    virtual Result<void> note_partner(std::string_view partner, Instant hour) = 0;  // keeps the latest
    virtual Result<std::vector<PartnerHour>> partner_hours() = 0;                   // by name
    virtual Result<std::optional<std::string>> setting(std::string_view name) = 0;
    virtual Result<void> put_setting(std::string_view name, std::string_view value) = 0;

    // Adds to the day's count and gives the sum; adding nothing asks for it.
    virtual Result<Exposure> add_exposure(StaffId staff, Day day, const Exposure& more) = 0;

    // Wakes a waiting caller when a job may be there; returns after `wait` at the latest. Only a doorbell: it may ring early.
    virtual void wait_for_job(std::chrono::milliseconds wait) = 0;
    // The store's own check: every constraint, every inline part's hash, every blob named by a row. One line a problem.
    virtual Result<std::vector<std::string>> check() = 0;
};

}  // namespace plumbline
