// SPDX-License-Identifier: Apache-2.0
#include "face/desk_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "desk/test_desk.h"

namespace plumbline::face {

using testing::HasSubstr;
using testing::Not;

class DeskApiTest : public testing::Test {
  protected:
    DeskApiTest() { add_routes(router_, false); }
    void add_routes(Router& router, bool has_tls) {
        DeskApiOptions options;
        options.has_tls = has_tls;
        options.page_file = [](std::string_view name) -> std::optional<std::string_view> {
            if (name == "index.html") return "<!doctype html>";
            if (name == "desk.js") return "js";
            return std::nullopt;
        };
        add_desk_routes(router, service_, sign_in_, std::move(options));
    }
    static std::string header_of(const Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return "";
    }
    Request request(std::string method, std::string path) const {
        Request made;
        made.method = std::move(method);
        made.path = std::move(path);
        if (!cookie_.empty()) made.headers["cookie"] = cookie_;
        return made;
    }
    Response get(const std::string& path, std::map<std::string, std::string> query = {}) {
        Request made = request("GET", path);
        made.query = std::move(query);
        return router_.handle(made);
    }
    Response post(const std::string& path, const Json& body) {
        Request made = request("POST", path);
        made.headers["x-plumbline-desk"] = "1";
        made.headers["content-type"] = "application/json";
        made.body = body.dump();
        return router_.handle(made);
    }
    static Json body_of(const Response& response) { return parse_json(response.body).take(); }
    static Json credentials(std::string_view name, std::string_view password) { return Json::object().set("name", name).set("password", password); }
    void sign_in() {
        const Response response = post("/api/desk/sign-in", credentials("desk", password_));
        ASSERT_EQ(response.status, 200) << response.body;
        const std::string set = header_of(response, "Set-Cookie");
        cookie_ = set.substr(0, set.find(';'));
    }
    std::string path_of(TipId id, const std::string& rest = "") { return "/api/desk/tips/" + id.text() + rest; }

