// SPDX-License-Identifier: Apache-2.0
#include "http/connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <ctime>

#include "base/log.h"
#include "http/form_urlencoded.h"

namespace plumbline {

namespace {
namespace asio = boost::asio;
constexpr std::size_t buffer_bytes_first = 4 * 1024;
constexpr std::size_t buffer_bytes_body = 64 * 1024;
constexpr std::size_t slice_bytes = 256 * 1024;
constexpr std::uint64_t lingering_bytes_max = 64ULL * 1024 * 1024;
constexpr std::chrono::seconds lingering_seconds{5};

std::string http_date() {  // RFC 9110 section 5.6.7
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[40];
    return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::string_view reason_of(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 204: return "No Content";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        default: return "Status";
    }
}

Result<Request> request_from(const MessageHead& head) {
    Request request;
    request.method = head.method;
    std::string_view target = head.target;
    for (const std::string_view scheme : {"http://", "https://"}) {  // absolute-form, RFC 9112 section 3.2.2
        if (!target.starts_with(scheme)) continue;
        const std::size_t slash = target.find('/', scheme.size());
        target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
    }
    const std::size_t mark = target.find('?');
    request.path = TRY(path_from(target.substr(0, mark)));
    if (mark != std::string_view::npos) request.query = TRY(form_from(target.substr(mark + 1)));
    for (const auto& [name, value] : head.fields) {
        std::string& stored = request.headers[name];
        if (!stored.empty()) stored += name == "cookie" ? "; " : ", ";
        stored += value;
    }
    return request;
}

Response too_busy(std::string_view what) { return Response::problem(503, "busy", what); }
}  // namespace

Connection::Connection(ServerShared& shared, asio::ip::tcp::socket socket)
    : shared_(shared), socket_(std::move(socket)), timer_(socket_.get_executor()), reader_(MessageKind::request, shared.options.limits.http_header_bytes_max) {}

Connection::~Connection() {
    release_upload();
    const std::lock_guard lock(shared_.mutex);
    shared_.connections.erase(this);
    if (shared_.connections.empty()) shared_.is_empty.notify_all();
}

std::chrono::seconds Connection::read_seconds() const { return std::chrono::seconds(shared_.options.limits.http_read_seconds_max); }

template <class Then>
void Connection::read_some(asio::mutable_buffer into, Then then) {
    auto done = [self = shared_from_this(), then](const Code& code, std::size_t count) { then(code, count); };
    if (tls_) tls_->async_read_some(into, std::move(done));
    else socket_.async_read_some(into, std::move(done));
}

template <class Buffers, class Then>
void Connection::write_all(const Buffers& buffers, Then then) {
    arm(Clock::now() + read_seconds());
    auto done = [self = shared_from_this(), then](const Code& code, std::size_t) { then(code); };
    if (tls_) asio::async_write(*tls_, buffers, std::move(done));
    else asio::async_write(socket_, buffers, std::move(done));
}

// Runs work() on a pool thread, then then() on the strand. What work() throws becomes a 500.
template <class Work, class Then>
bool Connection::on_pool(bool is_new, Work work, Then then) {
    const Phase phase_before = phase_;
    phase_ = Phase::handling;
    deadline_ = Clock::time_point::max();
    is_refused_ = false;
    auto task = [self = shared_from_this(), work, then] {
        try {
            work();
        } catch (const std::exception&) {  // its text may hold what a person wrote: it is not logged
            log_event(LogLevel::error, "http.handler_threw", {{"listener", self->shared_.options.name}});
            self->response_ = Response::problem(500, "internal error", "the request could not be worked");
            self->is_refused_ = true;
        }
        asio::post(self->socket_.get_executor(), [self, then] { then(); });
    };
    if (!is_new) {
        shared_.pool->post(std::move(task));
        return true;
    }
    if (shared_.pool->try_post(std::move(task))) return true;
    phase_ = phase_before;
    return false;
}

void Connection::start() {
    {
        const std::lock_guard lock(shared_.mutex);
        shared_.connections.emplace(this, weak_from_this());
    }
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        Code code;
        self->socket_.set_option(asio::ip::tcp::no_delay(true), code);
        if (!self->shared_.tls) return self->next_request();
        self->tls_.emplace(self->socket_, *self->shared_.tls);
        self->arm(Clock::now() + self->read_seconds());
        self->tls_->async_handshake(asio::ssl::stream_base::server, [self](const Code& failed) {
            if (failed) return self->close();
            self->next_request();
        });
    });
}

