// SPDX-License-Identifier: Apache-2.0
// Workers over a desk in memory, with the real decoders in a real sandbox.
#include "lab/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "dispatch/test_desk.h"
#include "evidence/wire.h"
#include "lab/desk_source.h"

namespace plumbline::lab {
namespace {

using dispatch::LabLease;
using dispatch::LeasePart;
using dispatch::TestDesk;
using dispatch::TestLab;
using testing::ElementsAre;

constexpr const char* mail = "From: a@example.org\r\nTo: b@example.com\r\nSubject: prize\r\n\r\nPay to https://pay.example.net/x now\r\n";

Result<Bytes> decoder_that_dies(ByteView, ByteView) { std::abort(); }

LabKeys keys_of(const TestLab& lab) { return {lab.identity.id, lab.identity.name, lab.box.secret, lab.signing.secret}; }

// Passes everything on; a test changes one verb.
class SourceBetween : public JobSource {
  public:
    explicit SourceBetween(JobSource& under) : under_(under) {}
    Result<std::optional<LabLease>> lease(const std::vector<std::string>& skills, unsigned wait_seconds) override {
        return under_.lease(skills, wait_seconds);
    }
    Result<void> fetch(std::string_view lease, const LeasePart& part, std::uint64_t offset, std::uint64_t count,
                       const std::function<Result<void>(ByteView)>& take) override {
        return under_.fetch(lease, part, offset, count, take);
    }
    Result<void> keep_bookmark(std::string_view lease, ByteView sealed) override { return under_.keep_bookmark(lease, sealed); }
    Result<std::optional<Bytes>> bookmark(std::string_view lease) override { return under_.bookmark(lease); }
    Result<dispatch::RenewedLease> renew(std::string_view lease) override { return under_.renew(lease); }
    Result<void> complete(std::string_view lease, ByteView finding) override { return under_.complete(lease, finding); }
    Result<void> give_back(std::string_view lease, std::string_view reason, bool is_final) override {
        return under_.give_back(lease, reason, is_final);
    }

  protected:
    JobSource& under_;
};

class WorkerTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        SandboxOptions options;
        options.workers = 2;
        auto started = Sandbox::start({{std::string(scan_task), evidence::scan_in_sandbox}}, options, evidence::prepare_scan);
        ASSERT_TRUE(started) << started.error().message;
        box_ = started->release();
        options.workers = 1;
        auto deadly = Sandbox::start({{std::string(scan_task), decoder_that_dies}}, options);
        ASSERT_TRUE(deadly);
        deadly_box_ = deadly->release();
    }
    static void TearDownTestSuite() {
        delete std::exchange(box_, nullptr);
        delete std::exchange(deadly_box_, nullptr);
    }
    Worker worker(JobSource& source, const LabKeys& keys, Sandbox* box = nullptr) {
        WorkerOptions options;
        options.wait_seconds = 0;
        return Worker({source, box == nullptr ? *box_ : *box, keys, at_.clock, at_.entropy, at_.limits}, options);
    }
    static inline Sandbox* box_ = nullptr;
    static inline Sandbox* deadly_box_ = nullptr;
    TestDesk at_;
    TestLab one_ = at_.add_lab(1);
    TestLab two_ = at_.add_lab(2);
    LabKeys keys_ = keys_of(one_);
    DeskSource source_{at_.desk(), one_.identity};
};