    desk::TestDesk desk_{PLUMBLINE_SOURCE_DIR};
    std::string password_ = desk::ensure_first_staff(*desk_.store, desk_.entropy, desk_.clock, desk::cheap_password).take().value_or("");
    desk::DeskService service_{desk_.parts()};
    desk::SignIn sign_in_{*desk_.store, desk_.clock, desk_.entropy, desk::cheap_password};
    Router router_;
    std::string cookie_;
};

TEST_F(DeskApiTest, nothing_is_read_without_a_session) {
    const TipId id = desk_.accept("some words", {{"a.txt", "bytes"}});
    for (const std::string& path : {std::string("/api/desk/me"), std::string("/api/desk/status"), std::string("/api/desk/queue"), path_of(id), path_of(id, "/graph"), path_of(id, "/verify"), path_of(id, "/files/1")}) {
        const Response response = get(path);
        EXPECT_EQ(response.status, 401) << path;
        EXPECT_THAT(response.body, Not(HasSubstr("some words")));
    }
    for (const std::string rest : {"/open", "/state", "/answer"}) EXPECT_EQ(post(path_of(id, rest), Json::object()).status, 401);
    cookie_ = "plumbline_desk=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    EXPECT_EQ(get("/api/desk/queue").status, 401);
}

TEST_F(DeskApiTest, signing_in_sets_a_strict_cookie) {
    const Response response = post("/api/desk/sign-in", credentials("desk", password_));
    ASSERT_EQ(response.status, 200);
    const std::string cookie = header_of(response, "Set-Cookie");
    EXPECT_THAT(cookie, testing::StartsWith("plumbline_desk="));
    EXPECT_THAT(cookie, HasSubstr("; HttpOnly"));
    EXPECT_THAT(cookie, HasSubstr("; SameSite=Strict"));
    EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
    EXPECT_THAT(response.body, Not(HasSubstr(password_)));
    sign_in();
    EXPECT_EQ(body_of(get("/api/desk/me")).text_at("name").value_or(""), "desk");
    EXPECT_EQ(post("/api/desk/sign-out", Json::object()).status, 204);
    EXPECT_EQ(get("/api/desk/me").status, 401);
}

TEST_F(DeskApiTest, with_tls_the_cookie_is_bound_to_the_host) {
    Router router;
    add_routes(router, true);
    Request made = request("POST", "/api/desk/sign-in");
    made.headers = {{"x-plumbline-desk", "1"}, {"content-type", "application/json"}};
    made.body = credentials("desk", password_).dump();
    const std::string cookie = header_of(router.handle(made), "Set-Cookie");
    EXPECT_THAT(cookie, testing::StartsWith("__Host-plumbline_desk="));
    EXPECT_THAT(cookie, HasSubstr("; Secure"));
}

TEST_F(DeskApiTest, wrong_passwords_are_slowed) {
    EXPECT_EQ(post("/api/desk/sign-in", credentials("desk", "wrong")).status, 401);
    const Response early = post("/api/desk/sign-in", credentials("desk", password_));
    EXPECT_EQ(early.status, 429);
    EXPECT_EQ(header_of(early, "Retry-After"), "1");
    desk_.clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(post("/api/desk/sign-in", credentials("desk", password_)).status, 200);
    EXPECT_EQ(post("/api/desk/sign-in", Json::object().set("name", "desk")).status, 422);
}

TEST_F(DeskApiTest, a_post_of_another_origin_is_refused) {
    const TipId id = desk_.accept("some words");
    sign_in();
    Request made = request("POST", path_of(id, "/open"));
    made.headers["content-type"] = "application/json";
    made.body = "{}";
    EXPECT_EQ(router_.handle(made).status, 403);
    made.headers["x-plumbline-desk"] = "1";
    made.headers["sec-fetch-site"] = "cross-site";
    EXPECT_EQ(router_.handle(made).status, 403);
    made.headers["sec-fetch-site"] = "same-origin";
    made.headers["content-type"] = "text/plain";
    EXPECT_EQ(router_.handle(made).status, 415);
    EXPECT_EQ(desk_.store->tip(id)->state, TipState::received);
    made.headers["content-type"] = "application/json";
    EXPECT_EQ(router_.handle(made).status, 200);
    EXPECT_EQ(desk_.store->tip(id)->state, TipState::opened);
}

TEST_F(DeskApiTest, a_tip_goes_from_queue_to_answer) {
    const TipId id = desk_.accept("some words");
    desk_.decide(id, Severity::high, 24);
    sign_in();
    const Json queue = body_of(get("/api/desk/queue", {{"order", "severity"}}));
    EXPECT_EQ(queue.array_at("rows").take()->as_array().at(0).text_at("id").value_or(""), id.text());
    EXPECT_EQ(get(path_of(id)).status, 200);
    EXPECT_EQ(desk_.store->tip(id)->state, TipState::decided);
    EXPECT_EQ(post(path_of(id, "/open"), Json::object()).status, 200);
    EXPECT_EQ(get(path_of(id, "/graph")).status, 200);
    EXPECT_EQ(get(path_of(id, "/verify")).status, 200);
    EXPECT_EQ(post(path_of(id, "/answer"), Json::object().set("text", "hello")).status, 200);
    const Response without = post(path_of(id, "/state"), Json::object().set("from", "answered").set("to", "closed"));
    EXPECT_EQ(without.status, 422);
    EXPECT_EQ(body_of(without).text_at("pointer").value_or(""), "/reason");
    const Json move = Json::object().set("from", "opened").set("to", "closed").set("reason", "done");
    EXPECT_EQ(post(path_of(id, "/state"), move).status, 409);
    EXPECT_EQ(post(path_of(id, "/state"), Json::object().set("from", "answered").set("to", "closed").set("reason", "done")).status, 200);
    EXPECT_EQ(header_of(get(path_of(id)), "Cache-Control"), "no-store");
}

TEST_F(DeskApiTest, bad_input_is_refused_by_name) {
    const TipId id = desk_.accept("some words");
    sign_in();
    EXPECT_EQ(get("/api/desk/queue", {{"count", "201"}}).status, 422);
    EXPECT_EQ(get("/api/desk/queue", {{"count", "-1"}}).status, 422);
    EXPECT_EQ(get("/api/desk/queue", {{"state", "lost"}}).status, 422);
    EXPECT_EQ(get("/api/desk/queue", {{"order", "length"}}).status, 422);
    EXPECT_EQ(get("/api/desk/tips/tip_x").status, 404);
    EXPECT_EQ(get("/api/desk/tips/job_00000000-0000-7000-8000-000000000000").status, 404);
    EXPECT_EQ(get(path_of(TipId::make({}, {}))).status, 404);
    EXPECT_EQ(get(path_of(id, "/files/x")).status, 404);
    EXPECT_EQ(get(path_of(id, "/files/1")).status, 404);
    EXPECT_EQ(post(path_of(id, "/answer"), Json::array()).status, 422);
    EXPECT_EQ(post(path_of(id, "/answer"), Json::object().set("text", 7)).status, 422);
    EXPECT_EQ(post(path_of(id, "/answer"), Json::object().set("text", std::string(70'000, 'x'))).status, 413);
}

TEST_F(DeskApiTest, a_file_comes_as_an_attachment_and_nothing_else) {
    const TipId id = desk_.accept("a file", {{"a\"\r\nX: y;\xC3\xA9.html", "<script>alert(1)</script>"}});
    sign_in();
    const Response response = get(path_of(id, "/files/1"));
    ASSERT_EQ(response.status, 200);
    EXPECT_EQ(header_of(response, "Content-Type"), "application/octet-stream");
    EXPECT_EQ(header_of(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_THAT(header_of(response, "Content-Security-Policy"), HasSubstr("sandbox"));
    EXPECT_EQ(header_of(response, "Content-Disposition"), "attachment; filename=\"a___X__y___.html\"; filename*=UTF-8''a%22%0D%0AX%3A%20y%3B%C3%A9.html");
    Bytes bytes;
    ASSERT_TRUE(response.body_source);
    while (response.body_source(bytes).take()) {}
    EXPECT_EQ(text_of(bytes), "<script>alert(1)</script>");
    EXPECT_EQ(response.body_source_size, bytes.size());
}

TEST_F(DeskApiTest, the_page_has_a_policy_and_needs_no_session) {
    const Response page = get("/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(header_of(page, "Content-Security-Policy"),
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    EXPECT_EQ(header_of(page, "X-Content-Type-Options"), "nosniff");
    Request again = request("GET", "/desk.js");
    again.headers["if-none-match"] = header_of(get("/desk.js"), "ETag");
    EXPECT_EQ(router_.handle(again).status, 304);
    EXPECT_EQ(get("/desk.css").status, 404);   // a build without it
    EXPECT_EQ(get("/../etc/passwd").status, 404);
}

}  // namespace plumbline::face