void Connection::close_if_idle() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        if (self->phase_ == Phase::head && self->begin_ == self->end_) self->close();
    });
}

void Connection::abort() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->close(); });
}

void Connection::next_request() {
    if (shared_.is_stopping && begin_ == end_) return linger();
    reader_ = MessageReader(MessageKind::request, shared_.options.limits.http_header_bytes_max);
    request_ = Request();
    response_ = Response();
    route_ = nullptr;
    piece_.clear();
    body_bytes_ = 0;
    waited_ = {};
    must_close_ = false;
    if (begin_ == end_) {
        begin_ = end_ = 0;
        if (buffer_.size() != buffer_bytes_first) buffer_ = Bytes(buffer_bytes_first);
    }
    phase_ = Phase::head;
    request_start_ = Clock::now();
    advance();
}

void Connection::advance() {
    const ByteView unread(buffer_.data() + begin_, end_ - begin_);
    if (!unread.empty() && !reader_.is_done()) {
        auto used = reader_.feed(unread, piece_);
        if (!used) {
            must_close_ = true;  // what stands behind it cannot be trusted to be a request of its own
            const ErrorKind kind = used.error().kind;
            const int status = kind == ErrorKind::too_large ? 431 : kind == ErrorKind::unsupported ? 501 : 400;
            return refuse(Response::problem(status, "bad request", used.error().message));
        }
        begin_ += *used;
    }
    if (phase_ != Phase::head) return take_body();
    if (!reader_.has_head()) return read_more();
    take_head();
}

void Connection::read_more() {
    const std::size_t buffer_max = std::max(buffer_bytes_body, shared_.options.limits.http_header_bytes_max + 1);
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == buffer_.size()) {
        if (buffer_.size() >= buffer_max) return refuse(Response::problem(400, "bad request", "a chunk header or trailer is too long"));
        buffer_.resize(std::min(buffer_.size() * 2, buffer_max));
    }
    read_start_ = Clock::now();
    // A head, and a body that is held in memory, have one deadline for the whole: one byte a second does not carry on.
    Clock::time_point deadline = request_start_ + read_seconds() * (phase_ == Phase::head ? 1 : 4);
    if (sink_) deadline = std::min(read_start_ + read_seconds(), request_start_ + std::chrono::seconds(shared_.options.limits.http_request_seconds_max));
    arm(deadline);
    read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_), [this](const Code& code, std::size_t count) {
        if (code) return close();
        end_ += count;
        waited_ += Clock::now() - read_start_;
        if (sink_ && is_too_slow()) return close();
        advance();
    });
}

bool Connection::is_too_slow() const {
    if (waited_ <= read_seconds()) return false;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited_).count();
    return body_bytes_ < shared_.options.limits.http_upload_bytes_per_second_min * static_cast<std::uint64_t>(seconds);
}

void Connection::take_head() {
    const MessageHead& head = reader_.head();
    must_close_ = !head.keeps_alive;
    auto request = request_from(head);
    request_.method = head.method;
    if (!request) return refuse(Response::problem(400, "bad request", request.error().message));
    request_ = std::move(*request);
    const Router::Match match = shared_.router.match(request_.method, request_.path, request_.path_values);
    if (match.route == nullptr) return refuse(shared_.router.not_matched(request_, match));
    route_ = match.route;
    const Limits& limits = shared_.options.limits;
    const std::uint64_t body_bytes_max = route_->stream ? limits.tip_bytes_max + limits.http_body_bytes_max : limits.http_body_bytes_max;
    if (head.content_length.value_or(0) > body_bytes_max)
        return refuse(Response::problem(413, "too large", fmt::format("the body is over {} bytes", body_bytes_max)));
    if (!request_.header("expect").empty() && !head.expects_continue)
        return refuse(Response::problem(417, "expectation failed", "only 100-continue is known here"));
    phase_ = Phase::body;
    if (route_->stream) return open_stream();
    send_continue();
}

// RFC 9110 section 10.1.1: the client waits for leave to send its body.
void Connection::send_continue() {
    if (!reader_.head().expects_continue || reader_.is_done() || begin_ != end_) return advance();
    static constexpr std::string_view leave = "HTTP/1.1 100 Continue\r\n\r\n";
    write_all(asio::buffer(leave.data(), leave.size()), [this](const Code& code) {
        if (code) return close();
        advance();
    });
}

