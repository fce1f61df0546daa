// SPDX-License-Identifier: Apache-2.0
// The listener: accepts, counts, and ends in order. What happens on a connection is in connection.cc.
#include "http/server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include "base/log.h"
#include "http/connection.h"

namespace plumbline {

namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using Code = boost::system::error_code;
constexpr std::chrono::seconds ending_seconds{5};

class AsioServer final : public Server {
  public:
    AsioServer(Router router, const ServerOptions& options) : acceptor_(io_), retry_(io_), guard_(asio::make_work_guard(io_)) {
        shared_.router = std::move(router);
        shared_.options = options;
    }
    ~AsioServer() override;
    Result<void> open();
    std::uint16_t port() const override { return port_; }
    void stop() override;

  private:
    Result<void> open_tls(const TlsFiles& files);
    void accept();
    void take(tcp::socket socket);
    std::vector<std::shared_ptr<Connection>> connections();

    ServerShared shared_;  // outlives what the context holds
    asio::io_context io_;
    tcp::acceptor acceptor_;
    asio::steady_timer retry_;
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    std::uint16_t port_ = 0;
    std::vector<std::thread> threads_;
};

Result<void> AsioServer::open_tls(const TlsFiles& files) {
    shared_.tls.emplace(asio::ssl::context::tls_server);
    SSL_CTX* context = shared_.tls->native_handle();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    // No tickets and no session cache: neither side can tell that two visits are one person's.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    Code code;
    shared_.tls->use_certificate_chain_file(files.certificate_path, code);
    if (code) return fail(ErrorKind::unavailable, "certificate {}: {}", files.certificate_path, code.message());
    shared_.tls->use_private_key_file(files.key_path, asio::ssl::context::pem, code);
    if (code) return fail(ErrorKind::unavailable, "key {}: {}", files.key_path, code.message());
    if (SSL_CTX_check_private_key(context) != 1)
        return fail(ErrorKind::invalid, "{} is not the key of {}", files.key_path, files.certificate_path);
    return {};
}

Result<void> AsioServer::open() {
    const ServerOptions& options = shared_.options;
    if (options.tls) TRY(open_tls(*options.tls));
    Code code;
    const auto address = asio::ip::make_address(options.address, code);
    if (code) return fail(ErrorKind::invalid, "listener {}: \"{}\" is not an IP address", options.name, options.address);
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), code);
    if (!code) acceptor_.set_option(tcp::acceptor::reuse_address(true), code);
    if (!code) acceptor_.bind(endpoint, code);
    if (!code) acceptor_.listen(1024, code);
    if (code) return fail(ErrorKind::unavailable, "listener {} on {}:{}: {}", options.name, options.address, options.port, code.message());
    port_ = acceptor_.local_endpoint(code).port();
    shared_.pool.emplace(std::max(1U, options.handler_threads), options.limits.http_handlers_max);
    accept();
    for (unsigned i = 0; i < std::max(1U, options.io_threads); ++i) threads_.emplace_back([this] { io_.run(); });
    log_event(LogLevel::info, "http.listening", {{"listener", options.name}, {"port", static_cast<int>(port_)}, {"tls", options.tls ? "yes" : "no"}});
    return {};
}

void AsioServer::accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](const Code& code, tcp::socket socket) {
        if (shared_.is_stopping || code == asio::error::operation_aborted) return;
        if (!code) {
            take(std::move(socket));
            return accept();
        }
        // Out of file descriptors or memory: what is open goes on, new ones wait in the kernel's queue.
        retry_.expires_after(std::chrono::milliseconds(100));
        retry_.async_wait([this](const Code& failed) {
            if (!failed) accept();
        });
    });
}

void AsioServer::take(tcp::socket socket) {
    bool is_full = false;
    {
        const std::lock_guard lock(shared_.mutex);
        is_full = shared_.connections.size() >= shared_.options.limits.http_connections_max;
    }
    if (!is_full) return std::make_shared<Connection>(shared_, std::move(socket))->start();
    Code code;
    if (!shared_.tls) {  // one try, without waiting
        static constexpr std::string_view answer =
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        socket.non_blocking(true, code);
        socket.write_some(asio::buffer(answer.data(), answer.size()), code);
    }
    socket.close(code);
}

std::vector<std::shared_ptr<Connection>> AsioServer::connections() {
    std::vector<std::shared_ptr<Connection>> live;
    const std::lock_guard lock(shared_.mutex);
    for (const auto& [connection, weak] : shared_.connections)
        if (auto strong = weak.lock()) live.push_back(std::move(strong));
    return live;
}

void AsioServer::stop() {
    if (shared_.is_stopping.exchange(true)) return;
    asio::post(io_, [this] {
        Code code;
        acceptor_.close(code);
        retry_.cancel();
    });
    for (const auto& connection : connections()) connection->close_if_idle();
}

AsioServer::~AsioServer() {
    stop();
    if (!threads_.empty()) {
        std::unique_lock lock(shared_.mutex);
        shared_.is_empty.wait_for(lock, ending_seconds, [this] { return shared_.connections.empty(); });
    }
    for (const auto& connection : connections()) connection->abort();
    if (shared_.pool) shared_.pool->stop();
    guard_.reset();
    io_.stop();
    for (std::thread& thread : threads_) thread.join();
}
}  // namespace

Result<std::unique_ptr<Server>> Server::listen(Router router, const ServerOptions& options) {
    auto server = std::make_unique<AsioServer>(std::move(router), options);
    TRY(server->open());
    return server;
}

}  // namespace plumbline
