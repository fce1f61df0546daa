// SPDX-License-Identifier: Apache-2.0
// The verbs of the store, each one transaction: writes go to the one writer, looks to a reader.
#include "store/sqlite/sqlite_store.h"

#include "store/sqlite/doorbell.h"
#include "store/sqlite/erase_rows.h"
#include "store/sqlite/job_rows.h"
#include "store/sqlite/ledger_rows.h"
#include "store/sqlite/readers.h"
#include "store/sqlite/repeat_rows.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/small_rows.h"
#include "store/sqlite/tip_rows.h"
#include "store/sqlite/writer.h"

namespace plumbline {

namespace {

using sqlite::Connection;

class SqliteStore final : public Store {
  public:
    SqliteStore(Blobs& blobs, sqlite::ConnectionOptions options, std::unique_ptr<Connection> writer, sqlite::WriterOptions writing,
                std::vector<std::unique_ptr<Connection>> readers, std::unique_ptr<Connection> doorbell)
        : blobs_(blobs), options_(std::move(options)), readers_(std::move(readers)), doorbell_(std::move(doorbell)), writer_(std::move(writer), writing) {}

    Result<Accepted> accept_tip(NewTip tip) override {
        auto accepted = write<Accepted>([&](Connection& connection) { return sqlite::insert_tip(connection, tip); });
        if (accepted && accepted->is_new) doorbell_.ring();
        return accepted;
    }
    Result<std::vector<Accepted>> accept_tips(std::vector<NewTip> tips) override {
        auto accepted = write<std::vector<Accepted>>([&](Connection& connection) -> Result<std::vector<Accepted>> {
            std::vector<Accepted> all;
            for (const NewTip& tip : tips) all.push_back(TRY(sqlite::insert_tip(connection, tip)));
            return all;
        });
        if (accepted && std::any_of(accepted->begin(), accepted->end(), [](const Accepted& one) { return one.is_new; })) doorbell_.ring();
        return accepted;
    }
    Result<std::vector<Repeat>> repeats_of(TipId tip, std::size_t offset, std::size_t count_max) override {
        return read([&](Connection& connection) { return sqlite::repeat_rows(connection, tip, offset, count_max); });
    }
    Result<TipRow> tip(TipId id) override {
        return read([&](Connection& connection) { return sqlite::tip_by_id(connection, id); });
    }
    Result<TipRow> tip_by_mailbox(const Sha256& mailbox_hash) override {
        return read([&](Connection& connection) { return sqlite::tip_by_mailbox_hash(connection, mailbox_hash); });
    }
    Result<std::vector<TipRow>> tips(const TipFilter& filter) override {
        return read([&](Connection& connection) { return sqlite::tips_matching(connection, filter); });
    }
    Result<Bytes> wrapped_keys(TipId id) override {
        return read([&](Connection& connection) { return sqlite::wrapped_keys_of(connection, id); });
    }
    Result<std::vector<SealedPart>> parts(TipId id) override {
        return read([&](Connection& connection) { return sqlite::parts_of(connection, id); });
    }
    Result<bool> names_blob(const Sha256& sealed_sha256) override {
        return read([&](Connection& connection) { return sqlite::is_blob_named(connection, sealed_sha256); });
    }
    Result<StoreCounts> counts() override { return read(sqlite::count_all); }
    Result<std::vector<QueueCount>> queue_counts(Instant now) override {
        return read([&](Connection& connection) { return sqlite::counts_of_queues(connection, now); });
    }
    Result<std::vector<TipRow>> unopened_due_before(Instant until, std::size_t count_max) override {
        return read([&](Connection& connection) { return sqlite::unopened_tips_due(connection, until, count_max); });
    }

    Result<std::vector<ClosedTip>> closed_tips(Day until, std::size_t count_max) override {
        return read([&](Connection& connection) { return sqlite::closed_tip_rows(connection, until, count_max); });
    }
    Result<std::vector<BlobRef>> erase_tip(TipId id, NewEntry erased) override {
        return write<std::vector<BlobRef>>([&](Connection& connection) { return sqlite::erase_tip_rows(connection, id, erased); });
    }
    Result<void> forget_removed() override;

