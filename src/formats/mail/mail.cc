// SPDX-License-Identifier: Apache-2.0
// The walk over a mail's parts. Everything that is not decoded stays a window on the raw bytes, so the visitor sees the
// whole mail exactly once, in order.
#include "formats/mail/mail.h"

#include <algorithm>

#include "formats/mail/transfer.h"
#include "formats/text/charset.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t npos = std::string_view::npos;
constexpr std::string_view shown_headers[] = {"from", "to", "cc", "reply-to", "subject", "date"};

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

bool is_shown_header(std::string_view name) {
    if (name.size() > 8) return false;
    const std::string low = lowered(name);
    return std::find(std::begin(shown_headers), std::end(shown_headers), low) != std::end(shown_headers);
}

struct PartHeader {
    HeaderBlock block;
    StructuredValue type;
    std::string encoding;
    Hints hints;
};

class MailReader {
  public:
    MailReader(ByteView bytes, Budget& budget, Visitor& visitor)
        : bytes_(bytes), text_(text_of(bytes)), budget_(budget), visitor_(visitor) {}

    void read() {
        if (!budget_.take_steps(bytes_.size())) {
            visitor_.unread(0, "mail", "mail: over the budget of steps");
            return;
        }
        part(0, bytes_.size(), "text/plain", 0, false);
        own_text_to(bytes_.size());
    }

  private:
    // The mail's own bytes up to `end` that no child has taken.
    void own_text_to(std::uint64_t end) {
        if (end > taken_) visitor_.window(taken_, end, Hints{}, true);
        taken_ = std::max(taken_, end);
    }
    // [begin, end) belongs to a child that comes now.
    void take(std::uint64_t begin, std::uint64_t end) {
        own_text_to(begin);
        taken_ = std::max(taken_, end);
    }

    PartHeader part_header(std::uint64_t begin, std::uint64_t end, std::string_view type_default) {
        PartHeader header;
        header.block = read_header_block(text_, begin, end);
        const HeaderField* type = header.block.find("content-type");
        header.type = read_structured(type ? type->value : type_default);
        if (header.type.main.find('/') == npos) header.type.main = type_default;
        if (const HeaderField* encoding = header.block.find("content-transfer-encoding")) {
            header.encoding = read_structured(encoding->value).main;
        }
        header.hints.media_type = header.type.main;
        header.hints.charset = lowered(header.type.parameter("charset"));
        StructuredValue disposition;
        if (const HeaderField* field = header.block.find("content-disposition")) disposition = read_structured(field->value);
        const std::string_view name = disposition.parameter("filename");
        header.hints.name = name.empty() ? header.type.parameter("name") : name;
        const bool is_text = header.type.main == "text/plain" || header.type.main == "text/html";
        header.hints.is_file = disposition.main == "attachment" || !header.hints.name.empty() ||
                               (!is_text && !header.type.main.starts_with("multipart/") && !header.type.main.starts_with("message/") &&
                                !header.type.main.starts_with("text/"));
        return header;
    }

    // Encoded words of every header, as views; a few headers also for the reader.
    void headers(const HeaderBlock& block, std::uint64_t begin, bool is_message) {
        const bool is_shown = is_message && visitor_.shows();
        if (!is_shown && text_.substr(begin, block.body_at - begin).find("=?") == npos) return;
        for (const HeaderField& field : block.fields) {
            const bool is_read = is_shown && is_shown_header(field.name);
            std::string readable;
            std::size_t done = 0;
            for (std::size_t at = 0; (at = field.value.find("=?", at)) != npos;) {
                EncodedWords words = decode_words(view(field.value.substr(at)), budget_);
                if (words.view.size_in == 0 || !budget_.take_items(1)) {
                    at += 2;
                    continue;
                }
                words.view.offset = field.value_at + at;
                const std::size_t end = at + words.view.size_in;
                if (is_read) readable += to_utf8(view(field.value.substr(done, at - done)), "") + words.utf8;
                done = end;
                take(words.view.offset, field.value_at + end);
                visitor_.decoded(std::move(words.view), Hints{}, true);
                at = end;
            }
            if (!is_read) continue;
            readable += to_utf8(view(field.value.substr(done)), "");
            std::replace_if(readable.begin(), readable.end(), [](char c) { return c == '\r' || c == '\n' || c == '\t'; }, ' ');
            while (!readable.empty() && readable.back() == ' ') readable.pop_back();
            visitor_.readable(std::string(field.name) + ":" + readable + "\n");
        }
        if (is_shown) visitor_.readable("\n");
    }

    void part(std::uint64_t begin, std::uint64_t end, std::string_view type_default, unsigned depth, bool is_repeated) {
        PartHeader header = part_header(begin, end, type_default);
        header.hints.is_repeated = is_repeated;
        const bool is_message = depth == 0 || type_default == "message/rfc822";
        headers(header.block, begin, is_message);
        const std::uint64_t body = header.block.body_at;
        if (depth >= depth_max_) {
            visitor_.unread(body, "mail", "mail: parts nested too deep");
            return;
        }
        if (header.type.main.starts_with("multipart/") && !header.type.parameter("boundary").empty()) {
            multipart(header, body, end, depth);
        } else if (header.type.main == "message/rfc822" && header.encoding != "base64" && header.encoding != "quoted-printable") {
            part(body, end, "message/rfc822", depth + 1, is_repeated);
        } else {
            leaf(header, body, end);
        }
    }

