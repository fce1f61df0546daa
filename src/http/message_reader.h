// SPDX-License-Identifier: Apache-2.0
// Reads HTTP/1.1 messages (RFC 9112) from bytes as they come, without a socket: the head once, then the body in pieces.
// Boost.Beast's parser stands behind it. What could be read in two ways is refused: Transfer-Encoding beside
// Content-Length, any coding but `chunked`, two Hosts, white space before a colon, bare line feeds.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace plumbline {

struct MessageHead {
    std::string method;             // of a request
    std::string target;             // of a request, as sent
    int status = 0;                 // of an answer
    bool is_http_1_0 = false;
    bool keeps_alive = false;
    bool expects_continue = false;
    bool has_body = false;
    std::optional<std::uint64_t> content_length;
    std::vector<std::pair<std::string, std::string>> fields;   // names in lower case, in order
};

enum class MessageKind { request, answer, answer_to_head };

// One message. One thread.
class MessageReader {
  public:
    MessageReader(MessageKind kind, std::size_t head_bytes_max);
    ~MessageReader();
    MessageReader(MessageReader&&) noexcept;
    MessageReader& operator=(MessageReader&&) noexcept;

    // Takes bytes from the front of `bytes` and returns how many; the caller presents the rest again, with more behind
    // it. Body bytes go to the end of `body`. Stops behind the head, so that it can be judged before the body is read.
    // invalid: not HTTP; unsupported: a coding or version that is not read here; too_large: the head is over its limit.
    Result<std::size_t> feed(ByteView bytes, Bytes& body);
    // The other side has closed: ends an answer that has no length. corrupt: the message is cut.
    Result<void> end();
    bool has_head() const;
    bool is_done() const;
    const MessageHead& head() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace plumbline
