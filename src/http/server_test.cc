// SPDX-License-Identifier: Apache-2.0
// The server over loopback sockets: what it answers, what it bounds, and that one client cannot hold up another.
#include "http/server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include "http/client.h"

namespace plumbline {
namespace {

// A socket that says what it is told and reads what comes, each at most 10 s.
class RawClient {
  public:
    explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        is_connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~RawClient() { close(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    void close() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }
    bool say(std::string_view text) {
        while (!text.empty()) {
            const auto count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(count));
        }
        return is_connected_;
    }
    // All until the other side closes, or until `wanted` has come.
    std::string hear(std::string_view wanted = "", int wait_ms = 10000) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
        while (wanted.empty() || heard_.find(wanted) == std::string::npos) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
            pollfd wait{socket_, POLLIN, 0};
            if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return heard_ + "<timeout>";
            char piece[4096];
            const auto count = ::recv(socket_, piece, sizeof piece, 0);
            if (count <= 0) return heard_;
            heard_.append(piece, static_cast<std::size_t>(count));
        }
        return heard_;
    }

  private:
    int socket_;
    bool is_connected_ = false;
    std::string heard_;
};

std::string ask(std::uint16_t port, std::string_view text) {
    RawClient client(port);
    client.say(text);
    std::string heard = client.hear();
    EXPECT_THAT(heard, testing::Not(testing::EndsWith("<timeout>"))) << text.substr(0, 100);
    return heard;
}

struct Counts {
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<int> sinks{0};
    std::atomic<int> finished{0};
    std::atomic<int> inside{0};
    std::atomic<bool> was_parallel{false};
};

class CountingSink final : public BodySink {
  public:
    CountingSink(Counts& counts, std::uint64_t refuse_over) : counts_(counts), refuse_over_(refuse_over) { ++counts_.sinks; }
    ~CountingSink() override { --counts_.sinks; }
    Result<void> data(ByteView piece) override {
        if (++counts_.inside > 1) counts_.was_parallel = true;
        counts_.bytes += piece.size();
        --counts_.inside;
        taken_ += piece.size();
        if (taken_ > refuse_over_) return fail(ErrorKind::too_large, "file: over {} bytes", refuse_over_);
        return {};
    }
    Response finish() override {
        ++counts_.finished;
        return Response::text(200, fmt::format("{}", taken_));
    }

  private:
    Counts& counts_;
    std::uint64_t refuse_over_;
    std::uint64_t taken_ = 0;
};

// Lets a handler wait until the test opens it.
struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_open = false;
    std::atomic<int> waiting{0};
    void pass() {
        std::unique_lock lock(mutex);
        ++waiting;
        changed.wait(lock, [this] { return is_open; });
    }
    void open() {
        const std::lock_guard lock(mutex);
        is_open = true;
        changed.notify_all();
    }
};

