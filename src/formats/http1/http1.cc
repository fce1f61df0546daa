// SPDX-License-Identifier: Apache-2.0
#include "formats/http1/http1.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "formats/gzip/gzip.h"
#include "formats/http1/form.h"
#include "formats/mail/mail.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t line_bytes_max = 16 * 1024;
constexpr std::size_t header_bytes_max = 256 * 1024;
constexpr std::size_t names_bytes_max = 1024 * 1024;
constexpr std::size_t messages_max = 100'000;

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}
std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    return begin == npos ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

struct StartLine {
    bool is_response = false;
    std::string_view method;   // of a request
    std::string_view target;
    unsigned status = 0;       // of a response
    std::size_t end = 0;       // behind the line end
};

// RFC 9112 section 3 and 4. A request without a version (HTTP/0.9) is not told from other text.
std::optional<StartLine> start_line(std::string_view text, std::size_t at) {
    StartLine line;
    const std::string_view rest = text.substr(at, line_bytes_max);
    if (rest.empty() || rest[0] < 'A' || rest[0] > 'Z') return std::nullopt;
    const std::size_t end = rest.find('\n');
    const std::string_view first = trimmed(rest.substr(0, end));
    line.end = end == npos ? text.size() : at + end + 1;
    if (first.starts_with("HTTP/1.") || first.starts_with("HTTP/0.9 ") || first.starts_with("ICY ")) {
        const std::size_t space = first.find(' ');
        if (space == npos || space > 9 || first.size() < space + 4) return std::nullopt;
        const auto [stop, error] = std::from_chars(first.data() + space + 1, first.data() + space + 4, line.status);
        line.is_response = true;
        if (error != std::errc{} || stop != first.data() + space + 4 || line.status < 100) return std::nullopt;
        return line;
    }
    const std::size_t space = first.find(' ');
    const std::size_t version = first.rfind(" HTTP/");
    if (space == npos || space > 24 || version == npos || version < space) return std::nullopt;
    line.method = first.substr(0, space);
    const bool is_word = std::all_of(line.method.begin(), line.method.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_'; });
    line.target = version > space ? trimmed(first.substr(space, version - space)) : std::string_view();
    return is_word ? std::optional(line) : std::nullopt;
}

struct Message {
    StartLine line;
    std::size_t at = 0;
    std::size_t body_at = 0;
    std::size_t end = 0;           // behind the body
    bool is_chunked = false;
    bool is_complete = true;
    bool is_tunnel = false;        // another protocol follows
    std::string coding;            // Content-Encoding, lower case; empty for none
    std::string media_type;
    std::string charset;
    std::string boundary;
    std::string name;
    std::string host;
};

// Behind the blank line that ends a header; the end of the text where there is none.
std::size_t header_end(std::string_view text, std::size_t at) {
    const std::size_t limit = std::min(text.size(), at + header_bytes_max);
    for (std::size_t line = at; line < limit;) {
        const std::size_t end = text.find('\n', line);
        if (end == npos || end >= limit) return limit;
        if (end == line || (end == line + 1 && text[line] == '\r')) return end + 1;
        line = end + 1;
    }
    return limit;
}

// The size line of a chunk at `at`: its data and the chunk's size; nothing where it is none.
struct Chunk {
    std::size_t data_at = 0;
    std::uint64_t size = 0;
};
std::optional<Chunk> chunk_at(std::string_view text, std::size_t at) {
    const std::size_t end = text.substr(at, 1024).find('\n');
    if (end == npos) return std::nullopt;
    const std::string_view line = trimmed(text.substr(at, end));
    Chunk chunk;
    const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), chunk.size, 16);
    const bool is_ended = stop == line.data() + line.size() || *stop == ';' || *stop == ' ' || *stop == '\t';
    if (line.empty() || error != std::errc{} || !is_ended) return std::nullopt;
    chunk.data_at = at + end + 1;
    return chunk;
}
// Calls `piece(at, size)` for the data of each chunk. Gives where the body ends, trailers included.
template <class Piece>
std::size_t each_chunk(std::string_view text, std::size_t at, bool& is_complete, Piece&& piece) {
    is_complete = false;
    while (at < text.size()) {
        const std::optional<Chunk> chunk = chunk_at(text, at);
        if (!chunk) return at;
        if (chunk->size == 0) {
            is_complete = true;
            return header_end(text, chunk->data_at);
        }
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(chunk->size, text.size() - chunk->data_at));
        piece(chunk->data_at, size);
        at = chunk->data_at + size;
        if (text.substr(at).starts_with("\r\n")) at += 2;
        else if (text.substr(at).starts_with("\n")) at += 1;
    }
    return at;
}

std::string_view last_part(std::string_view target) {
    target = target.substr(0, target.find_first_of("?#"));
    return target.substr(target.rfind('/') + 1);
}

