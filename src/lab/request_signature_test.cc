// SPDX-License-Identifier: Apache-2.0
#include "lab/request_signature.h"

#include <gtest/gtest.h>

#include "lab/lab_messages.h"
#include "seal/random.h"
#include "seal/test_entropy.h"

namespace plumbline::lab {
namespace {

class GuardTest : public testing::Test {
  protected:
    GuardTest() { seal::init_crypto(); }
    Result<CheckedRequest> check(std::string_view method, std::string_view path, const Headers& headers) {
        return guard_.check({method, path, headers[0].second, headers[1].second, headers[2].second, headers[3].second, headers[4].second});
    }
    Headers signed_now(std::string_view body = "{}") { return sign_request(keys_, clock_.now(), entropy_, "POST", "/lab/v1/lease", view(body)); }
    seal::TestEntropy entropy_{"guard"};
    FakeClock clock_{*instant_from("2026-11-23T15:00:00.25Z")};
    LabKeys keys_ = *make_lab_keys("Lab North", clock_.now(), entropy_);
    LabKeys others_ = *make_lab_keys("Lab South", clock_.now(), entropy_);
    RequestGuard guard_{[this](LabId id) -> Result<dispatch::LabIdentity> {
                            if (id != keys_.id) return fail(ErrorKind::denied, "no such lab");
                            return identity_of(keys_, false);
                        },
                        clock_};
};

TEST_F(GuardTest, TakesASignedRequestOnce) {
    const Headers headers = signed_now();
    const auto checked = check("POST", "/lab/v1/lease", headers);
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_EQ(checked->lab.id, keys_.id);
    EXPECT_EQ(checked->content_sha256, sha256(view("{}")));
    const auto again = check("POST", "/lab/v1/lease", headers);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().message, "Plumbline-Nonce: used before");
    clock_.advance(std::chrono::seconds(299));
    EXPECT_FALSE(check("POST", "/lab/v1/lease", headers));
    EXPECT_TRUE(check("POST", "/lab/v1/lease", signed_now()));
}

TEST_F(GuardTest, RefusesWhatIsNotWhatWasSigned) {
    const Headers good = signed_now();
    EXPECT_FALSE(check("GET", "/lab/v1/lease", good));
    EXPECT_FALSE(check("POST", "/lab/v1/leases", good));
    for (std::size_t field = 0; field < good.size(); ++field) {
        for (std::size_t i = 0; i < good[field].second.size(); ++i) {
            Headers bad = good;
            char& letter = bad[field].second[i];
            letter = letter == '0' ? '1' : '0';
            const auto checked = check("POST", "/lab/v1/lease", bad);
            ASSERT_FALSE(checked) << good[field].first << " " << i;
            EXPECT_EQ(checked.error().kind, ErrorKind::denied);
        }
        Headers absent = good;
        absent[field].second.clear();
        EXPECT_FALSE(check("POST", "/lab/v1/lease", absent)) << good[field].first;
    }
    // None of these tries used the nonce up.
    EXPECT_TRUE(check("POST", "/lab/v1/lease", good));
}

TEST_F(GuardTest, RefusesAStrangerAndAnothersKey) {
    EXPECT_FALSE(check("POST", "/lab/v1/lease", sign_request(others_, clock_.now(), entropy_, "POST", "/lab/v1/lease", {})));
    LabKeys stolen_name = others_;
    stolen_name.id = keys_.id;
    const auto checked = check("POST", "/lab/v1/lease", sign_request(stolen_name, clock_.now(), entropy_, "POST", "/lab/v1/lease", {}));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().message, "Plumbline-Signature: it does not hold");
}

TEST_F(GuardTest, RefusesTimesThatAreOffOrBeforeTheStart) {
    const auto at = [this](int seconds) {
        const Instant when = clock_.now() + std::chrono::seconds(seconds);
        return check("POST", "/lab/v1/lease", sign_request(keys_, when, entropy_, "POST", "/lab/v1/lease", {}));
    };
    EXPECT_TRUE(at(0));
    EXPECT_TRUE(at(300));
    EXPECT_FALSE(at(301));
    EXPECT_EQ(at(-1).error().message, "Plumbline-Time: before this listener's start");
    clock_.advance(std::chrono::hours(1));
    EXPECT_TRUE(at(-300));
    EXPECT_FALSE(at(-301));
}