    // Parts stand between lines that start with "--boundary" (RFC 2046 section 5.1.1).
    void multipart(const PartHeader& header, std::uint64_t body, std::uint64_t end, unsigned depth) {
        const std::string line = "--" + std::string(header.type.parameter("boundary").substr(0, 200));
        const std::string_view child_default = header.type.main == "multipart/digest" ? "message/rfc822" : "text/plain";
        const bool is_alternative = header.type.main == "multipart/alternative";
        bool is_closed = false;
        bool has_text = false;
        std::uint64_t part_at = npos;
        const std::string_view all = text_.substr(0, end);
        for (std::size_t at = body; (at = boundary_at(all, line, at, body)) != npos;) {
            const std::size_t line_end = std::min<std::size_t>(all.find('\n', at), end);
            if (part_at != npos) has_text |= child(part_at, before_line_break(at, part_at), child_default, depth, is_alternative && has_text);
            const std::string_view rest = all.substr(at + line.size(), 2);
            part_at = std::min<std::uint64_t>(line_end + 1, end);
            at = part_at;
            if (rest == "--") {
                is_closed = true;
                break;
            }
        }
        if (part_at == npos) {
            // Headers that stand alone announce parts that are kept elsewhere.
            if (body < end) visitor_.unread(body, "mail", "mail: no part starts with the boundary that was announced");
            leaf_text(header, body, end);
        } else if (!is_closed) {
            visitor_.unread(part_at, "mail", "mail: the last part has no end");
            child(part_at, end, child_default, depth, is_alternative && has_text);
        }
    }
    bool child(std::uint64_t begin, std::uint64_t end, std::string_view type_default, unsigned depth, bool is_repeated) {
        if (!budget_.take_items(1) || !budget_.take_steps(end - begin)) {
            visitor_.unread(begin, "mail", "mail: too many parts");
            return false;
        }
        part(begin, end, type_default, depth + 1, is_repeated);
        return true;
    }
    static std::size_t boundary_at(std::string_view text, std::string_view line, std::size_t from, std::size_t body) {
        for (std::size_t at = from; (at = text.find(line, at)) != npos; at += line.size()) {
            if (at != body && text[at - 1] != '\n') continue;
            std::size_t after = at + line.size();
            if (text.substr(after, 2) == "--") after += 2;
            while (after < text.size() && (text[after] == ' ' || text[after] == '\t' || text[after] == '\r')) ++after;
            if (after >= text.size() || text[after] == '\n') return at;
        }
        return npos;
    }
    // The line break before a boundary belongs to the boundary.
    std::uint64_t before_line_break(std::uint64_t at, std::uint64_t part_at) const {
        if (at > part_at && text_[at - 1] == '\n') --at;
        if (at > part_at && text_[at - 1] == '\r') --at;
        return at;
    }

    void leaf(const PartHeader& header, std::uint64_t body, std::uint64_t end) {
        if (body >= end) return;
        const ByteView source = bytes_.subspan(body, end - body);
        Decoded decoded;
        if (header.encoding == "base64") decoded = decode_base64(source, budget_);
        else if (header.encoding == "quoted-printable") decoded = decode_quoted_printable(source, budget_);
        else return leaf_text(header, body, end);
        decoded.offset = body;
        if (!decoded.damage.empty()) visitor_.unread(body + decoded.size_in, "", decoded.damage);
        // What stands behind the end of base64 is read as it is: list software likes to add a footer there.
        take(body, body + decoded.size_in);
        visitor_.decoded(std::move(decoded), header.hints, false);
        own_text_to(end);
    }
    void leaf_text(const PartHeader& header, std::uint64_t body, std::uint64_t end) {
        if (body >= end) return;
        take(body, end);
        visitor_.window(body, end, header.hints, false);
    }

    static constexpr unsigned depth_max_ = 30;
    ByteView bytes_;
    std::string_view text_;
    Budget& budget_;
    Visitor& visitor_;
    std::uint64_t taken_ = 0;
};
}  // namespace

bool looks_like_mail(ByteView bytes, const Hints& hints) {
    // Where the parent said what the bytes are, three header lines at their start are a quoted mail in a text.
    if (!hints.media_type.empty()) return hints.media_type == "message/rfc822";
    const std::string_view text = text_of(bytes.first(std::min<std::size_t>(bytes.size(), 64 * 1024)));
    const HeaderBlock block = read_header_block(text, 0, text.size());
    static constexpr std::string_view known[] = {"received", "from", "to", "subject", "date", "message-id", "return-path", "mime-version",
                                                 "delivered-to", "content-type", "reply-to", "sender", "cc", "x-mailer"};
    std::size_t count = 0;
    for (const std::string_view name : known) count += block.find(name) != nullptr;
    return count >= 3;
}

void open_mail(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) { MailReader(bytes, budget, visitor).read(); }

}  // namespace plumbline::formats
