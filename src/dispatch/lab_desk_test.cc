// SPDX-License-Identifier: Apache-2.0
#include "dispatch/lab_desk.h"
#include "dispatch/part_hashes.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "dispatch/test_desk.h"

namespace plumbline::dispatch {
namespace {

using testing::ElementsAre;

class LabDeskTest : public testing::Test {
  protected:
    TestDesk at_;
    TestLab one_ = at_.add_lab(1);
    TestLab two_ = at_.add_lab(2);
};

TEST_F(LabDeskTest, KnowsItsActiveLabs) {
    const auto found = at_.desk().lab(one_.identity.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->box_key, one_.box.public_key);
    EXPECT_FALSE(found->is_in_process);
    EXPECT_FAILS(ErrorKind::denied, at_.desk().lab(conformance::id_of<LabId>(9)));
    LabRow row = at_.store->labs()->front();
    row.is_active = false;
    ASSERT_TRUE(at_.store->put_lab(row));
    EXPECT_FAILS(ErrorKind::denied, at_.desk().lab(row.id));
}

TEST_F(LabDeskTest, LeasesFilesAndNeverTheReportersWords) {
    const std::string large(100'000, 'm');
    const JobId job = at_.add_job(1, {"mail one", large});
    const auto lease = at_.lease(one_.identity);
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->job, job);
    EXPECT_EQ(lease->desk_key, at_.desk_key());
    ASSERT_EQ(lease->parts.size(), 2U);
    const auto key = seal::unwrap_tip_key(lease->wrapped_key, lease->tip, one_.box.secret);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_FALSE(seal::unwrap_tip_key(lease->wrapped_key, lease->tip, two_.box.secret));
    for (const LeasePart& part : lease->parts) {
        auto source = at_.desk().part(one_.identity, lease->text, part.part, true);
        ASSERT_TRUE(source) << source.error().message;
        Bytes sealed(part.sealed_bytes);
        EXPECT_EQ((*source)->sealed_bytes(), part.sealed_bytes);
        EXPECT_EQ(*(*source)->read(0, sealed), part.sealed_bytes);
        EXPECT_EQ(*(*source)->read(part.sealed_bytes, sealed), 0U);
        EXPECT_EQ(sha256(sealed), part.sealed_sha256);
        const auto plain = seal::open_part(*key, lease->tip, part.part, sealed);
        ASSERT_TRUE(plain);
        EXPECT_EQ(text_of(*plain), part.part == 1 ? "mail one" : large);
    }
    EXPECT_FAILS(ErrorKind::not_found, at_.desk().part(one_.identity, lease->text, 0, true));
    EXPECT_FAILS(ErrorKind::not_found, at_.desk().part(one_.identity, lease->text, seal::opening_part, true));
    EXPECT_FAILS(ErrorKind::not_found, at_.desk().part(one_.identity, lease->text, 3, true));
    EXPECT_THAT(at_.custody(job), ElementsAre("custody.leased", "custody.evidence_sent", "custody.evidence_sent"));
    EXPECT_FALSE(at_.lease(two_.identity)) << "one job, one lease";
}

TEST_F(LabDeskTest, SaysWhatItLeasedInItsCustodyEntry) {
    const JobId job = at_.add_job(1, {"mail"});
    ASSERT_TRUE(at_.lease(one_.identity));
    const auto entries = at_.store->ledger_entries_of(at_.store->job(job)->tip);
    const auto opening = at_.opener().opening_of(entries->back());
    ASSERT_TRUE(opening) << opening.error().message;
    const auto statement = parse_json(opening->statement);
    EXPECT_EQ(*statement->text_at("lab"), one_.identity.id.text());
    EXPECT_EQ(*statement->text_at("job"), job.text());
    EXPECT_EQ(*statement->integer_at("fencing_token"), 1);
    // A lab leases within a second of a tip's coming in: the entry keeps no finer time than the tip itself.
    EXPECT_EQ(*statement->text_at("hour"), to_text(hour_of(at_.clock.now())));
    EXPECT_EQ(statement->find("until"), nullptr);
}

TEST_F(LabDeskTest, KnowsItsOwnLeasesOnly) {
    at_.add_job(1, {"mail"});
    const std::string lease = at_.lease(one_.identity)->text;
    EXPECT_FAILS(ErrorKind::denied, at_.desk().part(two_.identity, lease, 1, true));
    EXPECT_FAILS(ErrorKind::denied, at_.desk().renew(two_.identity, lease));
    EXPECT_FAILS(ErrorKind::denied, at_.desk().complete(two_.identity, lease, {}));
    EXPECT_FAILS(ErrorKind::denied, at_.desk().give_back(two_.identity, lease, "", true));
    // Every letter counts.
    for (std::size_t i = 0; i < lease.size(); ++i) {
        std::string forged = lease;
        forged[i] = forged[i] == 'x' ? 'y' : 'x';
        EXPECT_FAILS(ErrorKind::denied, at_.desk().renew(one_.identity, forged));
    }
    for (const char* text : {"", ".", "...", "job_.1.2.x"}) EXPECT_FAILS(ErrorKind::denied, at_.desk().renew(one_.identity, text));
    EXPECT_TRUE(at_.desk().renew(one_.identity, lease));
}

TEST_F(LabDeskTest, CompletesOnceAndBearsALostAnswer) {
    const JobId job = at_.add_job(1, {"mail"});
    const auto lease = at_.lease(one_.identity);
    const Bytes sealed = at_.sealed_finding(*lease, one_.identity, 1);
    ASSERT_WORKS(at_.desk().complete(one_.identity, lease->text, sealed));
    EXPECT_EQ(at_.store->job(job)->state, JobState::done);
    EXPECT_EQ(*at_.finding(job)->text_at("lab"), one_.identity.id.text());
    EXPECT_THAT(at_.custody(job), ElementsAre("custody.leased", "custody.finding"));
    ASSERT_WORKS(at_.desk().complete(one_.identity, lease->text, sealed));
    EXPECT_FAILS(ErrorKind::conflict, at_.desk().complete(one_.identity, lease->text, at_.sealed_finding(*lease, one_.identity, 2)));
    EXPECT_EQ(at_.custody(job).size(), 2U) << "nothing of a refused completion stays";
}

TEST_F(LabDeskTest, ALostLeaseIsRefusedAndItsJobTakenAgain) {
    const JobId job = at_.add_job(1, {"mail"});
    const auto first = at_.lease(one_.identity);
    at_.lease_runs_out();
    EXPECT_FAILS(ErrorKind::conflict, at_.desk().part(one_.identity, first->text, 1, true));
    const auto second = at_.lease(two_.identity);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->job, job);
    EXPECT_GT(second->fencing_token, first->fencing_token);
    EXPECT_FAILS(ErrorKind::conflict, at_.desk().renew(one_.identity, first->text));
    EXPECT_FAILS(ErrorKind::conflict, at_.desk().complete(one_.identity, first->text, at_.sealed_finding(*first, one_.identity, 1)));
    EXPECT_FAILS(ErrorKind::conflict, at_.desk().give_back(one_.identity, first->text, "late", true));
    ASSERT_WORKS(at_.desk().complete(two_.identity, second->text, at_.sealed_finding(*second, two_.identity, 2)));
    EXPECT_EQ(*at_.finding(job)->text_at("lab"), two_.identity.id.text());
}

TEST_F(LabDeskTest, RenewsUntilItIsGivenUp) {
    at_.add_job(1, {"mail"});
    const auto first = at_.lease(one_.identity);
    at_.clock.advance(std::chrono::seconds(at_.limits.lease_seconds - 1));
    const auto renewed = at_.desk().renew(one_.identity, first->text);
    ASSERT_TRUE(renewed);
    EXPECT_EQ(renewed->until, at_.clock.now() + std::chrono::seconds(at_.limits.lease_seconds));
    at_.clock.advance(std::chrono::seconds(2));
    EXPECT_FAILS(ErrorKind::conflict, at_.desk().part(one_.identity, first->text, 1, true));  // the old text ends where it says
    EXPECT_TRUE(at_.desk().part(one_.identity, renewed->text, 1, true));
    EXPECT_FALSE(at_.lease(two_.identity));
}

TEST_F(LabDeskTest, RefusesAFindingThatIsNotOfThisJobLabOrEvidence) {
    const JobId job = at_.add_job(1, {"mail"});
    const auto lease = at_.lease(one_.identity);
    const auto complete = [&](ByteView sealed) { return at_.desk().complete(one_.identity, lease->text, sealed); };
    EXPECT_FAILS(ErrorKind::invalid, complete(at_.sealed_finding(*lease, two_.identity, 1)));
    LabLease other = *lease;
    other.job = conformance::id_of<JobId>(77);
    EXPECT_FAILS(ErrorKind::invalid, complete(at_.sealed_finding(other, one_.identity, 1)));
    other = *lease;
    other.tip = conformance::id_of<TipId>(77);
    EXPECT_FAILS(ErrorKind::invalid, complete(at_.sealed_finding(other, one_.identity, 1)));
    EXPECT_FAILS(ErrorKind::invalid, complete(view("not sealed")));
    EXPECT_FAILS(ErrorKind::invalid, complete(seal::seal_to(lease->desk_key, finding_context(job), view("{}"), at_.entropy)));
    EXPECT_FAILS(ErrorKind::invalid, complete(seal::seal_to(lease->desk_key, finding_context(job), view("]"), at_.entropy)));
    EXPECT_FAILS(ErrorKind::too_large, complete(Bytes(sealed_finding_bytes_max + 1)));
    // The line has read the same part.
    Evidence known;
    known.parts.push_back({});
    known.parts[0].part = 1;
    known.parts[0].sha256 = sha256(view("mail")).hex();
    Change change;
    change.products.push_back(at_.opener().sealed_product(lease->tip, product_hashes, 1, hashes_json(known)));
    ASSERT_WORKS(at_.store->apply(std::move(change)));
    EXPECT_FAILS(ErrorKind::invalid, complete(at_.sealed_finding(*lease, one_.identity, 1, sha256(view("other")).hex())));
    EXPECT_EQ(at_.store->job(job)->state, JobState::leased);
    EXPECT_FALSE(at_.finding(job));
    ASSERT_WORKS(complete(at_.sealed_finding(*lease, one_.identity, 1, known.parts[0].sha256)));
}

TEST_F(LabDeskTest, TakesAJobBackAndOffersItLater) {
    const JobId job = at_.add_job(1, {"mail"});
    const auto lease = at_.lease(one_.identity);
    EXPECT_FAILS(ErrorKind::too_large, at_.desk().give_back(one_.identity, lease->text, std::string(501, 'r'), false));
    ASSERT_WORKS(at_.desk().give_back(one_.identity, lease->text, "no room", false));
    EXPECT_FALSE(at_.lease(two_.identity));
    at_.clock.advance(std::chrono::seconds(61));
    const auto again = at_.lease(two_.identity);
    ASSERT_TRUE(again);
    ASSERT_WORKS(at_.desk().give_back(two_.identity, again->text, "never", true));
    EXPECT_EQ(at_.store->job(job)->state, JobState::failed);
    EXPECT_THAT(at_.custody(job), ElementsAre("custody.leased", "custody.given_back", "custody.leased", "custody.given_back"));
}

TEST_F(LabDeskTest, AJobThatCannotBeOpenedDoesNotBlockTheOthers) {
    NewTip broken = conformance::tip_number(1);   // its wrapped keys are none
    const TipId tip = broken.header.id;
    ASSERT_WORKS(at_.store->accept_tip(std::move(broken)));
    Change change;
    change.jobs.push_back(conformance::job_for(tip, 1, skill_examine_mail, 9));
    ASSERT_WORKS(at_.store->apply(std::move(change)));
    const JobId good = at_.add_job(2, {"mail"});
    const auto lease = at_.lease(one_.identity);
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->job, good);
}