// `request` is the line of request_names that asked for it, where it is known.
std::optional<Message> read_message(std::string_view text, std::size_t at, std::string_view request) {
    const std::optional<StartLine> line = start_line(text, at);
    if (!line) return std::nullopt;
    Message out;
    out.line = *line;
    out.at = at;
    out.body_at = std::max(header_end(text, line->end), line->end);
    const HeaderBlock block = read_header_block(text, line->end, out.body_at);
    const auto value = [&](std::string_view name) {
        const HeaderField* field = block.find(name);
        return field ? trimmed(field->value) : std::string_view();
    };
    const StructuredValue type = read_structured(value("content-type"));
    out.media_type = type.main;
    out.charset = lower(type.parameter("charset"));
    out.boundary = type.main.starts_with("multipart/") ? std::string(type.parameter("boundary")) : std::string();
    out.host = value("host");
    out.name = read_structured(value("content-disposition")).parameter("filename");
    const std::size_t space = request.find(' ');
    const std::string_view asked = request.substr(0, space);
    if (out.name.empty()) out.name = line->is_response ? (space == npos ? std::string_view() : request.substr(space + 1)) : last_part(line->target);
    out.coding = lower(value("content-encoding"));
    if (out.coding == "identity") out.coding.clear();
    out.is_chunked = lower(value("transfer-encoding")).find("chunked") != std::string::npos;
    out.is_tunnel = line->is_response ? line->status == 101 || (asked == "CONNECT" && line->status / 100 == 2) : line->method == "CONNECT";
    const bool has_no_body = line->is_response && (line->status / 100 == 1 || line->status == 204 || line->status == 304 || asked == "HEAD");
    out.end = out.body_at;
    if (out.is_tunnel || has_no_body) return out;
    if (out.is_chunked) {
        out.end = each_chunk(text, out.body_at, out.is_complete, [](std::size_t, std::size_t) {});
        return out;
    }
    const std::string_view length = value("content-length");
    std::uint64_t size = line->is_response ? text.size() - out.body_at : 0;  // to the end of the connection
    if (!length.empty()) {
        std::uint64_t said = 0;
        const auto [stop, error] = std::from_chars(length.data(), length.data() + length.size(), said);
        if (error == std::errc{} && stop == length.data() + length.size()) size = said;
    }
    out.is_complete = size <= text.size() - out.body_at;
    out.end = out.body_at + static_cast<std::size_t>(std::min<std::uint64_t>(size, text.size() - out.body_at));
    return out;
}

// The body with its chunks joined, unpacked where it was packed.
Decoded body_of(std::string_view text, const Message& message, Budget& budget) {
    Decoded joined;
    if (message.is_chunked) {
        bool is_complete = false;
        bool is_over = false;
        each_chunk(text, message.body_at, is_complete, [&](std::size_t at, std::size_t size) {
            is_over = is_over || !budget.take_bytes(size);
            if (is_over) return;
            joined.map.add(joined.bytes.size(), at - message.at, OffsetMap::Run::same);
            append(joined.bytes, text.substr(at, size));
        });
        if (is_over) joined.damage = "http1: over the budget of decoded bytes";
        else if (!is_complete) joined.damage = "http1: cut short in a chunked body";
    } else if (!message.is_complete) {
        joined.damage = "http1: cut short in a body";
    }
    const ByteView source = message.is_chunked ? ByteView(joined.bytes) : view(text.substr(message.body_at, message.end - message.body_at));
    if (!message.coding.empty() && !source.empty()) {
        const bool is_gzip = message.coding == "gzip" || message.coding == "x-gzip";
        Decoded unpacked;
        if (is_gzip) unpacked = decode_gzip(source, budget);
        else if (message.coding == "deflate") unpacked = looks_like_zlib(source, {}) ? decode_zlib(source, budget) : inflate_raw(source, budget);
        else unpacked.damage = "http1: a content encoding that is not read";
        // What says it is packed and is not is given as it stands.
        if (unpacked.bytes.empty() && !unpacked.damage.empty()) {
            if (!message.is_chunked) joined.bytes = to_bytes(source);
        } else {
            joined.bytes = std::move(unpacked.bytes);
            joined.map = {};
        }
        if (joined.damage.empty()) joined.damage = std::move(unpacked.damage);
    }
    joined.decoder = "http1:body";
    joined.offset = message.at;
    joined.size_in = message.end - message.at;
    return joined;
}

std::string full_url(const Message& message) {
    const std::string_view target = message.line.target;
    if (message.line.is_response || message.line.method == "CONNECT" || message.host.empty()) return {};
    return target.starts_with('/') ? fmt::format("http://{}{}", message.host, target) : std::string();
}
std::string url_lines(std::string_view text, Budget& budget, std::string& damage) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t count = 0; at < text.size() && count < messages_max; ++count) {
        const std::optional<Message> message = read_message(text, at, {});
        if (!message || message->is_tunnel) break;
        const std::string url = full_url(*message);
        if (!budget.take_bytes(url.size() + 1)) {
            damage = "http1: over the budget of decoded bytes";
            break;
        }
        if (!url.empty()) out += url + "\n";
        at = message->end;
    }
    return out;
}

