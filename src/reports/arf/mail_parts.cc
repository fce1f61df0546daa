// SPDX-License-Identifier: Apache-2.0
#include "formats/mail/mail.h"
#include "formats/mail/transfer.h"
#include "reports/arf/arf.h"

namespace plumbline::reports {

namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr unsigned depth_max = 5;
constexpr std::size_t parts_max = 100;

std::string unfolded(std::string_view value) {
    std::string out;
    for (const char c : value)
        if (c != '\r' && c != '\n') out += c;
    const std::size_t first = out.find_first_not_of(" \t");
    if (first == npos) return {};
    return out.substr(first, out.find_last_not_of(" \t") - first + 1);
}

class Walk {
  public:
    Walk(std::string_view text, ReadMail& mail) : text_(text), mail_(mail) {}

    void part(std::size_t begin, std::size_t end, unsigned depth) {
        const formats::HeaderBlock block = formats::read_header_block(text_, begin, end);
        formats::StructuredValue type;
        if (const auto* field = block.find("content-type")) type = formats::read_structured(field->value);
        if (type.main.find('/') == npos) type.main = "text/plain";
        const std::size_t body = std::min<std::size_t>(block.body_at, end);
        const std::string_view boundary = type.parameter("boundary");
        if (type.main.starts_with("multipart/") && !boundary.empty() && depth < depth_max) return multipart("--" + std::string(boundary.substr(0, 200)), body, end, depth);
        if (mail_.parts.size() >= parts_max) return;
        MailPart made;
        made.media_type = type.main;
        made.name = type.parameter("name");
        if (const auto* field = block.find("content-disposition")) {
            const formats::StructuredValue disposition = formats::read_structured(field->value);
            if (!disposition.parameter("filename").empty()) made.name = disposition.parameter("filename");
        }
        std::string encoding;
        if (const auto* field = block.find("content-transfer-encoding")) encoding = formats::read_structured(field->value).main;
        made.bytes = decoded(view(text_.substr(body, end - body)), encoding);
        mail_.parts.push_back(std::move(made));
    }

  private:
    static Bytes decoded(ByteView source, std::string_view encoding) {
        formats::Budget budget;
        if (encoding == "base64") return std::move(formats::decode_base64(source, budget).bytes);
        if (encoding == "quoted-printable") return std::move(formats::decode_quoted_printable(source, budget).bytes);
        return to_bytes(source);
    }
    // RFC 2046 section 5.1.1; a last part without an end is taken to the end.
    void multipart(const std::string& line, std::size_t body, std::size_t end, unsigned depth) {
        const std::string_view all = text_.substr(0, end);
        std::size_t open = npos;
        for (std::size_t at = body; (at = all.find(line, at)) != npos;) {
            if (at != body && all[at - 1] != '\n') {
                at += line.size();
                continue;
            }
            if (open != npos) part(open, before_break(at, open), depth + 1);
            const bool is_last = all.substr(at + line.size(), 2) == "--";
            const std::size_t next = all.find('\n', at);
            open = is_last || next == npos ? npos : next + 1;
            if (open == npos) return;
            at = open;
        }
        if (open != npos) part(open, end, depth + 1);
    }
    std::size_t before_break(std::size_t at, std::size_t open) const {
        if (at > open && text_[at - 1] == '\n') --at;
        if (at > open && text_[at - 1] == '\r') --at;
        return at;
    }

    std::string_view text_;
    ReadMail& mail_;
};

}  // namespace

ReadMail read_mail(ByteView mail) {
    ReadMail read;
    const std::string_view text = text_of(mail);
    const formats::HeaderBlock block = formats::read_header_block(text, 0, text.size());
    if (const auto* field = block.find("subject")) read.subject = unfolded(field->value);
    if (const auto* field = block.find("from")) read.from = unfolded(field->value);
    Walk(text, read).part(0, text.size(), 0);
    return read;
}

}  // namespace plumbline::reports
