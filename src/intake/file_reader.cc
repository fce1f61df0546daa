// SPDX-License-Identifier: Apache-2.0
// mbox: a mail begins after a "From " line that stands at the start or after an empty line. One ">" is taken from lines that
// begin ">From ", ">>From ", ... (mboxrd; mboxo differs only where a writer had typed ">From" itself). The empty line before
// the next "From " line, or the end, belongs to the box and not to the mail.
#include "intake/file_reader.h"

#include "intake/line_pieces.h"

namespace plumbline::intake {

namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

class MailReader final : public FileReader {
  public:
    MailReader(LinePieces pieces, std::string path, const ImportLimits& limits)
        : pieces_(std::move(pieces)), path_(std::move(path)), limits_(limits) {}

    Result<std::optional<ImportItem>> next() override {
        if (is_done_) return std::optional<ImportItem>();
        is_done_ = true;
        ImportItem item;
        item.place = path_;
        while (const auto piece = TRY(pieces_.next())) {
            if (item.bytes.size() + piece->text.size() > limits_.mail_bytes_max)
                return fail(ErrorKind::too_large, "the mail has over {} bytes", limits_.mail_bytes_max);
            append(item.bytes, piece->text);
        }
        if (item.bytes.empty()) return fail(ErrorKind::invalid, "the file is empty");
        return std::optional<ImportItem>(std::move(item));
    }
    std::uint64_t bytes_read() const override { return pieces_.bytes_read(); }

  private:
    LinePieces pieces_;
    std::string path_;
    ImportLimits limits_;
    bool is_done_ = false;
};

class MboxReader final : public FileReader {
  public:
    MboxReader(LinePieces pieces, std::string path, const ImportLimits& limits)
        : pieces_(std::move(pieces)), path_(std::move(path)), limits_(limits) {}

    Result<std::optional<ImportItem>> next() override {
        ImportItem item;
        bool is_too_large = false;
        while (const auto piece = TRY(pieces_.next())) {
            const bool is_separator = piece->starts_line && piece->ends_line && is_after_blank_ && is_mbox_line(piece->text);
            is_after_blank_ = piece->starts_line && piece->ends_line && (piece->text == "\n" || piece->text == "\r\n");
            if (is_separator) {
                if (!is_in_mail_) {
                    is_in_mail_ = true;
                    continue;
                }
                return finished(std::move(item), is_too_large, true);
            }
            is_in_mail_ = true;
            std::string_view text = piece->text;
            if (piece->starts_line && is_quoted(text)) text.remove_prefix(1);
            is_too_large = is_too_large || item.bytes.size() + text.size() > limits_.mail_bytes_max;
            if (is_too_large) item.bytes = {};  // the rest is passed over
            else append(item.bytes, text);
        }
        if (!is_in_mail_) return std::optional<ImportItem>();
        is_in_mail_ = false;
        return finished(std::move(item), is_too_large, is_after_blank_);
    }
    std::uint64_t bytes_read() const override { return pieces_.bytes_read(); }

  private:
    static bool is_quoted(std::string_view line) {
        const std::size_t marks = line.find_first_not_of('>');
        return marks != std::string_view::npos && marks > 0 && line.substr(marks).starts_with("From ");
    }
    std::optional<ImportItem> finished(ImportItem item, bool is_too_large, bool has_blank) {
        item.place = fmt::format("{}, mail {}", path_, ++mails_);
        if (has_blank) {
            if (!item.bytes.empty()) item.bytes.pop_back();
            if (!item.bytes.empty() && item.bytes.back() == std::byte{'\r'}) item.bytes.pop_back();
        }
        if (is_too_large) item.refused = Error{ErrorKind::too_large, fmt::format("the mail has over {} bytes", limits_.mail_bytes_max)};
        else if (item.bytes.empty()) item.refused = Error{ErrorKind::invalid, "the mail is empty"};
        return item;
    }

