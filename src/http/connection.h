// SPDX-License-Identifier: Apache-2.0
// One connection of the server: reads a request, has it handled on the pool, writes the answer, and so on until one side
// closes. All that touches the socket runs on the connection's strand; a handler runs on a pool thread while nothing is
// read, so a member has one user at a time. Inside http/ only: Asio types show here.
#pragma once
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <unordered_map>

#include "http/handler_pool.h"
#include "http/message_reader.h"
#include "http/server.h"

namespace plumbline {

class Connection;

// What the connections of one server share. Outlives them all.
struct ServerShared {
    Router router;
    ServerOptions options;
    std::optional<boost::asio::ssl::context> tls;
    std::optional<HandlerPool> pool;
    std::atomic<bool> is_stopping{false};
    std::atomic<std::size_t> uploads{0};

    // Connections that live, so that stop() can reach them.
    std::mutex mutex;  // guards `connections`
    std::condition_variable is_empty;
    std::unordered_map<const Connection*, std::weak_ptr<Connection>> connections;
};

class Connection final : public std::enable_shared_from_this<Connection> {
  public:
    Connection(ServerShared& shared, boost::asio::ip::tcp::socket socket);
    ~Connection();
    void start();
    void close_if_idle();  // any thread
    void abort();          // any thread: at once, whatever is under way

  private:
    using Clock = std::chrono::steady_clock;
    using Code = boost::system::error_code;
    enum class Phase { handshake, head, body, handling, writing, closing };

    void next_request();
    void advance();
    void read_more();
    void take_head();
    void send_continue();
    void take_body();
    void open_stream();
    void hand_piece();
    void finish_stream();
    void dispatch();
    void refuse(Response response);
    void respond();
    void write_slice();
    void pump_source();
    void write_source_piece(bool is_last);
    void finish_response();
    void linger();
    void close();
    void discard_sink();
    void release_upload();
    std::string head_text();
    void arm(Clock::time_point deadline);
    void wait_for_deadline();
    bool is_too_slow() const;
    std::chrono::seconds read_seconds() const;
    template <class Work, class Then>
    bool on_pool(bool is_new, Work work, Then then);
    template <class Then>
    void read_some(boost::asio::mutable_buffer into, Then then);
    template <class Buffers, class Then>
    void write_all(const Buffers& buffers, Then then);

    ServerShared& shared_;
    boost::asio::ip::tcp::socket socket_;
    std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
    boost::asio::steady_timer timer_;
    Clock::time_point deadline_ = Clock::time_point::max();
    bool is_timer_waiting_ = false;
    bool is_closed_ = false;

    Phase phase_ = Phase::handshake;
    Bytes buffer_;             // [begin_, end_) is read and not yet used
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    MessageReader reader_;
    Request request_;
    const Router::Route* route_ = nullptr;
    Bytes piece_;              // body bytes that the reader gave
    std::uint64_t body_bytes_ = 0;
    Clock::time_point request_start_;
    Clock::time_point read_start_;
    Clock::duration waited_{};  // for the client, in this request's body
    std::unique_ptr<BodySink> sink_;
    bool holds_upload_ = false;
    bool is_refused_ = false;  // a pool step put its answer into response_
    bool has_more_ = false;    // of the body source

    Response response_;
    bool must_close_ = false;
    bool is_chunked_ = false;
    Bytes out_;
    std::size_t written_ = 0;
    Bytes source_piece_;
    std::uint64_t source_bytes_ = 0;
};

}  // namespace plumbline