class Side {
  public:
    Side(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) : text_(text_of(bytes)), names_(hints.name), budget_(budget), visitor_(visitor) {}

    void read() {
        std::string damage;
        Decoded urls;
        urls.decoder = "http1:urls";
        urls.size_in = text_.size();
        const bool is_response = text_.starts_with("HTTP/");
        if (!is_response) urls.bytes = to_bytes(url_lines(text_, budget_, damage));
        if (!damage.empty()) visitor_.unread(0, "http1:urls", damage);
        if (!urls.bytes.empty()) visitor_.decoded(std::move(urls), {}, true);
        std::size_t at = 0;
        std::string_view request;
        for (std::size_t count = 0; at < text_.size() && count < messages_max; ++count) {
            if (request.empty()) request = next_name();
            const std::optional<Message> message = read_message(text_, at, request);
            if (!message) break;
            if (!budget_.take_steps(message->end - at + 64)) return visitor_.unread(at, "http1", "http1: over the budget of steps");
            visitor_.window(at, message->body_at, {}, true);
            at = message->end;
            if (message->is_tunnel) break;
            if (!message->line.is_response || message->line.status / 100 != 1) request = {};
            if (message->end > message->body_at && !body(*message)) return;
        }
        // A tunnel, an upgrade, or bytes after a gap: whatever it is. At the start of a stream it is no child of ours.
        if (at < text_.size()) visitor_.window(at, text_.size(), {}, at == 0);
    }

  private:
    std::string_view next_name() {
        const std::size_t end = std::min(names_.find('\n'), names_.size());
        const std::string_view line = names_.substr(0, end);
        names_.remove_prefix(std::min(end + 1, names_.size()));
        return line;
    }
    bool body(const Message& message) {
        Hints hints;
        hints.media_type = message.media_type;
        hints.charset = message.charset;
        hints.name = message.name;
        // What a client sends is a file where it says so; what a server sends always is, unless it is a part of one.
        hints.is_file = message.line.is_response ? message.line.status != 206 : message.line.method == "PUT";
        if (!budget_.take_items(1)) {
            visitor_.unread(message.at, "http1:body", "http1: over the budget of items");
            return false;
        }
        if (message.is_chunked || !message.coding.empty()) {
            Decoded child = body_of(text_, message, budget_);
            if (!child.damage.empty()) visitor_.unread(message.at, "http1:body", child.damage);
            hints.is_file = hints.is_file && child.damage.empty();
            if (!child.bytes.empty()) visitor_.decoded(std::move(child), hints, false);
            return true;
        }
        if (!message.is_complete) visitor_.unread(message.body_at, "", "http1: cut short in a body");
        hints.is_file = hints.is_file && message.is_complete;
        const ByteView bytes = view(text_.substr(message.body_at, message.end - message.body_at));
        if (!message.boundary.empty()) return open_form(bytes, message.body_at, message.boundary, budget_, visitor_), true;
        visitor_.window(message.body_at, message.end, hints, false);
        return true;
    }

    std::string_view text_;
    std::string_view names_;
    Budget& budget_;
    Visitor& visitor_;
};
}  // namespace

bool looks_like_http1(ByteView bytes, const Hints&) {
    const std::string_view text = text_of(bytes);
    if (text.size() < 12 || text[0] < 'A' || text[0] > 'Z') return false;
    return start_line(text, 0).has_value();
}

void open_http1(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) { Side(bytes, hints, budget, visitor).read(); }

Result<Bytes> decode_http1(ByteView bytes, std::string_view argument, Budget& budget) {
    const std::string_view text = text_of(bytes);
    std::string damage;
    if (argument == "urls") return to_bytes(url_lines(text, budget, damage));
    if (argument != "body") return fail(ErrorKind::invalid, "http1: no part is named \"{}\"", argument.substr(0, 40));
    const std::optional<Message> message = read_message(text, 0, {});
    if (!message) return fail(ErrorKind::corrupt, "http1: no message starts there");
    return std::move(body_of(text, *message, budget).bytes);
}

std::string request_names(ByteView requests) {
    const std::string_view text = text_of(requests);
    std::string out;
    std::size_t at = 0;
    while (at < text.size() && out.size() < names_bytes_max) {
        const std::optional<Message> message = read_message(text, at, {});
        if (!message || message->line.is_response) break;
        out += std::string(message->line.method) + " ";
        out += last_part(message->line.target);
        out += "\n";
        at = message->end;
        if (message->is_tunnel) break;
    }
    return out;
}

}  // namespace plumbline::formats