TEST_F(LabDeskTest, RefusesWhatIsNoLabsWork) {
    EXPECT_FAILS(ErrorKind::denied, at_.desk().lease(one_.identity, {std::string(skill_line)}, 0));
    EXPECT_FAILS(ErrorKind::invalid, at_.desk().lease(one_.identity, {}, 0));
    EXPECT_FAILS(ErrorKind::invalid, at_.desk().lease(one_.identity, std::vector<std::string>(17, "x"), 0));
}

TEST_F(LabDeskTest, WaitsNoLongerThanAskedAndNotAfterStop) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(*at_.desk().lease(one_.identity, {std::string(skill_examine_mail)}, 1));
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(900));
    at_.desk().stop();
    EXPECT_FALSE(*at_.desk().lease(one_.identity, {std::string(skill_examine_mail)}, 3600));
}

TEST_F(LabDeskTest, IdleLabsNeverHoldEveryThreadOfTheListener) {
    std::atomic<int> waited = 0;
    std::vector<std::thread> labs;
    for (int i = 0; i < lab_waits_max; ++i) {
        labs.emplace_back([this, &waited] {
            auto lease = at_.desk().lease(one_.identity, {std::string(skill_examine_mail)}, 20);
            while (!lease) lease = at_.desk().lease(one_.identity, {std::string(skill_examine_mail)}, 20);  // the other lab had its place
            waited += *lease ? 0 : 1;
        });
    }
    // Where all places are taken, one more is told so at once. A place may still be free while the threads start.
    ErrorKind kind = ErrorKind::invalid;
    for (int attempt = 0; attempt < 100 && kind != ErrorKind::busy; ++attempt) {
        const auto more = at_.desk().lease(two_.identity, {std::string(skill_examine_mail)}, 1);
        if (!more) kind = more.error().kind;
    }
    EXPECT_EQ(kind, ErrorKind::busy);
    // Without waiting it may always ask, and what is there it gets.
    EXPECT_TRUE(at_.desk().lease(two_.identity, {std::string(skill_examine_mail)}, 0));
    at_.desk().stop();
    for (std::thread& lab : labs) lab.join();
    EXPECT_EQ(waited, lab_waits_max);
}

}  // namespace
}  // namespace plumbline::dispatch