void Connection::take_body() {
    const Limits& limits = shared_.options.limits;
    const std::uint64_t body_bytes_max = route_->stream ? limits.tip_bytes_max + limits.http_body_bytes_max : limits.http_body_bytes_max;
    body_bytes_ += piece_.size();
    if (body_bytes_ > body_bytes_max)
        return refuse(Response::problem(413, "too large", fmt::format("the body is over {} bytes", body_bytes_max)));
    if (route_->stream) {
        if (!piece_.empty()) return hand_piece();
        if (reader_.is_done()) return finish_stream();
        if (buffer_.size() < buffer_bytes_body) buffer_.resize(buffer_bytes_body);
        return read_more();
    }
    request_.body += text_of(piece_);
    piece_.clear();
    if (!reader_.is_done()) return read_more();
    dispatch();
}

void Connection::open_stream() {
    if (shared_.uploads.fetch_add(1) >= shared_.options.limits.http_uploads_max) {
        --shared_.uploads;
        return refuse(too_busy("too many uploads are under way"));
    }
    holds_upload_ = true;
    const bool is_queued = on_pool(
        true,
        [this] {
            auto sink = route_->stream(request_);
            if (sink) {
                sink_ = std::move(*sink);
                return;
            }
            response_ = Response::from_error(sink.error());
            is_refused_ = true;
        },
        [this] {
            if (is_refused_) return respond();
            phase_ = Phase::body;
            request_start_ = Clock::now();
            waited_ = {};
            send_continue();
        });
    if (!is_queued) refuse(too_busy("too many requests wait"));
}

void Connection::hand_piece() {
    on_pool(
        false,
        [this] {
            auto taken = sink_->data(piece_);
            if (taken) return;
            response_ = sink_->refuse(taken.error());
            is_refused_ = true;
        },
        [this] {
            piece_.clear();
            if (is_refused_) return respond();
            phase_ = Phase::body;
            advance();
        });
}

void Connection::finish_stream() {
    on_pool(
        false,
        [this] {
            response_ = sink_->finish();
            sink_.reset();
        },
        [this] { respond(); });
}

void Connection::dispatch() {
    const bool is_queued = on_pool(true, [this] { response_ = route_->handler(request_); }, [this] { respond(); });
    if (!is_queued) refuse(too_busy("too many requests wait"));
}

void Connection::refuse(Response response) {
    response_ = std::move(response);
    respond();
}

std::string Connection::head_text() {
    std::string text = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", response_.status, reason_of(response_.status), http_date());
    for (const auto& [name, value] : response_.headers) {
        std::string clean = value;  // a line feed in a value would start a new field
        for (char& letter : clean)
            if (static_cast<unsigned char>(letter) < 0x20 && letter != '\t') letter = ' ';
        text += fmt::format("{}: {}\r\n", name, clean);
    }
    const bool has_length = response_.status != 204 && response_.status != 304;
    if (is_chunked_) text += "Transfer-Encoding: chunked\r\n";
    else if (has_length && !response_.body_source) text += fmt::format("Content-Length: {}\r\n", response_.body.size());
    else if (has_length && response_.body_source_size) text += fmt::format("Content-Length: {}\r\n", *response_.body_source_size);
    if (must_close_) text += "Connection: close\r\n";
    else if (reader_.head().is_http_1_0) text += "Connection: keep-alive\r\n";
    return text + "\r\n";
}

void Connection::respond() {
    phase_ = Phase::writing;
    discard_sink();
    release_upload();
    must_close_ |= !reader_.is_done() || shared_.is_stopping;
    const bool is_of_known_length = !response_.body_source || response_.body_source_size;
    const bool is_http_1_0 = reader_.has_head() && reader_.head().is_http_1_0;
    is_chunked_ = !is_of_known_length && !is_http_1_0;
    must_close_ |= !is_of_known_length && is_http_1_0;
    const std::string head = head_text();
    out_ = to_bytes(head);
    written_ = 0;
    source_bytes_ = 0;
    if (request_.method == "HEAD" || response_.status == 204 || response_.status == 304) {
        response_.body.clear();
        response_.body_source = nullptr;
    }
    if (response_.body_source) return pump_source();
    write_slice();
}

