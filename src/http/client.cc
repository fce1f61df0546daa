// SPDX-License-Identifier: Apache-2.0
#include "http/client.h"

#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "http/message_reader.h"

namespace plumbline {

namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using Code = boost::system::error_code;
constexpr std::size_t head_bytes_max = 64 * 1024;
constexpr std::size_t piece_bytes = 64 * 1024;

struct BaseUrl {
    bool is_tls = false;
    std::string host;      // without the brackets of an IPv6 address
    std::string port;
    std::string authority; // as in the Host field
    std::string prefix;    // of every target, without a last '/'
};

Result<BaseUrl> base_url_from(std::string_view text) {
    BaseUrl url;
    url.is_tls = text.starts_with("https://");
    if (!url.is_tls && !text.starts_with("http://")) return fail(ErrorKind::invalid, "a server's URL starts with https:// or http://");
    text.remove_prefix(url.is_tls ? 8 : 7);
    const std::string_view authority = text.substr(0, text.find('/'));
    text.remove_prefix(authority.size());
    while (text.ends_with('/')) text.remove_suffix(1);
    url.prefix = text;
    url.authority = authority;
    const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
    if (bracket == std::string_view::npos) return fail(ErrorKind::invalid, "a server's URL has '[' without ']'");
    const std::size_t colon = authority.find(':', bracket);
    url.host = bracket > 0 ? authority.substr(1, bracket - 1) : authority.substr(0, colon);
    url.port = colon == std::string_view::npos ? (url.is_tls ? "443" : "80") : std::string(authority.substr(colon + 1));
    if (url.host.empty() || url.port.empty() || authority.find_first_of("@ \t\r\n?#") != std::string_view::npos)
        return fail(ErrorKind::invalid, "a server's URL is https://host:port");
    return url;
}

Result<void> keep(std::string& text, ByteView piece) {
    if (text.size() + piece.size() > answer_in_memory_bytes_max)
        return fail(ErrorKind::too_large, "an answer over {} bytes", answer_in_memory_bytes_max);
    text += text_of(piece);
    return {};
}

Result<void> write_all(int file, ByteView piece) {
    while (!piece.empty()) {
        const auto count = ::write(file, piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return fail(ErrorKind::unavailable, "the answer cannot be written: {}", std::strerror(errno));
        piece = piece.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

class AsioClient final : public HttpClient {
  public:
    AsioClient(ClientOptions options, BaseUrl url)
        : options_(std::move(options)), url_(std::move(url)), resolver_(io_), socket_(io_), tls_context_(asio::ssl::context::tls_client) {}
    Result<void> set_up();
    Result<ClientAnswer> request(std::string_view method, std::string_view target, const Headers& headers, ByteView body) override;
    Result<ClientAnswer> download(std::string_view method, std::string_view target, const Headers& headers, int into_fd) override;

  private:
    using Take = std::function<Result<void>(int status, ByteView piece)>;
    template <class Start>
    Result<std::size_t> wait(std::string_view what, Start start);
    Result<void> connect();
    Result<void> shake_hands();
    void disconnect();
    bool is_stale();
    Result<void> send(ByteView bytes);
    Result<std::size_t> receive(Bytes& buffer, std::size_t end);
    Result<ClientAnswer> exchange(std::string_view method, std::string_view target, const Headers& headers, ByteView body, const Take& take);
    Result<ClientAnswer> exchange_once(std::string_view method, std::string_view head, ByteView body, const Take& take);
    Result<ClientAnswer> read_answer(std::string_view method, const Take& take);

    ClientOptions options_;
    BaseUrl url_;
    asio::io_context io_;
    tcp::resolver resolver_;
    tcp::socket socket_;
    asio::ssl::context tls_context_;
    std::optional<asio::ssl::stream<tcp::socket&>> tls_;
    bool is_connected_ = false;
    bool has_answer_begun_ = false;  // a byte of the answer came: the server has seen the request
};

Result<void> AsioClient::set_up() {
    if (!url_.is_tls) return {};
    SSL_CTX_set_min_proto_version(tls_context_.native_handle(), TLS1_2_VERSION);
    if (options_.certificate_sha256) return {};
    Code code;
    if (options_.ca_file.empty()) tls_context_.set_default_verify_paths(code);
    else tls_context_.load_verify_file(options_.ca_file, code);
    if (code) return fail(ErrorKind::invalid, "CA file {}: {}", options_.ca_file, code.message());
    return {};
}

// Starts one asynchronous step and waits for it, at most timeout_seconds.
template <class Start>
Result<std::size_t> AsioClient::wait(std::string_view what, Start start) {
    std::optional<Code> done;
    std::size_t count = 0;
    start([&done, &count](const Code& code, std::size_t size) {
        done = code;
        count = size;
    });
    io_.restart();
    io_.run_for(std::chrono::seconds(options_.timeout_seconds));
    const bool is_late = !done;
    if (is_late) {
        resolver_.cancel();
        disconnect();
        io_.restart();
        io_.run();  // the cancelled step still refers to our locals
        return fail(ErrorKind::timeout, "{} {}: nothing for {} s", what, url_.authority, options_.timeout_seconds);
    }
    if (*done) return fail(ErrorKind::unavailable, "{} {}: {}", what, url_.authority, done->message());
    return count;
}

void AsioClient::disconnect() {
    is_connected_ = false;
    Code code;
    socket_.close(code);
}

Result<void> AsioClient::connect() {
    disconnect();
    tls_.reset();
    tcp::resolver::results_type addresses;
    TRY(wait("resolve", [&](auto done) {
        resolver_.async_resolve(url_.host, url_.port, [done, &addresses](const Code& code, const tcp::resolver::results_type& found) {
            addresses = found;
            done(code, 0);
        });
    }));
    TRY(wait("connect to", [&](auto done) {
        asio::async_connect(socket_, addresses, [done](const Code& code, const tcp::endpoint&) { done(code, 0); });
    }));
    Code code;
    socket_.set_option(tcp::no_delay(true), code);
    if (url_.is_tls) {
        auto shaken = shake_hands();
        if (!shaken) {
            disconnect();
            return shaken;
        }
    }
    is_connected_ = true;
    return {};
}

Result<void> AsioClient::shake_hands() {
    tls_.emplace(socket_, tls_context_);
    Code code;
    asio::ip::make_address(url_.host, code);
    if (code && SSL_set_tlsext_host_name(tls_->native_handle(), url_.host.c_str()) != 1)
        return fail(ErrorKind::invalid, "host name \"{}\"", url_.host);
    // With a pinned certificate the chain says nothing more: the comparison below, before any byte is sent, is the check.
    tls_->set_verify_mode(options_.certificate_sha256 ? asio::ssl::verify_none : asio::ssl::verify_peer);
    if (!options_.certificate_sha256) tls_->set_verify_callback(asio::ssl::host_name_verification(url_.host));
    auto shaken = wait("TLS with", [&](auto done) {
        tls_->async_handshake(asio::ssl::stream_base::client, [done](const Code& failed) { done(failed, 0); });
    });
    if (!shaken) {
        const bool is_unverified = !options_.certificate_sha256 && SSL_get_verify_result(tls_->native_handle()) != X509_V_OK;
        if (is_unverified) return fail(ErrorKind::denied, "the certificate of {} does not check", url_.authority);
        return fail(std::move(shaken).error());
    }
    if (!options_.certificate_sha256) return {};
    X509* certificate = SSL_get1_peer_certificate(tls_->native_handle());
    if (certificate == nullptr) return fail(ErrorKind::denied, "{} has no certificate", url_.authority);
    Sha256 found;
    unsigned size = 0;
    X509_digest(certificate, EVP_sha256(), uchar(std::span<std::byte>(found.bytes)), &size);
    X509_free(certificate);
    if (!equal_in_constant_time(found.bytes, options_.certificate_sha256->bytes))
        return fail(ErrorKind::denied, "the certificate of {} is not the pinned one: its SHA-256 is {}", url_.authority, found.hex());
    return {};
}

// A kept connection on which something waits to be read before we ask is closed or out of step.
bool AsioClient::is_stale() {
    Code code;
    socket_.non_blocking(true, code);
    char letter = 0;
    const auto count = ::recv(socket_.native_handle(), &letter, 1, MSG_PEEK | MSG_DONTWAIT);
    return count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

Result<void> AsioClient::send(ByteView bytes) {
    while (!bytes.empty()) {
        const ByteView piece = bytes.first(std::min(bytes.size(), piece_bytes * 4));
        TRY(wait("send to", [&](auto done) {
            if (tls_) asio::async_write(*tls_, asio::buffer(piece.data(), piece.size()), done);
            else asio::async_write(socket_, asio::buffer(piece.data(), piece.size()), done);
        }));
        bytes = bytes.subspan(piece.size());
    }
    return {};
}

// 0 at the end of the stream.
Result<std::size_t> AsioClient::receive(Bytes& buffer, std::size_t end) {
    bool is_end = false;
    return wait("receive from", [&](auto done) {
        auto taken = [done, &is_end](const Code& code, std::size_t count) {
            is_end = code == asio::error::eof || code == asio::ssl::error::stream_truncated;
            done(is_end ? Code() : code, is_end ? 0 : count);
        };
        if (tls_) tls_->async_read_some(asio::buffer(buffer.data() + end, buffer.size() - end), taken);
        else socket_.async_read_some(asio::buffer(buffer.data() + end, buffer.size() - end), taken);
    });
}

Result<ClientAnswer> AsioClient::read_answer(std::string_view method, const Take& take) {
    const MessageKind kind = method == "HEAD" ? MessageKind::answer_to_head : MessageKind::answer;
    MessageReader reader(kind, head_bytes_max);
    Bytes buffer(head_bytes_max + piece_bytes);
    Bytes piece;
    std::size_t end = 0;
    std::uint64_t total = 0;
    while (true) {
        const std::size_t used = TRY(reader.feed(ByteView(buffer).first(end), piece));
        std::memmove(buffer.data(), buffer.data() + used, end - used);
        end -= used;
        if (!piece.empty()) {
            total += piece.size();
            if (total > options_.answer_bytes_max) return fail(ErrorKind::too_large, "an answer over {} bytes", options_.answer_bytes_max);
            TRY(take(reader.head().status, piece));
            piece.clear();
        }
        if (reader.has_head() && reader.head().status / 100 == 1) {  // 100 Continue and the like: the answer follows
            reader = MessageReader(kind, head_bytes_max);
            continue;
        }
        if (reader.is_done()) break;
        if (used > 0 && end > 0) continue;
        if (end == buffer.size()) return fail(ErrorKind::corrupt, "a chunk header of {} bytes", end);
        const std::size_t count = TRY(receive(buffer, end));
        has_answer_begun_ |= count > 0;
        if (count == 0 && !reader.has_head()) return fail(ErrorKind::unavailable, "{} closed the connection", url_.authority);
        if (count == 0) {
            TRY(reader.end());
            break;
        }
        end += count;
    }
    ClientAnswer answer;
    answer.status = reader.head().status;
    answer.headers = reader.head().fields;
    if (!reader.head().keeps_alive || end > 0) disconnect();
    return answer;
}

Result<ClientAnswer> AsioClient::exchange_once(std::string_view method, std::string_view head, ByteView body, const Take& take) {
    has_answer_begun_ = false;
    if (is_connected_ && is_stale()) disconnect();
    if (!is_connected_) TRY(connect());
    TRY(send(view(head)));
    // A server that refuses a long body may answer and close before all of it is sent: its answer is what counts.
    const auto sent = send(body);
    if (!sent && sent.error().kind == ErrorKind::timeout) return fail(sent.error());
    return read_answer(method, take);
}

Result<ClientAnswer> AsioClient::exchange(std::string_view method, std::string_view target, const Headers& headers, ByteView body, const Take& take) {
    std::string head = fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\n", method, url_.prefix, target, url_.authority);
    for (const auto& [name, value] : headers) head += fmt::format("{}: {}\r\n", name, value);
    if (head.find('\0') != std::string::npos || std::count(head.begin(), head.end(), '\n') != static_cast<std::ptrdiff_t>(headers.size() + 2) ||
        target.find(' ') != std::string_view::npos || !target.starts_with('/'))
        return fail(ErrorKind::invalid, "a target or header field that is not one line");
    if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") head += fmt::format("Content-Length: {}\r\n", body.size());
    head += "\r\n";
    const bool was_connected = is_connected_;
    auto answer = exchange_once(method, head, body, take);
    const bool may_repeat = method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE";
    if (!answer && answer.error().kind == ErrorKind::unavailable && was_connected && may_repeat && !has_answer_begun_) {
        disconnect();
        answer = exchange_once(method, head, body, take);
    }
    if (!answer) disconnect();
    return answer;
}

Result<ClientAnswer> AsioClient::request(std::string_view method, std::string_view target, const Headers& headers, ByteView body) {
    std::string text;
    ClientAnswer answer = TRY(exchange(method, target, headers, body, [&text](int, ByteView piece) { return keep(text, piece); }));
    answer.body = std::move(text);
    return answer;
}

Result<ClientAnswer> AsioClient::download(std::string_view method, std::string_view target, const Headers& headers, int into_fd) {
    std::string text;
    ClientAnswer answer = TRY(exchange(method, target, headers, {}, [into_fd, &text](int status, ByteView piece) {
        return status / 100 == 2 ? write_all(into_fd, piece) : keep(text, piece);
    }));
    answer.body = std::move(text);
    return answer;
}
}  // namespace

Result<std::unique_ptr<HttpClient>> HttpClient::open(const ClientOptions& options) {
    auto client = std::make_unique<AsioClient>(options, TRY(base_url_from(options.base_url)));
    TRY(client->set_up());
    return client;
}

}  // namespace plumbline
