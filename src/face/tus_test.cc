// SPDX-License-Identifier: Apache-2.0
// tus 1.0 and the sealed tip over the router, with a real intake behind it.
#include <gmock/gmock.h>

#include "face/hotline_fixture.h"
#include "seal/envelope.h"
#include "seal/mailbox.h"
#include "seal/random.h"
#include "store/test_folder.h"

namespace plumbline::face {

namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string header_of(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return "";
}

class TusTest : public HotlineFixture {
  protected:
    void SetUp() override {
        seal::init_crypto();
        sealed = intake::SealedIntake::make(*store, *blobs, *uploads, clock, entropy, intake::IntakeKeys{{desk.public_key}, seal::make_signing_keys(entropy).secret, Bytes(32, std::byte{1}), seal::make_box_keys(entropy).public_key}, limits);
        sealed_intake = sealed.get();
        open();
    }
    Response send(std::string method, std::string path, std::map<std::string, std::string> headers = {}, std::string body = "") {
        Request request;
        request.method = std::move(method);
        request.path = std::move(path);
        request.headers = std::move(headers);
        request.headers.emplace("tus-resumable", "1.0.0");
        request.body = std::move(body);
        return router.handle(std::move(request));
    }
    Response patch(const std::string& path, std::size_t offset, std::string_view bytes) {
        return send("PATCH", path, {{"content-type", "application/offset+octet-stream"}, {"upload-offset", std::to_string(offset)}}, std::string(bytes));
    }
    std::string create(std::size_t length) { return header_of(send("POST", "/api/v1/uploads", {{"upload-length", std::to_string(length)}}), "Location"); }