TEST_F(GuardTest, RefusesAPathThatHasMoreThanOneSpelling) {
    EXPECT_FALSE(check("POST", "/lab/v1/le ase", sign_request(keys_, clock_.now(), entropy_, "POST", "/lab/v1/le ase", {})));
    EXPECT_FALSE(check("POST", "/lab/v1/lease?x=1", sign_request(keys_, clock_.now(), entropy_, "POST", "/lab/v1/lease?x=1", {})));
}

TEST(LabKeysTest, AreWrittenAndRead) {
    seal::init_crypto();
    seal::TestEntropy entropy("keys");
    const Instant now = *instant_from("2026-11-23T15:00:00Z");
    const auto keys = make_lab_keys("Lab North", now, entropy);
    ASSERT_TRUE(keys);
    const auto text = lab_keys_text(*keys, std::nullopt, entropy);
    ASSERT_TRUE(text);
    const auto read = lab_keys_from(*text, std::nullopt);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->id, keys->id);
    EXPECT_EQ(read->name, "Lab North");
    EXPECT_EQ(lab_public_line(*read), lab_public_line(*keys));
    const auto row = lab_row_from(lab_public_line(*keys), day_of(now));
    ASSERT_TRUE(row) << row.error().message;
    const LabRow wanted = lab_row_of(*keys, day_of(now));
    EXPECT_EQ(row->id, wanted.id);
    EXPECT_EQ(row->name, wanted.name);
    EXPECT_EQ(row->box_public_key, wanted.box_public_key);
    EXPECT_EQ(row->verify_key, wanted.verify_key);
    for (const std::string& bad : {std::string(), *text + "more\n", text->substr(0, text->size() / 2), "x" + *text, std::string(5000, 'x')}) {
        EXPECT_FALSE(lab_keys_from(bad, std::nullopt));
        EXPECT_FALSE(lab_row_from(bad, day_of(now)));
    }
    EXPECT_FALSE(make_lab_keys("", now, entropy));
    EXPECT_FALSE(make_lab_keys("a\nb", now, entropy));
    EXPECT_FALSE(make_lab_keys(std::string(65, 'n'), now, entropy));
    EXPECT_FALSE(lab_keys_text(*keys, "words", entropy, {1, 8192 * 1024})->empty());
    EXPECT_TRUE(lab_keys_from(*lab_keys_text(*keys, "words", entropy, {1, 8192 * 1024}), "words"));
    EXPECT_FALSE(lab_keys_from(*lab_keys_text(*keys, "words", entropy, {1, 8192 * 1024}), "other"));
}

TEST(LabMessages, AreReadAsWritten) {
    seal::init_crypto();
    seal::TestEntropy entropy("messages");
    dispatch::LabLease lease;
    lease.text = "job_x.1.2.abc-_";
    lease.job = JobId::make(Instant(), {});
    lease.tip = TipId::make(Instant(), {});
    lease.skill = "examine-mail";
    lease.fencing_token = 7;
    lease.seconds = 120;
    lease.parts = {{1, 100, sha256(view("a"))}, {2, 5'000'000'000, sha256(view("b"))}};
    lease.wrapped_key = Bytes(97, std::byte{9});
    lease.desk_key = seal::make_box_keys(entropy).public_key;
    const Json json = to_json(lease);
    const auto read = lab_lease_from(*parse_json(json.dump()));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(to_json(*read), json);
    EXPECT_EQ(read->parts, lease.parts);
    for (const auto& [name, value] : json.as_object()) {
        Json broken = json;
        broken.set(name, Json());
        EXPECT_FALSE(lab_lease_from(broken)) << name;
    }
    Json path = json;
    EXPECT_FALSE(lab_lease_from(path.set("lease", "../../etc")));
    EXPECT_TRUE(lease_request_from(*parse_json(R"({"skills":["a"],"wait_seconds":0})")));
    for (const char* bad : {R"({"skills":[],"wait_seconds":0})", R"({"skills":["a"],"wait_seconds":-1})", R"({"skills":[1],"wait_seconds":1})",
                            R"({"skills":["a"]})", R"({"wait_seconds":1})", "{}"}) {
        EXPECT_FALSE(lease_request_from(*parse_json(bad))) << bad;
    }
    EXPECT_FALSE(give_back_request_from(*parse_json(R"({"is_final":true})")));
    EXPECT_TRUE(give_back_request_from(*parse_json(R"({"reason":"r"})")));
}

}  // namespace
}  // namespace plumbline::lab