    LinePieces pieces_;
    std::string path_;
    ImportLimits limits_;
    std::uint64_t mails_ = 0;
    bool is_after_blank_ = true;
    bool is_in_mail_ = false;
};

class JsonLinesReader final : public FileReader {
  public:
    JsonLinesReader(LinePieces pieces, std::string path, const ImportLimits& limits)
        : pieces_(std::move(pieces)), path_(std::move(path)), limits_(limits) {}

    Result<std::optional<ImportItem>> next() override {
        ImportItem item;
        item.kind = ImportKind::json;
        bool is_too_large = false;
        while (const auto piece = TRY(pieces_.next())) {
            is_too_large = is_too_large || item.bytes.size() + piece->text.size() > limits_.line_bytes_max;
            if (is_too_large) item.bytes = {};
            else append(item.bytes, piece->text);
            if (!piece->ends_line) continue;
            ++line_;
            item.place = fmt::format("{}:{}", path_, line_);
            if (is_too_large) item.refused = Error{ErrorKind::too_large, fmt::format("the line has over {} bytes", limits_.line_bytes_max)};
            const bool is_blank = text_of(item.bytes).find_first_not_of(" \t\r\n") == std::string_view::npos;
            if (is_too_large || !is_blank) return std::optional<ImportItem>(std::move(item));
            item.bytes.clear();
        }
        return std::optional<ImportItem>();
    }
    std::uint64_t bytes_read() const override { return pieces_.bytes_read(); }

  private:
    LinePieces pieces_;
    std::string path_;
    ImportLimits limits_;
    std::uint64_t line_ = 0;
};

// A header field (RFC 5322 section 2.2): printable letters without a space, then a colon.
bool is_header_line(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos || colon > 76) return false;
    return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), [](char letter) { return letter > 32 && letter < 127; });
}

}  // namespace

bool is_mbox_line(std::string_view line) {
    if (!line.starts_with("From ") || line.size() > 1000) return false;
    bool has_time = false;
    for (std::size_t i = 5; i + 4 <= line.size(); ++i) {
        const std::string_view next = line.substr(i);
        if (has_time && line[i - 1] == ' ' && (next.starts_with("19") || next.starts_with("20")) && is_digit(next[2]) && is_digit(next[3])) return true;
        has_time = has_time || (next.size() >= 5 && is_digit(next[0]) && is_digit(next[1]) && next[2] == ':' && is_digit(next[3]) && is_digit(next[4]));
    }
    return false;
}

ByteView without_mbox_line(ByteView mail) {
    const std::string_view text = text_of(mail);
    const std::size_t feed = text.find('\n');
    if (feed == std::string_view::npos || !is_mbox_line(text.substr(0, feed))) return mail;
    return mail.subspan(feed + 1);
}

Result<FileKind> kind_of_file(const std::string& path) {
    if (path.ends_with(".eml")) return FileKind::mail;
    if (path.ends_with(".mbox")) return FileKind::mbox;
    if (path.ends_with(".jsonl") || path.ends_with(".ndjson")) return FileKind::json_lines;
    LinePieces pieces = TRY(LinePieces::open(path));
    const auto first = TRY(pieces.next());
    if (!first) return FileKind::mail;  // an empty file is refused as an empty mail
    if (is_mbox_line(first->text)) return FileKind::mbox;
    return is_header_line(first->text) ? FileKind::mail : FileKind::unknown;
}

Result<std::unique_ptr<FileReader>> open_mail(const std::string& path, const ImportLimits& limits) {
    return std::make_unique<MailReader>(TRY(LinePieces::open(path)), path, limits);
}
Result<std::unique_ptr<FileReader>> open_mbox(const std::string& path, const ImportLimits& limits) {
    return std::make_unique<MboxReader>(TRY(LinePieces::open(path)), path, limits);
}
Result<std::unique_ptr<FileReader>> open_json_lines(const std::string& path, const ImportLimits& limits) {
    return std::make_unique<JsonLinesReader>(TRY(LinePieces::open(path)), path, limits);
}

}  // namespace plumbline::intake
