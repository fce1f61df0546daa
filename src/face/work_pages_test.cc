// SPDX-License-Identifier: Apache-2.0
// The pages and what guards them: the rate of forms without a script, the onion service, TLS that is insisted on.
#include <gmock/gmock.h>

#include "face/hotline_fixture.h"
#include "seal/test_entropy.h"

namespace plumbline::face {
namespace {

using testing::HasSubstr;

std::string header_of(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return "";
}

TEST_F(HotlineFixture, AFormThatFindsNoPlaceComesBackWithAllThatWasTyped) {
    seal::TestEntropy entropy{"work"};
    WorkGate gate(clock, entropy, {.bits = 8, .bits_more_max = 4, .tips_per_minute = 100, .plain_per_minute = 1});
    work = &gate;
    open();
    const std::vector<FormPart> form{{"text", "My story, with <b> in it."}, {"category", "fraud.impostor"}, {"contact", "jo@example.com"}, {"files", "a file", "letter.txt"}};
    EXPECT_EQ(post("/report", form_type, form_body(form)).status, 200);
    const Response page = post("/report", form_type, form_body(form));
    EXPECT_EQ(page.status, 503);
    EXPECT_EQ(header_of(page, "Retry-After"), "60");
    EXPECT_THAT(page.body, HasSubstr("My story, with &lt;b&gt; in it."));
    EXPECT_THAT(page.body, HasSubstr("jo@example.com"));
    EXPECT_EQ(intake.tips.size(), 1U);
    EXPECT_EQ(intake.writers, 0);          // nothing was sealed for it
    clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(post("/report", form_type, form_body(form)).status, 200);
    EXPECT_THAT(get("/api/v1/work").body, HasSubstr("\"bits\":8"));
}

TEST_F(HotlineFixture, ASolutionOfAnyLengthIsNoFaultOfThePersons) {
    open();
    const std::vector<FormPart> form{{"text", "My story."}, {"category", "fraud.impostor"}, {"work", std::string(100'000, 'A')}};
    EXPECT_EQ(post("/report", form_type, form_body(form)).status, 200);
    ASSERT_EQ(intake.tips.size(), 1U);
}

TEST_F(HotlineFixture, TheClearListenerNamesTheOnionServiceAndInsistsOnTls) {
    onion_location = "http://abcdef.onion";
    is_strict_tls = true;
    open();
    const Response page = get("/mailbox", {});
    EXPECT_THAT(header_of(page, "Onion-Location"), testing::StartsWith("http://abcdef.onion/"));
    EXPECT_THAT(header_of(page, "Strict-Transport-Security"), HasSubstr("max-age"));
}

TEST_F(HotlineFixture, AnOnionListenerInsistsOnNothing) {
    open();
    const Response page = get("/mailbox", {});
    EXPECT_EQ(header_of(page, "Onion-Location"), "");
    EXPECT_EQ(header_of(page, "Strict-Transport-Security"), "");
}

}  // namespace
}  // namespace plumbline::face
