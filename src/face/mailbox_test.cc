// SPDX-License-Identifier: Apache-2.0
// What the mailbox and the API give to whoever wants to check a receipt without us.
#include <gmock/gmock.h>

#include "face/hotline_fixture.h"
#include "face/html_check.h"

namespace plumbline::face {
namespace {

using testing::HasSubstr;
constexpr const char* form = "application/x-www-form-urlencoded";
const std::string words = "words=legal+winner+thank+year+wave+sausage+worth+useful+legal+winner+thank+yellow";

TEST_F(HotlineFixture, GivesTheLogsProofOnceTheLogHasTheEntry) {
    bool is_published = false;
    proof_of = [&](std::uint64_t index) -> Result<std::string> {
        if (!is_published) return fail(ErrorKind::not_found, "younger than the checkpoint");
        return fmt::format("proof of {}", index);
    };
    keys_text = [] { return Result<std::string>("plumbline-receipt-key/1 AAAA\n"); };
    intake.mailbox.tip.received_index = 7;
    open();
    const Response early = post("/mailbox/inclusion", form, words);
    EXPECT_EQ(early.status, 404);
    EXPECT_THAT(html_faults(early.body), testing::IsEmpty());
    EXPECT_THAT(early.body, HasSubstr("has not taken your report&#39;s entry yet"));
    EXPECT_EQ(get("/api/v1/ledger/proofs/7").status, 404);
    is_published = true;
    const Response given = post("/mailbox/inclusion", form, words);
    EXPECT_EQ(given.body, "proof of 7");
    EXPECT_THAT(given.headers, testing::Contains(testing::Pair("Content-Disposition", HasSubstr(".tlog-proof"))));
    EXPECT_EQ(post("/mailbox/inclusion", form, "words=zoo").status, 404);
    EXPECT_EQ(get("/api/v1/ledger/proofs/7").body, "proof of 7");
    for (const char* wrong : {"x", "-1", "7x", "99999999999999999999999"}) EXPECT_EQ(get(std::string("/api/v1/ledger/proofs/") + wrong).status, 404) << wrong;
    EXPECT_EQ(get("/api/v1/keys").body, "plumbline-receipt-key/1 AAAA\n");
}

}  // namespace
}  // namespace plumbline::face