    Result<void> apply(Change change) override {
        auto done = write<void>([&](Connection& connection) { return sqlite::apply_change(connection, change); });
        if (done && !change.jobs.empty()) doorbell_.ring();
        return done;
    }

    Result<std::optional<Lease>> lease_job(const std::vector<std::string>& skills, std::string_view worker, Instant now,
                                           unsigned lease_seconds, unsigned tries_max, const LeaseEntryMaker& entry) override {
        const sqlite::LeaseRequest request{skills, worker, now, lease_seconds, tries_max};
        // Most askers find nothing: they cost the writer nothing.
        if (!TRY(read([&](Connection& connection) { return sqlite::has_candidate(connection, request); })))
            return std::optional<Lease>();
        return write<std::optional<Lease>>([&](Connection& connection) { return sqlite::lease_best(connection, request, entry); });
    }
    Result<Instant> renew_lease(JobId job, std::uint64_t fencing_token, Instant now, unsigned lease_seconds) override {
        const Instant until = now + std::chrono::seconds(lease_seconds);
        TRY(write<void>([&](Connection& connection) { return sqlite::extend_lease(connection, job, fencing_token, until); }));
        return until;
    }
    Result<void> complete_job(JobId job, std::uint64_t fencing_token, Change change) override {
        auto done = write<void>([&](Connection& connection) -> Result<void> {
            TRY(sqlite::finish_job(connection, job, fencing_token));
            return sqlite::apply_change(connection, change);
        });
        if (done && !change.jobs.empty()) doorbell_.ring();
        return done;
    }
    Result<void> keep_progress(JobId job, std::uint64_t fencing_token, Change change) override {
        return write<void>([&](Connection& connection) -> Result<void> {
            TRY(sqlite::begin_tries_anew(connection, job, fencing_token));
            return sqlite::apply_change(connection, change);
        });
    }
    Result<void> give_back_job(JobId job, std::uint64_t fencing_token, Instant retry_at, bool is_final, Change change) override {
        auto done = write<void>([&](Connection& connection) -> Result<void> {
            TRY(sqlite::return_job(connection, job, fencing_token, retry_at, is_final));
            return sqlite::apply_change(connection, change);
        });
        if (done) doorbell_.ring();
        return done;
    }
    Result<Job> job(JobId id) override {
        return read([&](Connection& connection) { return sqlite::job_by_id(connection, id); });
    }
    Result<std::vector<Job>> jobs_of(TipId tip) override {
        return read([&](Connection& connection) { return sqlite::all_jobs_of(connection, tip); });
    }

    Result<std::optional<Product>> product(TipId tip, std::string_view name) override {
        return read([&](Connection& connection) { return sqlite::product_named(connection, tip, name); });
    }
    Result<std::vector<Product>> products_of(TipId tip) override {
        return read([&](Connection& connection) { return sqlite::all_products_of(connection, tip); });
    }
    Result<void> each_product(std::string_view name, const std::function<bool(const Product&)>& visit) override {
        return read([&](Connection& connection) { return sqlite::visit_products(connection, name, visit); });
    }
    Result<std::vector<Message>> messages_of(TipId tip) override {
        return read([&](Connection& connection) { return sqlite::all_messages_of(connection, tip); });
    }
    Result<std::vector<SealedPart>> message_parts(MessageId message) override {
        return read([&](Connection& connection) { return sqlite::parts_of_message(connection, message); });
    }
    Result<MessageUse> message_use_of(TipId tip) override {
        return read([&](Connection& connection) { return sqlite::use_of_messages(connection, tip); });
    }

    Result<std::uint64_t> ledger_size() override { return read(sqlite::next_ledger_index); }
    Result<std::vector<StoredEntry>> ledger_entries(std::uint64_t from, std::size_t count_max) override {
        return read([&](Connection& connection) { return sqlite::entries_from(connection, from, count_max); });
    }
    Result<std::vector<StoredEntry>> ledger_entries_of(TipId tip) override {
        return read([&](Connection& connection) { return sqlite::entries_of(connection, tip); });
    }