template <class Condition>
bool eventually(Condition condition) {
    for (int i = 0; i < 1000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

struct HttpServer : testing::Test {
    Counts counts;
    Gate gate;
    ServerOptions options;
    std::unique_ptr<Server> server;

    Router routes() {
        Router router;
        router.get("/hello", [](const Request& request) { return Response::text(200, "hello " + std::string(request.query_value("who"))); });
        router.get("/tips/{id}", [](const Request& request) { return Response::text(200, "tip " + request.path_values.at("id")); });
        router.get("/tips/new", [](const Request&) { return Response::text(200, "a new one"); });
        router.get("/ledger/{rest...}", [](const Request& request) { return Response::text(200, "file " + request.path_values.at("rest")); });
        router.get("/page", [](const Request&) { return Response::html(200, "<p>"); });
        router.get("/gate", [this](const Request&) {
            gate.pass();
            return Response::text(200, "passed");
        });
        router.get("/throws", [](const Request&) -> Response { throw std::runtime_error("what a person wrote"); });
        router.get("/split", [](const Request&) { return Response::text(200, "x").with("X-Note", "a\r\nX-Evil: 1"); });
        router.post("/echo", [](const Request& request) { return Response::text(200, request.body); });
        router.post_stream("/upload", [this](const Request&) -> Result<std::unique_ptr<BodySink>> {
            return std::make_unique<CountingSink>(counts, UINT64_MAX);
        });
        router.post_stream("/small", [this](const Request&) -> Result<std::unique_ptr<BodySink>> {
            return std::make_unique<CountingSink>(counts, 100'000U);
        });
        router.post_stream("/closed", [](const Request&) -> Result<std::unique_ptr<BodySink>> { return fail(ErrorKind::denied, "no token"); });
        for (const bool has_size : {false, true})
            router.get(has_size ? "/source/sized" : "/source", [has_size](const Request& request) {
                const int count = std::atoi(std::string(request.query_value("pieces")).c_str());
                Response response = Response::bytes(200, "application/octet-stream", "");
                auto left = std::make_shared<int>(count);
                response.body_source = [left](Bytes& out) -> Result<bool> {
                    if (*left < 0) return fail(ErrorKind::corrupt, "cut");
                    if (*left > 0) append(out, std::string(1000, static_cast<char>('a' + *left % 26)));
                    return --*left > 0;
                };
                if (has_size) response.body_source_size = static_cast<std::uint64_t>(count) * 1000;
                return response;
            });
        return router;
    }
    std::uint16_t start() {
        auto made = Server::listen(routes(), options);
        if (!made) {
            ADD_FAILURE() << made.error().message;
            return 0;
        }
        server = std::move(*made);
        return server->port();
    }
    // What fixtures hold is used by handlers: the server goes first.
    ~HttpServer() override {
        gate.open();
        server.reset();
    }
};

TEST_F(HttpServer, FindsTheRouteThatIsWrittenOutFirst) {
    const auto port = start();
    EXPECT_THAT(ask(port, "GET /tips/new HTTP/1.0\r\n\r\n"), testing::HasSubstr("a new one"));
    EXPECT_THAT(ask(port, "GET /tips/7 HTTP/1.0\r\n\r\n"), testing::HasSubstr("tip 7"));
    EXPECT_THAT(ask(port, "GET /ledger/tile/0/x001/067 HTTP/1.0\r\n\r\n"), testing::HasSubstr("file tile/0/x001/067"));
    EXPECT_THAT(ask(port, "GET http://a.example/hello?who=J%C3%B6+B HTTP/1.0\r\n\r\n"), testing::HasSubstr("hello J\xc3\xb6 B"));
}

TEST_F(HttpServer, SaysWhatIsNotThereAndWhatAnAddressTakes) {
    const auto port = start();
    EXPECT_THAT(ask(port, "GET /nowhere HTTP/1.0\r\n\r\n"), testing::StartsWith("HTTP/1.1 404 "));
    const std::string refused = ask(port, "DELETE /hello HTTP/1.0\r\n\r\n");
    EXPECT_THAT(refused, testing::StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(refused, testing::HasSubstr("Allow: GET, HEAD\r\n"));
    EXPECT_THAT(refused, testing::HasSubstr("application/problem+json"));
    for (const char* path : {"/a/../hello", "/a%2Fb", "/%zz", "/%00", "/a%5cb", "/%ff", "/."})
        EXPECT_THAT(ask(port, fmt::format("GET {} HTTP/1.0\r\n\r\n", path)), testing::StartsWith("HTTP/1.1 400 ")) << path;
}

TEST_F(HttpServer, SendsStrictHeadersWithAPageAndNoBodyToHead) {
    const auto port = start();
    const std::string page = ask(port, "HEAD /page HTTP/1.0\r\n\r\n");
    EXPECT_THAT(page, testing::HasSubstr("Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self' data:; "
                                         "script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n"));
    EXPECT_THAT(page, testing::HasSubstr("X-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(page, testing::HasSubstr("Referrer-Policy: no-referrer\r\n"));
    EXPECT_THAT(page, testing::HasSubstr("Cache-Control: no-store\r\n"));
    EXPECT_THAT(page, testing::HasSubstr("Content-Length: 3\r\n"));
    EXPECT_THAT(page, testing::EndsWith("\r\n\r\n"));
    EXPECT_THAT(page, testing::Not(testing::HasSubstr("Set-Cookie")));
    EXPECT_THAT(ask(port, "GET /split HTTP/1.0\r\n\r\n"), testing::Not(testing::HasSubstr("\nX-Evil")));
}

TEST_F(HttpServer, RefusesWhatCanBeReadInTwoWays) {
    const auto port = start();
    const std::string start_line = "POST /echo HTTP/1.1\r\nHost: a\r\n";
    for (const std::string& fields : std::vector<std::string>{
             "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
             "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "Content-Length: 3, 3\r\n\r\nabc", "Content-Length: +3\r\n\r\nabc",
             "Content-Length : 3\r\n\r\nabc", "Host: b\r\nContent-Length: 0\r\n\r\n", "Content-Length: 3\nX: y\r\n\r\nabc"}) {
        EXPECT_THAT(ask(port, start_line + fields), testing::StartsWith("HTTP/1.1 400 ")) << fields;
    }
    for (const char* coding : {"gzip, chunked", "chunked, identity", "identity", "xchunked"})
        EXPECT_THAT(ask(port, start_line + fmt::format("Transfer-Encoding: {}\r\n\r\n0\r\n\r\n", coding)), testing::StartsWith("HTTP/1.1 501 ")) << coding;
    EXPECT_THAT(ask(port, "GET /hello HTTP/1.1\r\n\r\n"), testing::StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask(port, "GET /hello HTTP/2.3\r\nHost: a\r\n\r\n"), testing::StartsWith("HTTP/1.1 501 "));
    EXPECT_THAT(ask(port, "\x16\x03\x01\x02\x03\r\n\r\n"), testing::StartsWith("HTTP/1.1 400 "));
}

TEST_F(HttpServer, AnswersPipelinedRequestsInOrderOnOneConnection) {
    const auto port = start();
    RawClient client(port);
    std::string all;
    for (int i = 0; i < 100; ++i) all += fmt::format("GET /hello?who={:03} HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\ne{:03}", i, i);
    ASSERT_TRUE(client.say(all + "GET /hello?who=last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    const std::string heard = client.hear();
    std::size_t at = 0;
    for (int i = 0; i < 100; ++i) {
        at = heard.find(fmt::format("hello {:03}", i), at);
        ASSERT_NE(at, std::string::npos) << i;
        at = heard.find(fmt::format("e{:03}", i), at);
        ASSERT_NE(at, std::string::npos) << i;
    }
    EXPECT_THAT(heard, testing::EndsWith("hello last"));
}

TEST_F(HttpServer, BoundsHeadersAndBodies) {
    options.limits.http_header_bytes_max = 2000;
    options.limits.http_body_bytes_max = 1000;
    const auto port = start();
    EXPECT_THAT(ask(port, "GET /hello HTTP/1.0\r\nX: " + std::string(1500, 'x') + "\r\n\r\n"), testing::StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(ask(port, "GET /hello HTTP/1.0\r\nX: " + std::string(2000, 'x') + "\r\n\r\n"), testing::StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(ask(port, std::string(5000, 'A')), testing::HasSubstr("HTTP/1.1 4"));
    EXPECT_THAT(ask(port, "POST /echo HTTP/1.0\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x')), testing::EndsWith(std::string(1000, 'x')));
    const std::string too_large = ask(port, "POST /echo HTTP/1.0\r\nContent-Length: 1001\r\n\r\n");
    EXPECT_THAT(too_large, testing::StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(too_large, testing::HasSubstr("1000 bytes"));
    EXPECT_THAT(ask(port, "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n"),
                testing::StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServer, ReadsChunkedBodiesAndDropsTrailers) {
    const auto port = start();
    EXPECT_THAT(ask(port, "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nX-Trailer: 1\r\n\r\n"),
                testing::EndsWith("\r\n\r\nabcdefg"));
}

TEST_F(HttpServer, StreamsABodyWithFlatMemory) {
    const auto port = start();
    const auto resident_kb = [] {
        std::ifstream file("/proc/self/statm");
        long total = 0;
        long resident = 0;
        file >> total >> resident;
        return resident * (::sysconf(_SC_PAGESIZE) / 1024);
    };
    RawClient client(port);
    ASSERT_TRUE(client.say("POST /upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"));
    const std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";
    const long before = resident_kb();
    long most = before;
    for (int i = 0; i < 3200; ++i) {
        ASSERT_TRUE(client.say(chunk));
        if (i % 100 == 0) most = std::max(most, resident_kb());
    }
    ASSERT_TRUE(client.say("0\r\n\r\n"));
    EXPECT_THAT(client.hear(), testing::EndsWith("209715200"));
    EXPECT_EQ(counts.bytes, 209'715'200U);
    EXPECT_LT(most - before, 8 * 1024);
    EXPECT_FALSE(counts.was_parallel);
    EXPECT_TRUE(eventually([&] { return counts.sinks == 0; }));
}

TEST_F(HttpServer, ThrowsAwayAnUploadThatIsBrokenOff) {
    const auto port = start();
    RawClient client(port);
    ASSERT_TRUE(client.say("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + std::string(5000, 'x')));
    ASSERT_TRUE(eventually([&] { return counts.bytes == 5000; }));
    EXPECT_EQ(counts.sinks, 1);
    client.close();
    EXPECT_TRUE(eventually([&] { return counts.sinks == 0; }));
    EXPECT_EQ(counts.finished, 0);
}

TEST_F(HttpServer, AnswersAnUploadThatItsSinkRefuses) {
    const auto port = start();
    RawClient client(port);
    client.say("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + std::string(3'000'000, 'x'));
    const std::string answer = client.hear("100000 bytes");
    EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(answer, testing::HasSubstr("file: over 100000 bytes"));
    EXPECT_TRUE(eventually([&] { return counts.sinks == 0; }));
}

TEST_F(HttpServer, AsksForABodyOnlyWhenItWillBeTaken) {
    const auto port = start();
    RawClient taken(port);
    taken.say("POST /upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    EXPECT_EQ(taken.hear("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    taken.say("abc");
    EXPECT_THAT(taken.hear(), testing::EndsWith("\r\n\r\n3"));
    RawClient refused(port);
    refused.say("POST /closed HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    EXPECT_THAT(refused.hear("no token"), testing::StartsWith("HTTP/1.1 403 "));
}

TEST_F(HttpServer, ServesOthersWhile300ClientsAreSlow) {
    options.limits.http_read_seconds_max = 2;
    const auto port = start();
    std::vector<std::unique_ptr<RawClient>> slow;
    for (int i = 0; i < 300; ++i) {
        slow.push_back(std::make_unique<RawClient>(port));
        ASSERT_TRUE(slow.back()->say(i % 2 == 0 ? "GET /hel" : "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx"));
    }
    for (int i = 0; i < 20; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_THAT(ask(port, "GET /hello HTTP/1.0\r\n\r\n"), testing::StartsWith("HTTP/1.1 200 "));
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
    }
    // A byte now and then does not keep a head alive.
    for (int i = 0; i < 6; ++i) {
        slow[0]->say("x");
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
    EXPECT_EQ(slow[0]->hear("", 2000), "");
    EXPECT_EQ(slow[2]->hear("", 2000), "");
}

TEST_F(HttpServer, EndsAnUploadThatTricklesIn) {
    options.limits.http_read_seconds_max = 1;
    const auto port = start();
    RawClient client(port);
    client.say("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 12; ++i) {
        client.say("x");
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    EXPECT_EQ(client.hear("", 1000), "");
    EXPECT_TRUE(eventually([&] { return counts.sinks == 0; }));
}

TEST_F(HttpServer, SaysBusyWhenTheQueueIsFull) {
    options.handler_threads = 1;
    options.limits.http_handlers_max = 2;
    const auto port = start();
    std::vector<std::unique_ptr<RawClient>> waiting;
    for (int i = 0; i < 3; ++i) {
        waiting.push_back(std::make_unique<RawClient>(port));
        waiting.back()->say("GET /gate HTTP/1.0\r\n\r\n");
        if (i > 0) continue;
        ASSERT_TRUE(eventually([&] { return gate.waiting == 1; }));
    }
    std::string answer;
    ASSERT_TRUE(eventually([&] {
        answer = ask(port, "GET /nowhere HTTP/1.0\r\n\r\n");  // routing needs no handler
        RawClient extra(port);
        extra.say("GET /hello HTTP/1.0\r\n\r\n");
        const std::string heard = extra.hear("", 200);
        if (heard.starts_with("HTTP/1.1 503")) answer = heard;
        return heard.starts_with("HTTP/1.1 503");
    }));
    EXPECT_THAT(answer, testing::HasSubstr("Retry-After: "));
    gate.open();
    for (auto& client : waiting) EXPECT_THAT(client->hear(), testing::EndsWith("passed"));
}

TEST_F(HttpServer, BoundsUploadsAndConnections) {
    options.limits.http_uploads_max = 1;
    options.limits.http_connections_max = 3;
    const auto port = start();
    RawClient first(port);
    first.say("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    ASSERT_TRUE(eventually([&] { return counts.bytes == 3; }));
    EXPECT_THAT(ask(port, "POST /upload HTTP/1.0\r\nContent-Length: 1\r\n\r\na"), testing::StartsWith("HTTP/1.1 503 "));
    RawClient second(port);
    second.say("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    second.hear("hello ");
    RawClient third(port);
    third.say("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(eventually([&] {
        RawClient fourth(port);
        return fourth.hear("", 300).starts_with("HTTP/1.1 503 ");
    }));
    first.say("defghij");
    EXPECT_THAT(first.hear("\r\n\r\n10"), testing::StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServer, StreamsAnswersOfKnownAndUnknownLength) {
    const auto port = start();
    auto client = HttpClient::open({.base_url = fmt::format("http://127.0.0.1:{}", port)});
    ASSERT_TRUE(client);
    for (const char* path : {"/source", "/source/sized"}) {
        const auto answer = (*client)->request("GET", fmt::format("{}?pieces=300", path), {}, {});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body.size(), 300'000U);
        EXPECT_EQ(answer->body.substr(299'000, 2), "bb");
    }
    EXPECT_FALSE((*client)->request("GET", "/source?pieces=-1", {}, {}));  // a source that fails is cut off, not ended
    EXPECT_THAT(ask(port, "GET /source?pieces=2 HTTP/1.0\r\n\r\n"), testing::EndsWith(std::string(1000, 'c') + std::string(1000, 'b')));
}

TEST_F(HttpServer, TurnsAnExceptionIntoA500WithoutItsText) {
    const std::string answer = ask(start(), "GET /throws HTTP/1.0\r\n\r\n");
    EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(answer, testing::Not(testing::HasSubstr("person")));
}

TEST_F(HttpServer, EndsRequestsUnderWayBeforeItStops) {
    const auto port = start();
    RawClient under_way(port);
    under_way.say("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    RawClient idle(port);
    idle.say("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    idle.hear("hello ");
    RawClient uploading(port);
    uploading.say("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    ASSERT_TRUE(eventually([&] { return gate.waiting == 1 && counts.bytes == 3; }));
    server->stop();
    EXPECT_THAT(idle.hear("", 2000), testing::EndsWith("hello "));
    EXPECT_TRUE(eventually([&] { return ask(port, "GET /hello HTTP/1.0\r\n\r\n").empty(); }));
    gate.open();
    EXPECT_THAT(under_way.hear(), testing::EndsWith("passed"));
    uploading.say("defghij");
    EXPECT_THAT(uploading.hear(), testing::EndsWith("\r\n\r\n10"));
    server.reset();
}

TEST_F(HttpServer, StopsThoughAClientSendsNothing) {
    const auto port = start();
    RawClient uploading(port);
    uploading.say("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    ASSERT_TRUE(eventually([&] { return counts.bytes == 3; }));
    server.reset();
    EXPECT_EQ(counts.sinks, 0);
    EXPECT_EQ(counts.finished, 0);
}

}  // namespace
}  // namespace plumbline