TEST_F(WorkerTest, WorksAJobToItsFinding) {
    const JobId job = at_.add_job(1, {mail, std::string(150'000, ' ') + "second@example.org"});
    Worker working = worker(source_, keys_);
    EXPECT_EQ(working.work_one(), WorkResult::done);
    EXPECT_EQ(working.work_one(), WorkResult::idle);
    const auto finding = finding_from(*at_.finding(job));
    ASSERT_TRUE(finding) << finding.error().message;
    EXPECT_EQ(finding->lab, one_.identity.id);
    ASSERT_EQ(finding->evidence.parts.size(), 2U);
    EXPECT_EQ(finding->evidence.parts[0].sha256, sha256(view(mail)).hex());
    EXPECT_EQ(finding->evidence.parts[0].format, "mail");
    EXPECT_TRUE(finding->evidence.parts[0].unread.empty());
    std::vector<std::string> emails;
    for (const PartEvidence& part : finding->evidence.parts) {
        for (const Sighting& sighting : part.sightings) {
            if (sighting.kind == IndicatorKind::email) emails.push_back(sighting.value);
        }
    }
    EXPECT_THAT(emails, ElementsAre("a@example.org", "b@example.com", "second@example.org"));
    EXPECT_THAT(at_.custody(job), ElementsAre("custody.leased", "custody.evidence_sent", "custody.evidence_sent", "custody.finding"));
}

TEST_F(WorkerTest, TwoWorkersNeverBothComplete) {
    constexpr std::size_t jobs = 40;
    std::vector<JobId> ids;
    for (std::uint64_t i = 1; i <= jobs; ++i) ids.push_back(at_.add_job(i, {mail}));
    const LabKeys keys_two = keys_of(two_);
    std::atomic<std::size_t> done = 0;
    std::vector<std::thread> threads;
    for (const LabKeys* keys : std::vector<const LabKeys*>{&keys_, &keys_two}) {
        threads.emplace_back([&, keys] {
            DeskSource source(at_.desk(), identity_of(*keys, true));
            Worker working = worker(source, *keys);
            const auto count = working.run_until_idle({});
            EXPECT_TRUE(count);
            done += count.value_or(0);
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(done, jobs);
    for (const JobId id : ids) EXPECT_THAT(at_.custody(id), ElementsAre("custody.leased", "custody.finding"));
}

// The slow worker's lease runs out while it works; the other one takes the job and completes it.
class SlowSource final : public SourceBetween {
  public:
    SlowSource(JobSource& under, std::function<void()> meanwhile) : SourceBetween(under), meanwhile_(std::move(meanwhile)) {}
    Result<void> complete(std::string_view lease, ByteView finding) override {
        meanwhile_();
        return under_.complete(lease, finding);
    }

  private:
    std::function<void()> meanwhile_;
};

TEST_F(WorkerTest, ALateWorkerDropsItsWork) {
    const JobId job = at_.add_job(1, {mail});
    const LabKeys keys_two = keys_of(two_);
    DeskSource source_two(at_.desk(), identity_of(keys_two, true));
    SlowSource slow(source_, [&] {
        at_.lease_runs_out();
        EXPECT_EQ(worker(source_two, keys_two).work_one(), WorkResult::done);
    });
    EXPECT_EQ(worker(slow, keys_).work_one(), WorkResult::lost);
    EXPECT_EQ(*at_.finding(job)->text_at("lab"), two_.identity.id.text());
    EXPECT_EQ(at_.store->counts()->jobs_done, 1U);
}

TEST_F(WorkerTest, AKilledWorkersJobIsTakenAgain) {
    const JobId job = at_.add_job(1, {mail});
    ASSERT_TRUE(at_.lease(two_.identity));   // and never heard of again
    EXPECT_EQ(worker(source_, keys_).work_one(), WorkResult::idle);
    at_.lease_runs_out();
    EXPECT_EQ(worker(source_, keys_).work_one(), WorkResult::done);
    EXPECT_EQ(at_.store->job(job)->state, JobState::done);
}

// Changes what comes over the wire; optionally lies about the hash too, so that only the envelope can tell.
class TamperingSource final : public SourceBetween {
  public:
    TamperingSource(JobSource& under, std::function<void(Bytes&)> change, bool lies) : SourceBetween(under), change_(std::move(change)), lies_(lies) {}
    Result<std::optional<LabLease>> lease(const std::vector<std::string>& skills, unsigned wait_seconds) override {
        auto lease = TRY(under_.lease(skills, wait_seconds));
        if (!lease || !lies_) return lease;
        Bytes sealed = TRY(changed(lease->text, lease->parts[0]));
        lease->parts[0].sealed_bytes = sealed.size();
        lease->parts[0].sealed_sha256 = sha256(sealed);
        return lease;
    }
    Result<void> fetch(std::string_view lease, const LeasePart& part, std::uint64_t, std::uint64_t, const std::function<Result<void>(ByteView)>& take) override {
        return take(TRY(changed(lease, part)));
    }

  private:
    Result<Bytes> changed(std::string_view lease, const LeasePart& part) {
        Bytes sealed;
        TRY(under_.fetch(lease, part, 0, UINT64_MAX, [&sealed](ByteView piece) -> Result<void> {
            append(sealed, piece);
            return {};
        }));
        change_(sealed);
        return sealed;
    }
    std::function<void(Bytes&)> change_;
    bool lies_;
};

TEST_F(WorkerTest, RefusesTamperedEvidence) {
    const std::vector<std::function<void(Bytes&)>> changes = {
        [](Bytes& sealed) { sealed[sealed.size() / 2] ^= std::byte{1}; }, [](Bytes& sealed) { sealed.back() ^= std::byte{128}; },
        [](Bytes& sealed) { sealed.pop_back(); },                          [](Bytes& sealed) { sealed.push_back(std::byte{0}); },
        [](Bytes& sealed) { sealed.clear(); },                             [](Bytes& sealed) { sealed.resize(sealed.size() - 40); }};
    std::uint64_t number = 0;
    for (const bool lies : {false, true}) {
        for (const auto& change : changes) {
            const JobId job = at_.add_job(++number, {std::string(70'000, 'x')});
            TamperingSource tampering(source_, change, lies);
            EXPECT_EQ(worker(tampering, keys_).work_one(), WorkResult::given_back) << number;
            EXPECT_EQ(at_.store->job(job)->state, JobState::waiting);
            EXPECT_FALSE(at_.finding(job));
            EXPECT_EQ(at_.custody(job).back(), "custody.given_back");
        }
    }
}

TEST_F(WorkerTest, ADecoderThatDiesCostsItsPart) {
    const JobId job = at_.add_job(1, {mail});
    EXPECT_EQ(worker(source_, keys_, deadly_box_).work_one(), WorkResult::done);
    const auto finding = finding_from(*at_.finding(job));
    ASSERT_EQ(finding->evidence.parts.size(), 1U);
    ASSERT_EQ(finding->evidence.parts[0].unread.size(), 1U);
    EXPECT_EQ(finding->evidence.parts[0].unread[0].reason, "decoder killed: aborted (signal 6, SIGABRT)");
    EXPECT_EQ(finding->evidence.parts[0].sha256, sha256(view(mail)).hex());
}

class LosingSource final : public SourceBetween {
  public:
    using SourceBetween::SourceBetween;
    Result<std::optional<LabLease>> lease(const std::vector<std::string>& skills, unsigned wait_seconds) override {
        auto lease = TRY(under_.lease(skills, wait_seconds));
        if (lease) lease->seconds = 0;   // renews at once
        return lease;
    }
    Result<dispatch::RenewedLease> renew(std::string_view) override {
        ++renewals;
        return fail(ErrorKind::conflict, "taken");
    }
    Result<void> fetch(std::string_view lease, const LeasePart& part, std::uint64_t offset, std::uint64_t count,
                       const std::function<Result<void>(ByteView)>& take) override {
        for (int i = 0; i < 500 && renewals == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return under_.fetch(lease, part, offset, count, take);
    }
    std::atomic<int> renewals = 0;
};

TEST_F(WorkerTest, StopsWhenTheKeeperHearsThatTheLeaseIsLost) {
    const JobId job = at_.add_job(1, {mail});
    LosingSource losing(source_);
    EXPECT_EQ(worker(losing, keys_).work_one(), WorkResult::lost);
    EXPECT_EQ(losing.renewals, 1);
    EXPECT_FALSE(at_.finding(job));
}

class RenewedSource final : public SourceBetween {
  public:
    using SourceBetween::SourceBetween;
    Result<dispatch::RenewedLease> renew(std::string_view lease) override {
        EXPECT_EQ(lease, renewals == 0 ? "first" : fmt::format("text {}", renewals));
        if (renewals == 2) return fail(ErrorKind::unavailable, "passes");
        ++renewals;
        return dispatch::RenewedLease{fmt::format("text {}", renewals), Instant(), 0};
    }
    int renewals = 0;
};

TEST_F(WorkerTest, KeepsALeaseByRenewingIt) {
    RenewedSource source(source_);
    LabLease lease;
    lease.text = "first";
    lease.seconds = 0;
    {
        const LeaseKeeper keeper(source, lease);
        for (int i = 0; i < 500 && keeper.lease() != "text 2"; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_EQ(keeper.lease(), "text 2");
        EXPECT_FALSE(keeper.is_lost());
    }
    EXPECT_EQ(source.renewals, 2);
}

class AbsentSource final : public SourceBetween {
  public:
    using SourceBetween::SourceBetween;
    Result<std::optional<LabLease>> lease(const std::vector<std::string>& skills, unsigned wait_seconds) override {
        if (++asked < 4) return fail(ErrorKind::unavailable, "nobody there");
        return under_.lease(skills, wait_seconds);
    }
    std::atomic<int> asked = 0;
};

TEST_F(WorkerTest, WaitsOutAnAbsentDeskAndStopsWhenAsked) {
    const JobId job = at_.add_job(1, {mail});
    AbsentSource absent(source_);
    WorkerOptions options;
    options.wait_seconds = 0;
    options.pause_first = std::chrono::milliseconds(1);
    std::jthread thread([&](const std::stop_token& stop) {
        Worker({absent, *box_, keys_, at_.clock, at_.entropy, at_.limits}, options).run(stop);
    });
    for (int i = 0; i < 1000 && at_.store->job(job)->state != JobState::done; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    thread.request_stop();
    thread.join();
    EXPECT_EQ(at_.store->job(job)->state, JobState::done);
    EXPECT_GE(absent.asked, 4);
}

TEST(Finding, IsCutToFit) {
    Finding finding;
    finding.evidence.parts.resize(2);
    finding.evidence.parts[0].text = std::string(50'000, 't');
    for (int i = 0; i < 1000; ++i) finding.evidence.parts[1].sightings.push_back({IndicatorKind::email, "a@example.org", "a@example.org", "1", 1, ""});
    Finding whole = finding;
    EXPECT_EQ(fitting_json(whole, 1 << 20), to_json(finding).dump());
    const std::string json = fitting_json(finding, 20'000);
    EXPECT_LE(json.size(), 20'000U);
    const auto read = finding_from(*parse_json(json));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->evidence.parts[0].text, "");
    EXPECT_LT(read->evidence.parts[1].sightings.size(), 1000U);
    EXPECT_FALSE(read->evidence.parts[1].unread.empty());
}

}  // namespace
}  // namespace plumbline::lab
