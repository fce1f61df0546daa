// SPDX-License-Identifier: Apache-2.0
// The lab API as a lab sees it: over a real TLS listener with a pinned certificate, and request by request.
#include "face/lab_api.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "dispatch/test_desk.h"
#include "http/client.h"
#include "lab/http_source.h"
#include "lab/lab_messages.h"
#include "lab/memory_file.h"

namespace plumbline::face {
namespace {

using dispatch::LabLease;
using dispatch::TestDesk;
using dispatch::TestLab;
using testing::ElementsAre;

lab::LabKeys keys_of(const TestLab& one) { return {one.identity.id, one.identity.name, one.box.secret, one.signing.secret}; }

class LabApiTest : public testing::Test {
  protected:
    LabApiTest() { api_.add_routes(router_); }
    Request signed_request(const lab::LabKeys& keys, std::string method, std::string path, std::string body = "") {
        Request request;
        for (auto& [name, value] : lab::sign_request(keys, at_.clock.now(), at_.entropy, method, path, view(body))) {
            std::string lower = name;
            std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
            request.headers[lower] = value;
        }
        request.method = std::move(method);
        request.path = std::move(path);
        request.body = std::move(body);
        return request;
    }
    Response ask(const lab::LabKeys& keys, std::string method, std::string path, std::string body = "") {
        return router_.handle(signed_request(keys, std::move(method), std::move(path), std::move(body)));
    }
    LabLease leased() {
        const Response response = ask(keys_, "POST", "/lab/v1/lease", R"({"skills":["examine-mail"],"wait_seconds":0})");
        EXPECT_EQ(response.status, 200) << response.body;
        auto lease = lab::lab_lease_from(*parse_json(response.body));
        EXPECT_TRUE(lease) << lease.error().message;
        return lease.value_or(LabLease());
    }
    static std::string body_of(Response response) {
        Bytes out;
        if (!response.body_source) return response.body;
        while (*response.body_source(out)) {
        }
        return std::string(text_of(out));
    }
    TestDesk at_;
    TestLab one_ = at_.add_lab(1);
    TestLab two_ = at_.add_lab(2);
    lab::LabKeys keys_ = keys_of(one_);
    LabApi api_{at_.desk(), at_.clock};
    Router router_;
};

TEST_F(LabApiTest, LeasesServesRenewsAndTakesTheFinding) {
    const std::string body = R"({"skills":["examine-mail"],"wait_seconds":0})";
    EXPECT_EQ(ask(keys_, "POST", "/lab/v1/lease", body).status, 204);
    const JobId job = at_.add_job(1, {std::string(200'000, 'm')});
    const LabLease lease = leased();
    const std::string base = "/lab/v1/leases/" + lease.text;
    const Response whole = ask(keys_, "GET", base + "/parts/1");
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.body_source_size, lease.parts[0].sealed_bytes);
    const std::string sealed = body_of(whole);
    EXPECT_EQ(sha256(view(sealed)), lease.parts[0].sealed_sha256);
    EXPECT_EQ(ask(keys_, "GET", base + "/parts/2").status, 404);
    EXPECT_EQ(ask(keys_, "GET", base + "/parts/0").status, 404);
    EXPECT_EQ(ask(keys_, "GET", base + "/parts/-1").status, 404);
    const Response renewed = ask(keys_, "POST", base + "/renew", "{}");
    EXPECT_EQ(renewed.status, 200);
    EXPECT_TRUE(lab::renewed_lease_from(*parse_json(renewed.body)));
    const std::string finding(text_of(at_.sealed_finding(lease, one_.identity, 1)));
    EXPECT_EQ(ask(keys_, "POST", base + "/finding", finding).status, 204);
    EXPECT_EQ(ask(keys_, "POST", base + "/finding", finding).status, 204);
    EXPECT_EQ(ask(keys_, "POST", base + "/renew", "{}").status, 409);
    EXPECT_TRUE(at_.finding(job));
    EXPECT_THAT(at_.custody(job), ElementsAre("custody.leased", "custody.evidence_sent", "custody.finding"));
}

TEST_F(LabApiTest, ResumesAPart) {
    at_.add_job(1, {std::string(200'000, 'm')});
    const LabLease lease = leased();
    const std::string path = "/lab/v1/leases/" + lease.text + "/parts/1";
    const std::string whole = body_of(ask(keys_, "GET", path));
    const auto ranged = [&](const std::string& range) {
        Request request = signed_request(keys_, "GET", path);
        request.headers["range"] = range;
        return router_.handle(std::move(request));
    };
    for (const std::size_t start : {std::size_t{1}, std::size_t{65'536}, whole.size() - 1}) {
        const Response rest = ranged(fmt::format("bytes={}-", start));
        EXPECT_EQ(rest.status, 206);
        EXPECT_EQ(rest.body_source_size, whole.size() - start);
        EXPECT_EQ(body_of(rest), whole.substr(start));
    }
    EXPECT_EQ(ranged(fmt::format("bytes={}-", whole.size())).status, 416);
    const Response first = ranged("bytes=0-10");
    EXPECT_EQ(first.status, 206);
    EXPECT_EQ(body_of(first), whole.substr(0, 11));
    for (const char* other : {"bytes=10-0", "bytes=-5", "bytes=a-", "lines=1-", "bytes=99999999999999999999-"}) {
        EXPECT_EQ(ranged(other).status, 200) << other;
    }
}

TEST_F(LabApiTest, RefusesWhoeverItDoesNotKnow) {
    at_.add_job(1, {"mail"});
    const std::string body = R"({"skills":["examine-mail"],"wait_seconds":0})";
    Request unsigned_one;
    unsigned_one.method = "POST";
    unsigned_one.path = "/lab/v1/lease";
    unsigned_one.body = body;
    EXPECT_EQ(router_.handle(unsigned_one).status, 403);
    lab::LabKeys stranger = *lab::make_lab_keys("Stranger", at_.clock.now(), at_.entropy);
    EXPECT_EQ(ask(stranger, "POST", "/lab/v1/lease", body).status, 403);
    Request other_body = signed_request(keys_, "POST", "/lab/v1/lease", body);
    other_body.body = R"({"skills":["examine-file"],"wait_seconds":0})";
    EXPECT_EQ(router_.handle(other_body).status, 403);
    Request with_query = signed_request(keys_, "POST", "/lab/v1/lease", body);
    with_query.query["x"] = "1";
    EXPECT_EQ(router_.handle(with_query).status, 422);
    const Request once = signed_request(keys_, "POST", "/lab/v1/lease", body);
    EXPECT_EQ(router_.handle(once).status, 200);
    EXPECT_EQ(router_.handle(once).status, 403) << "played again";
}

TEST_F(LabApiTest, RefusesAnothersLeaseAndALostOne) {
    at_.add_job(1, {"mail"});
    const LabLease lease = leased();
    const std::string base = "/lab/v1/leases/" + lease.text;
    const lab::LabKeys others = keys_of(two_);
    EXPECT_EQ(ask(others, "GET", base + "/parts/1").status, 403);
    EXPECT_EQ(ask(others, "POST", base + "/renew", "{}").status, 403);
    EXPECT_EQ(ask(others, "POST", base + "/give-back", R"({"reason":"mine"})").status, 403);
    at_.lease_runs_out();
    EXPECT_EQ(ask(keys_, "GET", base + "/parts/1").status, 409);
    ASSERT_TRUE(at_.lease(two_.identity));
    EXPECT_EQ(ask(keys_, "POST", base + "/finding", std::string(text_of(at_.sealed_finding(lease, one_.identity, 1)))).status, 409);
    EXPECT_EQ(ask(keys_, "POST", base + "/give-back", R"({"reason":"late"})").status, 409);
}

TEST_F(LabApiTest, NamesWhatIsWrongWithABody) {
    const JobId job = at_.add_job(1, {"mail"});
    const LabLease lease = leased();
    const std::string base = "/lab/v1/leases/" + lease.text;
    EXPECT_EQ(ask(keys_, "POST", "/lab/v1/lease", "{}").status, 422);
    EXPECT_EQ(ask(keys_, "POST", "/lab/v1/lease", "no").status, 422);
    EXPECT_EQ(ask(keys_, "POST", "/lab/v1/lease", R"({"skills":["line"],"wait_seconds":0})").status, 403);
    EXPECT_EQ(ask(keys_, "POST", base + "/give-back", "{}").status, 422);
    EXPECT_EQ(ask(keys_, "POST", base + "/finding", "no finding").status, 422);
    EXPECT_EQ(ask(keys_, "POST", base + "/finding", std::string(dispatch::sealed_finding_bytes_max + 1, 'x')).status, 413);
    EXPECT_EQ(ask(keys_, "POST", base + "/give-back", R"({"reason":"no tool","is_final":true})").status, 204);
    EXPECT_EQ(at_.store->job(job)->state, JobState::failed);
}

TEST_F(LabApiTest, WorksOverTls) {
    const std::string folder = testing::TempDir() + fmt::format("lab_api_{}", ::getpid());
    std::filesystem::create_directories(folder);
    const TlsFiles files{folder + "/lab.crt", folder + "/lab.key"};
    const auto fingerprint = ensure_certificate(files.certificate_path, files.key_path, "localhost");
    ASSERT_TRUE(fingerprint) << fingerprint.error().message;
    ServerOptions options;
    options.tls = files;
    auto server = Server::listen(std::move(router_), options);
    ASSERT_TRUE(server) << server.error().message;
    ClientOptions client;
    client.base_url = fmt::format("https://127.0.0.1:{}", (*server)->port());
    client.certificate_sha256 = *fingerprint;
    auto source = lab::HttpSource::open(client, keys_, at_.clock, at_.entropy);
    ASSERT_TRUE(source) << source.error().message;
    const std::vector<std::string> skills{"examine-mail"};
    const auto none = (*source)->lease(skills, 0);
    ASSERT_TRUE(none) << none.error().message;
    EXPECT_FALSE(*none);
    const std::string mail(3'000'000, 'm');
    const JobId job = at_.add_job(1, {mail, ""});
    const auto lease = (*source)->lease(skills, 5);
    ASSERT_TRUE(lease && *lease) << lease.error().message;
    const auto key = seal::unwrap_tip_key((*lease)->wrapped_key, (*lease)->tip, keys_.box);
    ASSERT_TRUE(key);
    for (const dispatch::LeasePart& part : (*lease)->parts) {
        Bytes sealed;
        ASSERT_TRUE((*source)->fetch((*lease)->text, part, 0, part.sealed_bytes, [&sealed](ByteView piece) -> Result<void> {
            append(sealed, piece);
            return {};
        }));
        EXPECT_EQ(sha256(sealed), part.sealed_sha256);
        EXPECT_EQ(text_of(*seal::open_part(*key, (*lease)->tip, part.part, sealed)), part.part == 1 ? mail : "");
    }
    Bytes middle;
    ASSERT_TRUE((*source)->fetch((*lease)->text, (*lease)->parts[0], 1'000'000, 70'000, [&middle](ByteView piece) -> Result<void> {
        append(middle, piece);
        return {};
    }));
    EXPECT_EQ(middle.size(), 70'000U);
    // What there is of the job so far comes back to whoever has the lease.
    const auto nothing = (*source)->bookmark((*lease)->text);
    ASSERT_TRUE(nothing) << nothing.error().message;
    EXPECT_FALSE(*nothing);
    const std::string half = R"({"progress":{"done_bytes":1,"all_bytes":2,"bytes_per_second":0,"seconds_left":0},"state":{"at":1}})";
    const auto sealed_half = seal::seal_to((*lease)->desk_key, dispatch::bookmark_context((*lease)->job), view(half), at_.entropy);
    ASSERT_TRUE((*source)->keep_bookmark((*lease)->text, sealed_half));
    const auto kept = (*source)->bookmark((*lease)->text);
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ(text_of(*seal::open_sealed(keys_.box, dispatch::bookmark_context((*lease)->job), **kept)), half);
    EXPECT_EQ((*source)->keep_bookmark((*lease)->text, view("not sealed")).error().kind, ErrorKind::invalid);
    dispatch::LeasePart absent{9, 10, {}};
    EXPECT_EQ((*source)->fetch((*lease)->text, absent, 0, 10, [](ByteView) -> Result<void> { return {}; }).error().kind, ErrorKind::not_found);
    const auto renewed = (*source)->renew((*lease)->text);
    ASSERT_TRUE(renewed) << renewed.error().message;
    EXPECT_EQ((*source)->renew("job_x.1.2.3").error().kind, ErrorKind::denied);
    const Bytes finding = at_.sealed_finding(**lease, one_.identity, 1);
    ASSERT_TRUE((*source)->complete(renewed->text, finding));
    EXPECT_EQ((*source)->give_back(renewed->text, "late", false).error().kind, ErrorKind::conflict);
    EXPECT_TRUE(at_.finding(job));
    (*server)->stop();
    server->reset();
    EXPECT_EQ((*source)->lease(skills, 0).error().kind, ErrorKind::unavailable);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace plumbline::face
