// SPDX-License-Identifier: Apache-2.0
// Parts that are read range by range: the finding is the same whether one lab did it or one that was killed and another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dispatch/test_desk.h"
#include "evidence/wire.h"
#include "examination/detect.h"
#include "lab/desk_source.h"
#include "lab/gathered_evidence.h"
#include "lab/job_meter.h"
#include "lab/part_window.h"
#include "lab/worker.h"

namespace plumbline::lab {
namespace {

using dispatch::TestDesk;
using dispatch::TestLab;

constexpr std::size_t mib = 1024 * 1024;

// Addresses all over, some of them again and again, one across each border of a stretch.
std::string long_text(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i) text += fmt::format("line {}: write to user{}@example.com or pay@example.org{:800}\n", i, i / 10, "");
    text.resize(size);
    for (std::size_t at = 4 * mib; at + 20 < size; at += 4 * mib) text.replace(at - 12, 25, " border@example.net now  ");
    return text;
}

LabKeys keys_of(const TestLab& lab) { return {lab.identity.id, lab.identity.name, lab.box.secret, lab.signing.secret}; }

// A lab that is killed: after `left` calls nothing comes any more.
class DyingSource final : public JobSource {
  public:
    DyingSource(JobSource& under, int left) : under_(under), left_(left) {}
    Result<std::optional<dispatch::LabLease>> lease(const std::vector<std::string>& skills, unsigned wait_seconds) override { return under_.lease(skills, wait_seconds); }
    Result<void> fetch(std::string_view lease, const dispatch::LeasePart& part, std::uint64_t offset, std::uint64_t count,
                       const std::function<Result<void>(ByteView)>& take) override {
        if (left_-- <= 0) return fail(ErrorKind::unavailable, "killed");
        offsets.push_back(offset);
        return under_.fetch(lease, part, offset, count, take);
    }
    Result<dispatch::RenewedLease> renew(std::string_view lease) override { return under_.renew(lease); }
    Result<void> complete(std::string_view lease, ByteView sealed) override { return left_ < 0 ? fail(ErrorKind::unavailable, "killed") : under_.complete(lease, sealed); }
    Result<void> keep_bookmark(std::string_view lease, ByteView sealed) override { return under_.keep_bookmark(lease, sealed); }
    Result<std::optional<Bytes>> bookmark(std::string_view lease) override { return under_.bookmark(lease); }
    Result<void> give_back(std::string_view, std::string_view, bool) override { return fail(ErrorKind::unavailable, "killed"); }
    std::vector<std::uint64_t> offsets;

  private:
    JobSource& under_;
    int left_;
};

class LongJobTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        SandboxOptions options;
        auto started = Sandbox::start({{"scan", evidence::scan_in_sandbox}, {"detect", examination::detect_in_sandbox}}, options, evidence::prepare_scan);
        ASSERT_TRUE(started) << started.error().message;
        box_ = started->release();
    }
    static void TearDownTestSuite() { delete std::exchange(box_, nullptr); }
    WorkResult work(JobSource& source, const LabKeys& keys) {
        WorkerOptions options;
        options.wait_seconds = 0;
        options.part_bytes_max = mib;
        options.bookmark_every = std::chrono::milliseconds(0);
        auto result = Worker({source, *box_, keys, at_.clock, at_.entropy, at_.limits}, options).work_one();
        return result.value_or(WorkResult::idle);
    }
    PartEvidence evidence_of(JobId job) {
        const auto finding = finding_from(*at_.finding(job));
        EXPECT_TRUE(finding);
        return finding->evidence.parts.at(0);
    }
    static inline Sandbox* box_ = nullptr;
    TestDesk at_;
    TestLab one_ = at_.add_lab(1);
    TestLab two_ = at_.add_lab(2);
    LabKeys keys_ = keys_of(one_);
    LabKeys keys_two_ = keys_of(two_);
    DeskSource source_{at_.desk(), one_.identity};
    DeskSource source_two_{at_.desk(), two_.identity};
};

