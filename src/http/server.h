// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 server (RFC 9112), plain or TLS. Boost.Asio lives in server.cc, Boost.Beast's parser in message_reader.cc.
//
//     Router router;
//     router.get("/api/v1/status", [&](const Request& request) { return Response::json(200, status()); });
//     router.post_stream("/report", [&](const Request& request) { return std::make_unique<ReportUpload>(...); });
//     auto server = TRY(Server::listen(router, {.address = "127.0.0.1", .port = 8080}));
//
// Handlers are plain functions on a bounded pool of threads and may block for short. A request whose body is over
// http_body_bytes_max gets 413 unless its route streams. A streamed body comes in pieces to one BodySink, one piece at
// a time, never two threads at once; memory does not grow with the body. When the pool's queue is full the answer is 503
// with Retry-After. Slow clients hold a connection, never a thread.
// No address of a client is kept or logged, and Request has none.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/result.h"

namespace plumbline {

struct Request {
    std::string method;                                  // upper case
    std::string path;                                    // percent-decoded, starts with '/', no query
    std::map<std::string, std::string> query;            // percent-decoded; the last of equal names
    std::map<std::string, std::string> headers;          // names in lower case
    std::map<std::string, std::string> path_values;      // of {name} segments of the route
    std::string body;                                    // empty for streamed routes
    std::string_view header(std::string_view lower_case_name) const;   // "" where absent
    std::string_view query_value(std::string_view name) const;         // "" where absent
    std::optional<std::string> cookie(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    // Where set, the body is produced in pieces instead of `body` (for large downloads): each call appends at most
    // 64 KiB or so to `out` and returns false when nothing is left. Any pool thread, one at a time.
    std::function<Result<bool>(Bytes& out)> body_source;
    std::optional<std::uint64_t> body_source_size;       // Content-Length where known, else chunked

    static Response text(int status, std::string body);
    static Response html(int status, std::string body);  // with the strict security headers of every page
    static Response json(int status, const Json& body);
    static Response bytes(int status, std::string media_type, std::string body);
    static Response redirect(std::string location);      // 303 See Other
    // application/problem+json (RFC 9457); `pointer` names the field ("/loss/currency"), "" for the whole.
    static Response problem(int status, std::string_view title, std::string_view detail, std::string_view pointer = "");
    static Response from_error(const Error& error);       // the one place where ErrorKind maps to a status
    Response& with(std::string name, std::string value);
};
int http_status_of(ErrorKind kind);

using Handler = std::function<Response(const Request&)>;

// Takes a streamed body. An Error from data() ends the request with from_error(). finish() is called once, after the last
// piece. A sink that is destroyed without finish() (the client went away) throws away what it took.
class BodySink {
  public:
    virtual ~BodySink() = default;
    virtual Result<void> data(ByteView piece) = 0;
    virtual Response finish() = 0;
    // What to answer when data() failed; the default is from_error.
    virtual Response refuse(const Error& error) { return Response::from_error(error); }
};
using StreamHandler = std::function<Result<std::unique_ptr<BodySink>>(const Request&)>;

// A table of routes; "/tips/{id}" binds one segment, a last "{rest...}" binds all that is left. A value, built before listen().
class Router {
  public:
    void get(std::string pattern, Handler handler);      // HEAD too
    void post(std::string pattern, Handler handler);
    void put(std::string pattern, Handler handler);
    void patch(std::string pattern, Handler handler);
    void remove(std::string pattern, Handler handler);   // DELETE
    void options(std::string pattern, Handler handler);
    void post_stream(std::string pattern, StreamHandler handler);
    void patch_stream(std::string pattern, StreamHandler handler);

    // Moves a value into the router for its handlers to refer to: it lives as long as the routes do, in every copy of them.
    template <class T>
    const T& keep(T value) {
        auto held = std::make_shared<const T>(std::move(value));
        const T& kept = *held;
        kept_.push_back(std::move(held));
        return kept;
    }

    struct Route {
        std::string method;
        std::vector<std::string> segments;
        Handler handler;         // one of the two is set
        StreamHandler stream;
    };
    struct Match {
        const Route* route = nullptr;     // nullptr: 404, or 405 where `allowed` is not empty
        std::vector<std::string> allowed;
    };
    // A route that is written out wins over one with {name}, that over one with {rest...}.
    Match match(std::string_view method, std::string_view path, std::map<std::string, std::string>& path_values) const;
    // Answers GETs that no route takes, e.g. with a page; it must be quick. Without it they get a problem.
    void otherwise(Handler handler) { otherwise_ = std::move(handler); }
    Response not_matched(const Request& request, const Match& match) const;   // the 404, or the 405 with Allow
    // For tests: runs a request through the table without a socket, streamed routes included.
    Response handle(Request request) const;

  private:
    void add(std::string method, std::string pattern, Handler handler, StreamHandler stream);
    std::vector<Route> routes_;
    Handler otherwise_;
    std::vector<std::shared_ptr<const void>> kept_;
};

struct TlsFiles {
    std::string certificate_path;   // PEM
    std::string key_path;           // PEM, mode 0600
};
struct ServerOptions {
    std::string name = "plumbline";             // of the listener, for the log
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                     // 0: any free one
    std::optional<TlsFiles> tls = {};
    unsigned io_threads = 1;
    unsigned handler_threads = 8;
    unsigned long_poll_seconds_max = 30;        // handlers may block this long on routes that poll
    Limits limits = {};
};

class Server {
  public:
    static Result<std::unique_ptr<Server>> listen(Router router, const ServerOptions& options);
    virtual ~Server() = default;                // stops, after the requests under way have ended or 5 s
    virtual std::uint16_t port() const = 0;
    virtual void stop() = 0;                    // no new connections; any thread; once
};

}  // namespace plumbline