    Result<void> put_staff(StaffRow row) override {
        return write<void>([&](Connection& connection) { return sqlite::put_staff_row(connection, row); });
    }
    Result<std::vector<StaffRow>> staff() override { return read(sqlite::staff_rows); }
    Result<void> put_lab(LabRow row) override {
        return write<void>([&](Connection& connection) { return sqlite::put_lab_row(connection, row); });
    }
    Result<std::vector<LabRow>> labs() override { return read(sqlite::lab_rows); }
    Result<void> put_token(TokenRow row) override {
        return write<void>([&](Connection& connection) { return sqlite::put_token_row(connection, row); });
    }
    Result<std::vector<TokenRow>> tokens() override { return read(sqlite::token_rows); }
    Result<void> remove_token(const Sha256& token_sha256) override {
        return write<void>([&](Connection& connection) { return sqlite::delete_token_row(connection, token_sha256); });
    }
    Result<void> note_partner(std::string_view partner, Instant hour) override {
        return write<void>([&](Connection& connection) { return sqlite::put_partner_hour(connection, partner, hour); });
    }
    Result<std::vector<PartnerHour>> partner_hours() override { return read(sqlite::partner_hour_rows); }
    Result<std::optional<std::string>> setting(std::string_view name) override {
        return read([&](Connection& connection) { return sqlite::setting_named(connection, name); });
    }
    Result<void> put_setting(std::string_view name, std::string_view value) override {
        return write<void>([&](Connection& connection) { return sqlite::put_setting_row(connection, name, value); });
    }

    Result<Exposure> add_exposure(StaffId staff, Day day, const Exposure& more) override {
        return write<Exposure>([&](Connection& connection) { return sqlite::add_exposure_row(connection, staff, day, more); });
    }

    void wait_for_job(std::chrono::milliseconds wait) override { doorbell_.wait(wait); }

    Result<std::vector<std::string>> check() override {
        std::vector<std::string> problems;
        TRY(read([&](Connection& connection) { return sqlite::check_rows(connection, blobs_, problems); }));
        return problems;
    }

  private:
    // Each look is one transaction, so that its statements see one state.
    template <class Look>
    std::invoke_result_t<Look, Connection&> read(Look look) {
        const auto loan = TRY(readers_.borrow());
        TRY((*loan).run("BEGIN"));
        auto seen = look(*loan);
        const Result<void> ended = (*loan).run("COMMIT");
        if (seen && !ended) return fail(ended.error());
        return seen;
    }

    template <class Value, class Act>
    Result<Value> write(const Act& act) {
        if constexpr (std::is_void_v<Value>) {
            return writer_.run(act);
        } else {
            std::optional<Value> value;
            TRY(writer_.run([&](Connection& connection) -> Result<void> {
                value = TRY(act(connection));
                return {};
            }));
            return std::move(*value);
        }
    }

    Blobs& blobs_;
    const sqlite::ConnectionOptions options_;   // of a writing connection
    sqlite::Readers readers_;
    sqlite::Doorbell doorbell_;
    sqlite::Writer writer_;
};

// secure_delete has overwritten the rows in the database; the write-ahead log still has the pages as they were. A checkpoint
// that truncates it needs a moment without readers, and a connection of its own.
Result<void> SqliteStore::forget_removed() {
    const std::unique_ptr<Connection> own = TRY(Connection::open(options_));
    sqlite::Query query = TRY(own->query("PRAGMA wal_checkpoint(TRUNCATE)"));
    if (!TRY(query.step()) || query.integer(0) != 0) return fail(ErrorKind::busy, "the store is being read: its log file could not be cut");
    return {};
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& options, Blobs& blobs) {
    sqlite::ConnectionOptions connection{options.path, options.vfs, true, options.busy_milliseconds_max};
    auto writer = TRY(Connection::open(connection));
    if (const auto migrated = sqlite::migrate(*writer); !migrated) return fail_in(options.path, migrated.error());
    const sqlite::ConnectionOptions writing = connection;
    connection.is_writer = false;
    std::vector<std::unique_ptr<Connection>> readers;
    for (std::size_t i = 0; i < std::max<std::size_t>(options.readers, 1); ++i)
        readers.push_back(TRY(Connection::open(connection)));
    auto doorbell = TRY(Connection::open(connection));
    return std::make_unique<SqliteStore>(blobs, writing, std::move(writer),
                                         sqlite::WriterOptions{options.writer_queue_max, options.writer_group_max},
                                         std::move(readers), std::move(doorbell));
}

}  // namespace plumbline