TEST_F(LongJobTest, AnotherLabGoesOnWhereTheKilledOneStood) {
    const std::string text = long_text(40 * mib + 12'345);
    const JobId whole = at_.add_job(1, {text});
    ASSERT_EQ(work(source_, keys_), WorkResult::done);
    const PartEvidence expected = evidence_of(whole);
    EXPECT_EQ(expected.sha256, sha256(view(text)).hex());
    EXPECT_EQ(expected.size_bytes, text.size());
    EXPECT_EQ(expected.format, "text");
    EXPECT_GT(expected.sightings.size(), 4'000U);

    const JobId job = at_.add_job(2, {text});
    DyingSource dying(source_, 2);
    EXPECT_EQ(work(dying, keys_), WorkResult::idle);
    const auto progress = at_.opener().product(at_.store->job(job)->tip, product_progress(job));
    ASSERT_TRUE(progress && *progress);
    const auto said = job_progress_from(**progress);
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(said->all_bytes, text.size());
    EXPECT_GE(said->done_bytes, 24 * mib);
    EXPECT_LT(said->done_bytes, text.size());
    EXPECT_EQ(at_.store->job(job)->tries, 1U);
    at_.lease_runs_out();
    DyingSource second(source_two_, 100);
    ASSERT_EQ(work(second, keys_two_), WorkResult::done);
    ASSERT_FALSE(second.offsets.empty());
    EXPECT_GT(second.offsets.front(), 20 * mib);   // nothing is fetched again but the last margin
    const PartEvidence resumed = evidence_of(job);
    EXPECT_EQ(json_text(Evidence{{resumed}}), json_text(Evidence{{expected}}));
    // The bookmark goes with the finding.
    EXPECT_FALSE((*at_.opener().product(at_.store->job(job)->tip, dispatch::bookmark_context(job)))->object_at("state"));
}

TEST_F(LongJobTest, ALabWhoseLeaseIsLostKeepsNothing) {
    const JobId job = at_.add_job(1, {long_text(9 * mib)});
    const auto late = at_.lease(one_.identity);
    at_.lease_runs_out();
    ASSERT_TRUE(at_.lease(two_.identity));
    const std::string half = R"({"progress":{"done_bytes":1,"all_bytes":2,"bytes_per_second":0,"seconds_left":0},"state":{}})";
    const auto sealed = seal::seal_to(late->desk_key, dispatch::bookmark_context(job), view(half), at_.entropy);
    EXPECT_EQ(at_.desk().keep_bookmark(one_.identity, late->text, sealed).error().kind, ErrorKind::conflict);
    EXPECT_EQ(at_.desk().bookmark(one_.identity, late->text).error().kind, ErrorKind::conflict);
}

TEST_F(LongJobTest, ReadsWhatItCannotOpenAsItStands) {
    std::string bytes(10 * mib, '\0');
    bytes.replace(0, 4, "PK\3\4");
    bytes.replace(7 * mib, 16, " jo@example.com ");
    const JobId job = at_.add_job(1, {bytes});
    ASSERT_EQ(work(source_, keys_), WorkResult::done);
    const PartEvidence evidence = evidence_of(job);
    ASSERT_FALSE(evidence.unread.empty());
    EXPECT_THAT(evidence.unread.front().reason, testing::HasSubstr("read in ranges as it stands, not opened"));
    bool has_address = false;
    for (const Sighting& sighting : evidence.sightings) has_address |= sighting.value == "jo@example.com" && sighting.where == std::to_string(7 * mib + 1);
    EXPECT_TRUE(has_address);
}

TEST(PartWindow, GoesOnAtEveryPlaceAndRefusesChangedBytes) {
    seal::init_crypto();
    seal::SystemEntropy entropy;
    const TipId tip = conformance::id_of<TipId>(1);
    const seal::TipKey key = seal::TipKey::random(entropy);
    std::string text = long_text(13 * mib + 77);
    Bytes sealed = seal::seal_part(key, tip, 3, view(text), entropy);
    const dispatch::LeasePart part{3, sealed.size(), sha256(sealed)};
    const auto fetch = [&](std::uint64_t offset, std::uint64_t count, const std::function<Result<void>(ByteView)>& take) {
        return take(ByteView(sealed).subspan(offset, count));
    };
    auto whole = PartWindow::open(part, tip, key, fetch);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->size_bytes(), text.size());
    ASSERT_TRUE(whole->reach(text.size()));
    for (const std::uint64_t at : {4 * mib, 5 * mib, 9 * mib, 13 * mib}) {
        const auto place = whole->place_before(at);
        ASSERT_TRUE(place);
        EXPECT_LE(place->opener.plain_at(), at);
        const auto kept = reading_place_from(to_json(*place));
        ASSERT_TRUE(kept);
        auto later = PartWindow::open(part, tip, key, fetch, *kept);
        ASSERT_TRUE(later) << later.error().message;
        const auto hash = later->finish();
        ASSERT_TRUE(hash) << hash.error().message;
        EXPECT_EQ(*hash, sha256(view(text)));
    }
    EXPECT_FALSE(whole->place_before(mib));
    EXPECT_EQ(*whole->finish(), sha256(view(text)));
    sealed[6 * mib] ^= std::byte{1};
    auto changed = PartWindow::open(part, tip, key, fetch);
    EXPECT_EQ(changed->finish().error().kind, ErrorKind::corrupt);
}

TEST(GatheredEvidence, KeepsEachValueOnceAndNamesTheRest) {
    GatheredEvidence::Bounds bounds;
    bounds.sightings_max = 2;
    GatheredEvidence gathered(bounds);
    const auto stretch = [](std::vector<std::string> values) {
        PartEvidence evidence;
        evidence.format = "text";
        for (std::string& value : values) evidence.sightings.push_back({IndicatorKind::domain, std::move(value), "", "1", 1, ""});
        return evidence;
    };
    gathered.add(stretch({"a.example", "b.example", "a.example"}));
    auto later = GatheredEvidence::from_json(gathered.to_json(), bounds);
    ASSERT_TRUE(later);
    later->add(stretch({"b.example", "c.example"}));
    const PartEvidence all = later->take();
    EXPECT_EQ(all.sightings.size(), 2U);
    ASSERT_EQ(all.unread.size(), 2U);
    EXPECT_EQ(all.unread[0].reason, "read in ranges, each value listed once: 2 more places of the same values");
    EXPECT_EQ(all.unread[1].reason, "over the limits of a finding: 1 sightings of other values are left out");
}

TEST(JobMeter, SaysWhatIsLeftByWhatTheLastHalfMinuteBrought) {
    JobMeter meter(1000);
    const JobMeter::Time start{};
    meter.add(100, start);                                       // what was there before
    EXPECT_EQ(meter.progress().bytes_per_second, 0U);
    meter.add(100, start + std::chrono::seconds(2));
    EXPECT_EQ(meter.progress().bytes_per_second, 50U);
    EXPECT_EQ(meter.progress().seconds_left, 16U);
    meter.add(10, start + std::chrono::seconds(60));             // it got slow: the start is forgotten
    meter.add(10, start + std::chrono::seconds(70));
    EXPECT_EQ(meter.progress().bytes_per_second, 1U);
    EXPECT_EQ(meter.progress().seconds_left, 780U);
}

}  // namespace
}  // namespace plumbline::lab
