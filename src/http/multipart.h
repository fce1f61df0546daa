// SPDX-License-Identifier: Apache-2.0
// Reads multipart/form-data (RFC 7578, with the framing of RFC 2046 section 5.1) as its bytes come. What is held is at
// most one part's head and one delimiter, however large the parts are and wherever the pieces are cut.
//
//     auto reader = TRY(MultipartReader::open(request.header("content-type"), {}, handler));
//     TRY(reader.feed(piece));   // calls handler.begin_part, part_data, end_part
//     TRY(reader.end());         // after the last piece: invalid where the closing delimiter did not come
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace plumbline {

struct PartHead {
    std::string name;                       // of the field
    std::optional<std::string> file_name;   // where one is given, maybe empty; its last path segment only, UTF-8
    std::string media_type;                 // as declared, "" where none
};

// Is told of the parts, in order. An Error ends the reading and is what feed() returns.
class MultipartHandler {
  public:
    virtual ~MultipartHandler() = default;
    virtual Result<void> begin_part(const PartHead& head) = 0;
    virtual Result<void> part_data(ByteView piece) = 0;      // never empty
    virtual Result<void> end_part() = 0;
};

struct MultipartLimits {
    std::size_t part_head_bytes_max = 8 * 1024;
    std::size_t parts_max = 100;
};

// One body. One thread. After an Error nothing more may be fed.
class MultipartReader {
  public:
    // unsupported: another media type; invalid: no boundary, or one that RFC 2046 does not allow. The handler outlives it.
    static Result<MultipartReader> open(std::string_view content_type, const MultipartLimits& limits, MultipartHandler& handler);
    // invalid: the framing or a part's head breaks a rule; too_large: a head or the number of parts.
    Result<void> feed(ByteView piece);
    Result<void> end();

  private:
    enum class State { preamble, delimiter_tail, head, body, epilogue };
    MultipartReader(std::string delimiter, const MultipartLimits& limits, MultipartHandler& handler);
    Result<bool> step();        // false: more bytes are needed
    Result<bool> find_delimiter();
    Result<bool> read_delimiter_tail();
    Result<bool> read_head();

    std::string delimiter_;     // CR LF - - boundary
    MultipartLimits limits_;
    MultipartHandler* handler_;
    State state_ = State::preamble;
    std::string held_;
    std::size_t parts_ = 0;
    std::size_t line_end_left_ = 0;  // of the blank line behind a head: not data
};

// The value of a parameter in a header like `form-data; name="a"; filename="b"` (RFC 9110 section 5.6.6), with names in
// any case; nullopt where it is absent.
std::optional<std::string> header_parameter(std::string_view value, std::string_view name);

}  // namespace plumbline
