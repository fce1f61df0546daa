// SPDX-License-Identifier: Apache-2.0
#include "http/message_reader.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/check.h"

namespace plumbline {

namespace {
namespace beast = boost::beast;
namespace beast_http = boost::beast::http;

std::string lower(beast::string_view text) {
    std::string out(text.begin(), text.end());
    for (char& letter : out)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return out;
}

template <bool is_request>
class Parser final : public beast_http::basic_parser<is_request> {
  public:
    explicit Parser(std::size_t head_bytes_max) {
        this->header_limit(static_cast<std::uint32_t>(head_bytes_max));
        this->body_limit(UINT64_MAX);  // not none: 1.74 compares a length with it, and every length is more than none
        this->eager(false);
    }
    MessageHead head;
    Bytes* body = nullptr;

  private:
    using Code = beast::error_code;
    void on_request_impl(beast_http::verb, beast::string_view method, beast::string_view target, int version, Code& ec) override {
        head.method.assign(method.begin(), method.end());
        head.target.assign(target.begin(), target.end());
        take_version(version, ec);
    }
    void on_response_impl(int code, beast::string_view, int version, Code& ec) override {
        head.status = code;
        take_version(version, ec);
    }
    void take_version(int version, Code& ec) {
        if (version != 10 && version != 11) ec = beast_http::error::bad_version;
        head.is_http_1_0 = version == 10;
    }
    void on_field_impl(beast_http::field, beast::string_view name, beast::string_view value, Code&) override {
        // Fields behind a chunked body (trailers) are read and dropped: nothing of ours needs one.
        if (!this->is_header_done()) head.fields.emplace_back(lower(name), std::string(value.begin(), value.end()));
    }
    void on_header_impl(Code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
    std::size_t on_body_impl(beast::string_view piece, Code&) override {
        append(*body, std::string_view(piece.data(), piece.size()));
        return piece.size();
    }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, Code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view piece, Code& ec) override { return on_body_impl(piece, ec); }
    void on_finish_impl(Code&) override {}
};

// The rules of RFC 9112 sections 3.2, 6.1 and 6.3 that the parser leaves to its user.
Result<void> check_head(const MessageHead& head, bool is_request) {
    std::size_t hosts = 0;
    std::size_t codings = 0;
    std::size_t lengths = 0;
    for (const auto& [name, value] : head.fields) {
        hosts += name == "host" ? 1 : 0;
        lengths += name == "content-length" ? 1 : 0;
        if (name == "content-length" && (value.empty() || value.find_first_not_of("0123456789") != std::string::npos))
            return fail(ErrorKind::invalid, "Content-Length is not a number");
        if (name != "transfer-encoding") continue;
        ++codings;
        if (lower({value.data(), value.size()}) != "chunked")
            return fail(ErrorKind::unsupported, "only the transfer coding \"chunked\" is read here");
    }
    if (lengths > 1) return fail(ErrorKind::invalid, "more than one Content-Length");
    if (codings > 0 && lengths > 0) return fail(ErrorKind::invalid, "Transfer-Encoding and Content-Length in one message");
    if (codings > 0 && head.is_http_1_0) return fail(ErrorKind::invalid, "Transfer-Encoding in HTTP/1.0");
    if (is_request && (hosts > 1 || (hosts == 0 && !head.is_http_1_0)))
        return fail(ErrorKind::invalid, "a request has exactly one Host field");
    return {};
}

template <class P>
Result<std::size_t> feed_parser(P& parser, ByteView bytes, Bytes& body, bool is_request, std::size_t& head_bytes, std::size_t head_bytes_max) {
    parser.body = &body;
    std::size_t used = 0;
    while (used < bytes.size() && !parser.is_done()) {
        const bool had_head = parser.is_header_done();
        beast::error_code ec;
        const std::size_t count = parser.put({bytes.data() + used, bytes.size() - used}, ec);
        used += count;
        if (!had_head) head_bytes += count;
        if (ec == beast_http::error::need_more) {
            if (!had_head && head_bytes + (bytes.size() - used) >= head_bytes_max) ec = beast_http::error::header_limit;
            else break;
        }
        if (ec == beast_http::error::header_limit)
            return fail(ErrorKind::too_large, "the header fields are over {} bytes", head_bytes_max);
        if (ec == beast_http::error::bad_version) return fail(ErrorKind::unsupported, "HTTP/1.1 is spoken here");
        if (ec) return fail(ErrorKind::invalid, "not HTTP/1.1: {}", ec.message());
        if (had_head || !parser.is_header_done()) continue;
        if (head_bytes > head_bytes_max) return fail(ErrorKind::too_large, "the header fields are over {} bytes", head_bytes_max);
        MessageHead& head = parser.head;
        TRY(check_head(head, is_request));
        head.keeps_alive = parser.keep_alive();
        for (const auto& [name, value] : head.fields)
            if (name == "expect") head.expects_continue = lower({value.data(), value.size()}) == "100-continue";
        if (const auto length = parser.content_length()) head.content_length = *length;
        head.has_body = parser.chunked() || head.content_length.value_or(0) > 0 || parser.need_eof();
        break;
    }
    return used;
}
}  // namespace

struct MessageReader::State {
    std::size_t head_bytes_max = 0;
    std::size_t head_bytes = 0;
    std::optional<Parser<true>> request;
    std::optional<Parser<false>> answer;
};

MessageReader::MessageReader(MessageKind kind, std::size_t head_bytes_max) : state_(std::make_unique<State>()) {
    state_->head_bytes_max = head_bytes_max;
    if (kind == MessageKind::request) {
        state_->request.emplace(head_bytes_max);
    } else {
        state_->answer.emplace(head_bytes_max);
        if (kind == MessageKind::answer_to_head) state_->answer->skip(true);
    }
}
MessageReader::~MessageReader() = default;
MessageReader::MessageReader(MessageReader&&) noexcept = default;
MessageReader& MessageReader::operator=(MessageReader&&) noexcept = default;

Result<std::size_t> MessageReader::feed(ByteView bytes, Bytes& body) {
    State& state = *state_;
    if (state.request) return feed_parser(*state.request, bytes, body, true, state.head_bytes, state.head_bytes_max);
    return feed_parser(*state.answer, bytes, body, false, state.head_bytes, state.head_bytes_max);
}

Result<void> MessageReader::end() {
    if (is_done()) return {};
    if (!state_->answer || !state_->answer->is_header_done()) return fail(ErrorKind::corrupt, "the message ends before its head does");
    beast::error_code ec;
    state_->answer->put_eof(ec);
    if (ec) return fail(ErrorKind::corrupt, "the message is cut: {}", ec.message());
    return {};
}

bool MessageReader::has_head() const {
    return state_->request ? state_->request->is_header_done() : state_->answer->is_header_done();
}
bool MessageReader::is_done() const { return state_->request ? state_->request->is_done() : state_->answer->is_done(); }
const MessageHead& MessageReader::head() const {
    CHECK(has_head());
    return state_->request ? state_->request->head : state_->answer->head;
}

}  // namespace plumbline
