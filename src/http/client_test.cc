// SPDX-License-Identifier: Apache-2.0
// The client against our own server: TLS with a pin, kept connections, downloads, deadlines.
#include "http/client.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "http/server.h"

namespace plumbline {
namespace {

struct HttpClientTest : testing::Test {
    std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("plumbline-client-{}", ::getpid());
    TlsFiles files{folder / "tls.pem", folder / "tls.key"};
    std::unique_ptr<Server> server;

    HttpClientTest() { std::filesystem::create_directories(folder); }
    ~HttpClientTest() override {
        server.reset();
        std::filesystem::remove_all(folder);
    }
    static Router routes() {
        Router router;
        router.get("/hello", [](const Request&) { return Response::text(200, "hello"); });
        router.post("/echo", [](const Request& request) {
            return Response::text(200, request.body).with("X-Note", std::string(request.header("x-note")));
        });
        router.get("/slow", [](const Request&) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2500));
            return Response::text(200, "late");
        });
        router.get("/large", [](const Request&) {
            Response response = Response::bytes(200, "application/octet-stream", "");
            auto left = std::make_shared<int>(1600);
            response.body_source = [left](Bytes& out) -> Result<bool> {
                out.resize(out.size() + 65536, std::byte{7});
                return --*left > 0;
            };
            return response;
        });
        return router;
    }
    std::string start(bool is_tls) {
        ServerOptions options;
        options.limits.http_read_seconds_max = 1;
        if (is_tls) options.tls = files;
        auto made = Server::listen(routes(), options);
        if (!made) {
            ADD_FAILURE() << made.error().message;
            return "";
        }
        server = std::move(*made);
        return fmt::format("{}://127.0.0.1:{}", is_tls ? "https" : "http", server->port());
    }
};

std::unique_ptr<HttpClient> opened(const ClientOptions& options) {
    auto client = HttpClient::open(options);
    EXPECT_TRUE(client);
    return std::move(*client);
}

TEST_F(HttpClientTest, MakesACertificateOnceAndKeepsIt) {
    const auto first = ensure_certificate(files.certificate_path, files.key_path, "127.0.0.1");
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(ensure_certificate(files.certificate_path, files.key_path, "other")->hex(), first->hex());
    struct stat status {};
    ASSERT_EQ(::stat(files.key_path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    std::filesystem::remove(files.key_path);
    EXPECT_EQ(ensure_certificate(files.certificate_path, files.key_path, "other").error().kind, ErrorKind::conflict);
}

TEST_F(HttpClientTest, TalksToThePinnedServerOnly) {
    const auto pin = ensure_certificate(files.certificate_path, files.key_path, "127.0.0.1");
    ASSERT_TRUE(pin);
    const std::string url = start(true);
    const auto good = opened({.base_url = url, .certificate_sha256 = *pin})->request("POST", "/echo", {{"X-Note", "n"}}, view("body"));
    ASSERT_TRUE(good) << good.error().message;
    EXPECT_EQ(good->body, "body");
    EXPECT_THAT(good->headers, testing::Contains(testing::Pair("x-note", "n")));
    Sha256 wrong = *pin;
    wrong.bytes[0] ^= std::byte{1};
    const auto refused = opened({.base_url = url, .certificate_sha256 = wrong})->request("GET", "/hello", {}, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::denied);
    // Without a pin, the chain and the name count: our own certificate as the CA is good for its own name alone.
    const auto by_file = opened({.base_url = url, .ca_file = files.certificate_path})->request("GET", "/hello", {}, {});
    EXPECT_TRUE(by_file) << by_file.error().message;
    const auto by_system = opened({.base_url = url})->request("GET", "/hello", {}, {});
    ASSERT_FALSE(by_system);
    EXPECT_EQ(by_system.error().kind, ErrorKind::denied);
    // Another spelling of the same address, which getaddrinfo reads without any table of names.
    const std::string by_name = "https://127.1:" + url.substr(url.rfind(':') + 1);
    const auto other_name = opened({.base_url = by_name, .ca_file = files.certificate_path})->request("GET", "/hello", {}, {});
    ASSERT_FALSE(other_name);
    EXPECT_EQ(other_name.error().kind, ErrorKind::denied);
}

TEST_F(HttpClientTest, SendsMuchAndDownloadsMuchOverTls) {
    const auto pin = ensure_certificate(files.certificate_path, files.key_path, "localhost");
    ASSERT_TRUE(pin);
    auto client = opened({.base_url = start(true), .certificate_sha256 = *pin});
    const std::string body(1'000'000, 'b');
    for (int i = 0; i < 5; ++i) EXPECT_EQ(client->request("POST", "/echo", {}, view(body))->body, body);
    const std::string path = folder / "large";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    const auto answer = client->download("GET", "/large", {}, file);
    ::close(file);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "");
    EXPECT_EQ(std::filesystem::file_size(path), 1600U * 65536U);
    EXPECT_EQ(client->request("HEAD", "/hello", {}, {})->status, 200);
    EXPECT_EQ(client->download("GET", "/nowhere", {}, -1)->status, 404);  // the problem goes to the body, not to the file
}

TEST_F(HttpClientTest, AsksAgainWhereTheServerClosedAKeptConnection) {
    auto client = opened({.base_url = start(false)});
    EXPECT_EQ(client->request("GET", "/hello", {}, {})->body, "hello");
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // the server keeps an idle one for 1 s here
    const auto answer = client->request("POST", "/echo", {}, view("again"));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "again");
}

TEST_F(HttpClientTest, GivesUpAtItsDeadlineAndItsLimit) {
    const std::string url = start(false);
    auto hasty = opened({.base_url = url, .timeout_seconds = 1});
    EXPECT_EQ(hasty->request("GET", "/slow", {}, {}).error().kind, ErrorKind::timeout);
    EXPECT_EQ(hasty->request("GET", "/hello", {}, {})->body, "hello");
    auto small = opened({.base_url = url, .answer_bytes_max = 100'000});
    EXPECT_EQ(small->request("GET", "/large", {}, {}).error().kind, ErrorKind::too_large);
    EXPECT_EQ(opened({.base_url = "http://127.0.0.1:1"})->request("GET", "/", {}, {}).error().kind, ErrorKind::unavailable);
    EXPECT_EQ(opened({.base_url = url})->request("GET", "/x HTTP/1.1\r\nX: y", {}, {}).error().kind, ErrorKind::invalid);
    EXPECT_EQ(opened({.base_url = url})->request("GET", "/x", {{"A", "b\r\nC: d"}}, {}).error().kind, ErrorKind::invalid);
    EXPECT_EQ(HttpClient::open({.base_url = "ftp://a"}).error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace plumbline