void Connection::write_slice() {
    const std::size_t count = std::min(slice_bytes, response_.body.size() - written_);
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(out_.data(), out_.size()), asio::buffer(response_.body.data() + written_, count)};
    write_all(buffers, [this, count](const Code& code) {
        if (code) return close();
        out_.clear();
        written_ += count;
        if (written_ < response_.body.size()) return write_slice();
        finish_response();
    });
}

void Connection::pump_source() {
    on_pool(
        false,
        [this] {
            source_piece_.clear();
            auto has_more = response_.body_source(source_piece_);
            is_refused_ = !has_more;
            has_more_ = has_more && *has_more;
        },
        [this] {
            phase_ = Phase::writing;
            source_bytes_ += source_piece_.size();
            // The head is out: a source that fails, or gives another length than it said, can only be cut off.
            if (is_refused_ || (response_.body_source_size && source_bytes_ > *response_.body_source_size)) return close();
            if (!has_more_ && response_.body_source_size && source_bytes_ != *response_.body_source_size) return close();
            write_source_piece(!has_more_);
        });
}

void Connection::write_source_piece(bool is_last) {
    if (is_chunked_ && !source_piece_.empty()) append(out_, fmt::format("{:x}\r\n", source_piece_.size()));
    append(out_, source_piece_);
    if (is_chunked_ && !source_piece_.empty()) append(out_, "\r\n");
    if (is_chunked_ && is_last) append(out_, "0\r\n\r\n");
    write_all(asio::buffer(out_.data(), out_.size()), [this, is_last](const Code& code) {
        if (code) return close();
        out_.clear();
        if (is_last) return finish_response();
        pump_source();
    });
}

void Connection::finish_response() {
    response_ = Response();
    source_piece_ = Bytes();
    if (must_close_) return linger();
    next_request();
}

// RFC 9112 section 9.6: what the client still sends is read and dropped for a while, so that it sees our answer before
// its connection is reset.
void Connection::linger() {
    if (phase_ != Phase::closing) {
        phase_ = Phase::closing;
        body_bytes_ = 0;
        arm(Clock::now() + lingering_seconds);
        if (tls_ && reader_.is_done()) return tls_->async_shutdown([self = shared_from_this()](const Code&) { self->close(); });
        Code code;
        if (!tls_) socket_.shutdown(asio::ip::tcp::socket::shutdown_send, code);
        if (reader_.is_done() && begin_ == end_) return close();  // nothing is left unread that would reset it
    }
    if (buffer_.empty()) buffer_.resize(buffer_bytes_first);
    read_some(asio::buffer(buffer_.data(), buffer_.size()), [this](const Code& code, std::size_t count) {
        body_bytes_ += count;
        if (code || body_bytes_ > lingering_bytes_max) return close();
        linger();
    });
}

void Connection::close() {
    if (is_closed_) return;
    // While a handler runs its thread uses our members: the socket goes now, the rest with the last owner.
    if (phase_ != Phase::handling) discard_sink();
    is_closed_ = true;
    timer_.cancel();
    Code code;
    socket_.close(code);
}

void Connection::discard_sink() {
    if (!sink_) return;
    // Throwing away what was taken may wait for a disk, so it is a pool thread's work.
    std::shared_ptr<BodySink> dropped = std::move(sink_);
    shared_.pool->post([dropped] {});
    release_upload();
}

void Connection::release_upload() {
    if (holds_upload_) --shared_.uploads;
    holds_upload_ = false;
}

void Connection::arm(Clock::time_point deadline) {
    deadline_ = deadline;
    if (!is_timer_waiting_ || deadline < timer_.expiry()) wait_for_deadline();
}

// One wait stands at a time; a later deadline does not touch the timer until it rings.
void Connection::wait_for_deadline() {
    is_timer_waiting_ = true;
    timer_.expires_at(deadline_);
    timer_.async_wait([weak = weak_from_this()](const Code& code) {
        const auto self = weak.lock();
        if (code || !self || self->is_closed_) return;
        self->is_timer_waiting_ = false;
        if (self->deadline_ == Clock::time_point::max()) return;
        if (Clock::now() >= self->deadline_) return self->close();
        self->wait_for_deadline();
    });
}

}  // namespace plumbline
