// SPDX-License-Identifier: Apache-2.0
// The hotline as it runs: over a socket, with the real intake; the desk's key opens what a form sent.
#include "face/hotline_fixture.h"
#include "http/client.h"
#include "http/form_urlencoded.h"
#include "seal/random.h"
#include "seal/receipt.h"
#include "vault/tip_opener.h"

namespace plumbline::face {
namespace {

using testing::HasSubstr;

std::string between(std::string_view text, std::string_view start, std::string_view end) {
    const std::size_t at = text.find(start);
    if (at == std::string_view::npos) return "";
    text.remove_prefix(at + start.size());
    return std::string(text.substr(0, text.find(end)));
}

struct HotlineSocket : HotlineFixture {
    seal::SystemEntropy entropy;
    seal::BoxKeys desk = seal::make_box_keys(entropy);
    seal::SigningKeys signing = seal::make_signing_keys(entropy);
    std::unique_ptr<intake::Intake> real;
    std::unique_ptr<Server> server;
    std::unique_ptr<HttpClient> client;

    void serve() {
        real = intake::Intake::make(*store, *blobs, clock, entropy, categories, intake::IntakeKeys{{desk.public_key}, signing.secret, Bytes(32, std::byte{9}), desk.public_key}, limits);
        HotlineServices services{.intake = *real, .store = *store, .clock = clock, .categories = categories, .limits = limits, .asset = {},
                                 .rulebook_html = "", .ledger_folder = "", .figures = {}, .figures_chart = {}, .is_ready = {}, .is_demo = false};
        services.asset = [this](std::string_view name) -> Result<std::string_view> {
            return std::string_view(assets[std::string(name)] = file_text(std::string(PLUMBLINE_SOURCE_DIR "/") + std::string(name)));
        };
        const auto added = add_hotline_routes(router, services);
        ASSERT_TRUE(added) << added.error().message;
        auto made = Server::listen(router, {.limits = limits});
        ASSERT_TRUE(made) << made.error().message;
        server = std::move(*made);
        client = std::move(*HttpClient::open({.base_url = fmt::format("http://127.0.0.1:{}", server->port())}));
    }
    ClientAnswer send(const char* path, const std::string& type, const std::string& body, HttpClient::Headers headers = {}) {
        headers.emplace_back("Content-Type", type);
        auto answer = client->request("POST", path, headers, view(body));
        if (answer) return *answer;
        ADD_FAILURE() << answer.error().message;
        return {};
    }
    ~HotlineSocket() override { server.reset(); }
};

TEST_F(HotlineSocket, TakesAReportThatOnlyTheDeskOpens) {
    serve();
    const std::string file(3'000'000, 'e');
    const ClientAnswer page = send("/report", form_type, form_body({{"text", "A marked sentence."}, {"category", "fraud.phishing"}, {"files", file, "mail.eml"}}));
    ASSERT_EQ(page.status, 200) << page.body;
    const std::string words = between(page.body, "name=\"words\" value=\"", "\"");
    const auto tips = store->tips({});
    ASSERT_TRUE(tips);
    ASSERT_EQ(tips->size(), 1U);
    EXPECT_TRUE(seal::verify_receipt((*tips)[0].receipt, signing.verify_key));
    vault::TipOpener opener(*store, *blobs, desk.secret, entropy);
    const TipId tip = (*tips)[0].header.id;
    const auto content = opener.content(tip);
    ASSERT_TRUE(content) << content.error().message;
    EXPECT_EQ(content->text, "A marked sentence.");
    ASSERT_EQ(content->files.size(), 1U);
    EXPECT_EQ(content->files[0].name, "mail.eml");
    EXPECT_EQ(content->files[0].size_bytes, file.size());
    const auto opened = opener.file(tip, 1, 10'000'000);
    ASSERT_TRUE(opened);
    EXPECT_EQ(text_of(*opened), file);
    EXPECT_EQ((*tips)[0].header.received_hour, *instant_from("2026-11-23T15:00:00Z"));

    const std::string type = "application/x-www-form-urlencoded";
    const ClientAnswer mailbox = send("/mailbox", type, "words=" + percent_encoded(words));
    EXPECT_EQ(mailbox.status, 200);
    EXPECT_THAT(mailbox.body, HasSubstr(tip.text()));
    EXPECT_EQ(send("/mailbox/message", type, "words=" + percent_encoded(words) + "&message=more").status, 200);
    EXPECT_EQ(store->messages_of(tip)->size(), 1U);
    EXPECT_EQ(send("/mailbox/proof", type, "words=" + percent_encoded(words)).body, (*tips)[0].receipt);
    std::string other = words;
    std::swap(other[0], other[1]);
    EXPECT_EQ(send("/mailbox", type, "words=" + percent_encoded(other)).status, 422);
    EXPECT_EQ(send("/mailbox", type, "words=abandon+abandon+abandon+abandon+abandon+abandon+abandon+abandon+abandon+abandon+abandon+about").status, 404);
}

TEST_F(HotlineSocket, TakesATipOfAPartnerWithItsEntry) {
    serve();
    ASSERT_TRUE(store->put_token({sha256(view("secret-token")), "bank-a"}));
    const HttpClient::Headers headers{{"Authorization", "Bearer secret-token"}, {"Idempotency-Key", "7"}};
    const ClientAnswer first = send("/api/v1/tips", "application/json", R"({"text":"a","category":"fraud.phishing"})", headers);
    EXPECT_EQ(first.status, 201) << first.body;
    EXPECT_THAT(first.body, HasSubstr("\"entry\":0"));
    const ClientAnswer again = send("/api/v1/tips", "application/json", R"({"text":"a","category":"fraud.phishing"})", headers);
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(between(again.body, "\"id\":\"", "\""), between(first.body, "\"id\":\"", "\""));
    EXPECT_EQ(store->counts()->tips, 1U);
    const ClientAnswer empty = send("/api/v1/tips", "application/json", "{}", {{"Authorization", "Bearer secret-token"}});
    EXPECT_EQ(empty.status, 422);
    EXPECT_THAT(empty.body, HasSubstr("\"pointer\":\"/text\""));
    // A file alone needs no text.
    EXPECT_EQ(send("/api/v1/tips", form_type, form_body({{"tip", "{}"}, {"mail", "From: a\r\n\r\nb", "a.eml"}}), {{"Authorization", "Bearer secret-token"}}).status, 201);
    EXPECT_EQ(client->request("GET", "/nowhere", {}, {})->status, 404);
    EXPECT_THAT(client->request("GET", "/api/v1/status", {}, {})->body, HasSubstr("\"tips\":2"));
}

}  // namespace
}  // namespace plumbline::face