    TestFolder store_folder;
    seal::SystemEntropy entropy;
    seal::BoxKeys desk = seal::make_box_keys(entropy);
    std::unique_ptr<Uploads> uploads = Uploads::open(store_folder.path()).take();
    std::unique_ptr<intake::SealedIntake> sealed;
};

TEST_F(TusTest, an_upload_from_its_beginning_to_its_end) {
    const Response options = send("OPTIONS", "/api/v1/uploads");
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(header_of(options, "Tus-Extension"), "creation,termination,expiration");
    EXPECT_EQ(header_of(options, "Tus-Max-Size"), std::to_string(seal::sealed_bytes_of(limits.file_bytes_max)));
    const std::string text = std::string(1, '\1') + std::string(100'000 + 24 + 34, 's');
    const std::string path = create(text.size());
    ASSERT_THAT(path, StartsWith("/api/v1/uploads/"));
    Response at = send("HEAD", path);
    EXPECT_EQ(at.status, 200);
    EXPECT_EQ(header_of(at, "Upload-Offset"), "0");
    EXPECT_EQ(header_of(at, "Upload-Length"), std::to_string(text.size()));
    EXPECT_THAT(header_of(at, "Upload-Expires"), HasSubstr(":00:00 GMT"));
    EXPECT_EQ(header_of(at, "Cache-Control"), "no-store");
    Response added = patch(path, 0, text.substr(0, 40'000));
    EXPECT_EQ(added.status, 204);
    EXPECT_EQ(header_of(added, "Upload-Offset"), "40000");
    EXPECT_EQ(patch(path, 30'000, "x").status, 409);
    EXPECT_EQ(header_of(patch(path, 40'000, text.substr(40'000)), "Upload-Offset"), std::to_string(text.size()));
    EXPECT_EQ(patch(path, text.size(), "x").status, 413);
    EXPECT_EQ(send("DELETE", path).status, 204);
    EXPECT_EQ(send("HEAD", path).status, 410);
    EXPECT_EQ(patch(path, 0, "x").status, 410);
    EXPECT_EQ(send("DELETE", path).status, 410);
}

TEST_F(TusTest, what_is_no_tus_request_is_refused) {
    const std::string path = create(1000);
    EXPECT_EQ(send("POST", "/api/v1/uploads", {{"tus-resumable", "0.2.2"}, {"upload-length", "1000"}}).status, 412);
    EXPECT_EQ(header_of(send("HEAD", path, {{"tus-resumable", ""}}), "Tus-Version"), "1.0.0");
    EXPECT_EQ(send("POST", "/api/v1/uploads").status, 400);
    EXPECT_EQ(send("POST", "/api/v1/uploads", {{"upload-length", "-5"}}).status, 400);
    EXPECT_EQ(send("POST", "/api/v1/uploads", {{"upload-length", "99999999999999999999999"}}).status, 400);
    EXPECT_EQ(send("POST", "/api/v1/uploads", {{"upload-length", "7000000000"}}).status, 413);
    EXPECT_EQ(send("POST", "/api/v1/uploads", {{"upload-length", "12"}}).status, 422);
    EXPECT_EQ(send("PATCH", path, {{"content-type", "text/plain"}, {"upload-offset", "0"}}, "x").status, 415);
    EXPECT_EQ(send("PATCH", path, {{"content-type", "application/offset+octet-stream"}}, "x").status, 400);
    EXPECT_EQ(send("HEAD", "/api/v1/uploads/nothing").status, 404);
    EXPECT_EQ(patch(path, 0, "not version 1").status, 422);
    EXPECT_EQ(header_of(send("HEAD", path), "Upload-Offset"), "0");
}

TEST_F(TusTest, a_sealed_tip_names_its_uploads) {
    IdBytes random;
    entropy.fill(random);
    const TipId tip = TipId::make(*instant_from("2026-11-23T15:00:00Z"), random);
    const seal::TipKey key = seal::TipKey::random(entropy);
    const auto mailbox = seal::mailbox_keys_of(seal::ReceiptSecret::random(entropy));
    const Bytes file = seal::seal_part(key, tip, 1, Bytes(5000, std::byte{3}), entropy);
    const std::string path = create(file.size());
    EXPECT_EQ(patch(path, 0, text_of(file)).status, 204);
    Json parts = Json::array();
    parts.push(Json::object().set("part", 0).set("sealed", to_base64(seal::seal_content(key, tip, view("{}"), entropy))));
    parts.push(Json::object().set("part", 1).set("upload", path.substr(std::string("/api/v1/uploads/").size())));
    Json body = Json::object();
    body.set("tip", tip.text()).set("group", "fraud").set("mailbox", seal::mailbox_id_of(mailbox.token).hex());
    body.set("wrapped_keys", to_base64(seal::wrap_tip_key_for(key, tip, {desk.public_key}, entropy))).set("reporter_key", to_base64(mailbox.public_key.bytes));
    body.set("parts", std::move(parts));
    const Response taken = post("/api/v1/sealed-tips", "application/json", body.dump());
    EXPECT_EQ(taken.status, 201) << taken.body;
    const Json answer = *parse_json(taken.body);
    EXPECT_EQ(*answer.text_at("id"), tip.text());
    EXPECT_THAT(*answer.text_at("proof"), StartsWith("Plumbline proof of receipt"));
    EXPECT_EQ(post("/api/v1/sealed-tips", "application/json", body.dump()).status, 200);
    for (const auto& [name, value] : std::map<std::string, std::string>{{"tip", "tip_1"}, {"group", "opinions"}, {"mailbox", "12"}, {"reporter_key", "AAAA"}, {"wrapped_keys", "??"}}) {
        Json changed = body;
        changed.set(name, value);
        const Response refused = post("/api/v1/sealed-tips", "application/json", changed.dump());
        EXPECT_EQ(refused.status, 422) << name;
        EXPECT_THAT(refused.body, HasSubstr(name));
    }
    EXPECT_EQ(post("/api/v1/sealed-tips", "application/json", "[]").status, 422);
    EXPECT_EQ(post("/api/v1/sealed-tips", "application/json", "{").status, 400);
    EXPECT_EQ(post("/api/v1/sealed-tips", "text/plain", "x").status, 415);
}

TEST_F(TusTest, a_page_learns_what_it_seals_with) {
    const Json answer = *parse_json(get("/api/v1/sealing").body);
    EXPECT_EQ(*answer.text_at("hour"), "2026-11-23T15:00:00Z");
    EXPECT_EQ((*answer.array_at("desk_keys"))->as_array()[0].as_text(), to_base64(desk.public_key.bytes));
}

}  // namespace

}  // namespace plumbline::face
