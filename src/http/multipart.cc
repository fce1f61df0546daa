// SPDX-License-Identifier: Apache-2.0
#include "http/multipart.h"

#include "base/utf8.h"

namespace plumbline {

namespace {
constexpr std::size_t padding_bytes_max = 64;  // white space behind a delimiter (RFC 2046 section 5.1.1)

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }
bool equals_in_any_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}
std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The end of a value that starts at `at`: a quoted one may hold ';'. A backslash escapes only a quote, as browsers that
// name C:\files do not escape theirs.
std::size_t value_end(std::string_view text, std::size_t at, std::string& value) {
    if (at >= text.size() || text[at] != '"') {
        const std::size_t end = std::min(text.find(';', at), text.size());
        value = trimmed(text.substr(at, end - at));
        return end;
    }
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '"') ++at;
        value += text[at];
    }
    return std::min(text.find(';', at), text.size());
}

// Browsers write a quote, CR and LF in a name as %22, %0D and %0A (WHATWG HTML, "multipart form data").
std::string with_escapes_undone(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const std::string_view rest = name.substr(i, 3);
        const char plain = rest == "%22" ? '"' : rest == "%0D" ? '\r' : rest == "%0A" ? '\n' : '\0';
        out += plain == '\0' ? name[i] : plain;
        if (plain != '\0') i += 2;
    }
    return utf8_repaired(out);
}

Result<PartHead> part_head_from(std::string_view text) {
    PartHead head;
    bool has_disposition = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find("\r\n"), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(text.size(), end + 2));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return fail(ErrorKind::invalid, "a part's header line without ':'");
        const std::string_view name = trimmed(line.substr(0, colon));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (equals_in_any_case(name, "content-type")) head.media_type = utf8_repaired(value.substr(0, 255));
        if (equals_in_any_case(name, "content-transfer-encoding") && !equals_in_any_case(value, "binary") &&
            !equals_in_any_case(value, "8bit") && !equals_in_any_case(value, "7bit"))
            return fail(ErrorKind::unsupported, "a part with a Content-Transfer-Encoding (RFC 7578 section 4.7 ended it)");
        if (!equals_in_any_case(name, "content-disposition")) continue;
        if (has_disposition) return fail(ErrorKind::invalid, "a part with two Content-Disposition lines");
        has_disposition = true;
        const auto field = header_parameter(value, "name");
        if (!equals_in_any_case(trimmed(value.substr(0, value.find(';'))), "form-data") || !field)
            return fail(ErrorKind::invalid, "a part's Content-Disposition must be form-data with a name");
        head.name = with_escapes_undone(*field);
        if (const auto file = header_parameter(value, "filename")) {
            const std::string name_of_file = with_escapes_undone(*file);
            head.file_name = name_of_file.substr(name_of_file.find_last_of("/\\") + 1);
        }
    }
    if (!has_disposition) return fail(ErrorKind::invalid, "a part without Content-Disposition");
    return head;
}
}  // namespace

std::optional<std::string> header_parameter(std::string_view text, std::string_view name) {
    std::size_t at = text.find(';');
    while (at < text.size()) {
        const std::size_t equals = text.find_first_of("=;", at + 1);
        if (equals == std::string_view::npos) return std::nullopt;
        if (text[equals] == ';') {
            at = equals;
            continue;
        }
        std::string value;
        const std::string_view found = trimmed(text.substr(at + 1, equals - at - 1));
        const std::size_t start = std::min(text.find_first_not_of(" \t", equals + 1), text.size());
        at = value_end(text, start, value);
        if (equals_in_any_case(found, name)) return value;
    }
    return std::nullopt;
}

MultipartReader::MultipartReader(std::string delimiter, const MultipartLimits& limits, MultipartHandler& handler)
    : delimiter_(std::move(delimiter)), limits_(limits), handler_(&handler), held_("\r\n") {}  // the first delimiter may be the first line

Result<MultipartReader> MultipartReader::open(std::string_view content_type, const MultipartLimits& limits, MultipartHandler& handler) {
    if (!equals_in_any_case(trimmed(content_type.substr(0, content_type.find(';'))), "multipart/form-data"))
        return fail(ErrorKind::unsupported, "Content-Type: must be multipart/form-data");
    const std::string boundary = header_parameter(content_type, "boundary").value_or("");
    constexpr std::string_view allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ";
    if (boundary.empty() || boundary.size() > 70 || boundary.ends_with(' ') || boundary.find_first_not_of(allowed) != std::string::npos)
        return fail(ErrorKind::invalid, "Content-Type: the boundary must be 1 to 70 letters of RFC 2046");
    return MultipartReader("\r\n--" + boundary, limits, handler);
}

Result<void> MultipartReader::feed(ByteView piece) {
    if (state_ == State::epilogue) return {};
    held_ += text_of(piece);
    while (TRY(step())) {
    }
    return {};
}

Result<void> MultipartReader::end() {
    if (state_ == State::epilogue) return {};
    return fail(ErrorKind::invalid, "the form is cut: its closing delimiter did not come");
}

Result<bool> MultipartReader::step() {
    switch (state_) {
        case State::preamble:
        case State::body: return find_delimiter();
        case State::delimiter_tail: return read_delimiter_tail();
        case State::head: return read_head();
        case State::epilogue: held_ = std::string(); return false;
    }
    return false;
}

// Passes on all that cannot be the start of a delimiter.
Result<bool> MultipartReader::find_delimiter() {
    const std::size_t found = held_.find(delimiter_);
    std::size_t sure = found;
    if (found == std::string::npos) sure = held_.size() < delimiter_.size() ? 0 : held_.size() - delimiter_.size() + 1;
    const std::size_t skipped = std::min(sure, line_end_left_);
    line_end_left_ -= skipped;
    if (state_ == State::body && sure > skipped) TRY(handler_->part_data(view(std::string_view(held_).substr(skipped, sure - skipped))));
    if (found == std::string::npos) {
        held_.erase(0, sure);
        return false;
    }
    held_.erase(0, found + delimiter_.size());
    line_end_left_ = 0;
    if (state_ == State::body) TRY(handler_->end_part());
    state_ = State::delimiter_tail;
    return true;
}

Result<bool> MultipartReader::read_delimiter_tail() {
    if (held_.size() < 2) return false;
    if (held_.starts_with("--")) {
        state_ = State::epilogue;
        return true;
    }
    const std::size_t end = held_.find_first_not_of(" \t");
    if (end > padding_bytes_max && (end != std::string::npos || held_.size() > padding_bytes_max))
        return fail(ErrorKind::invalid, "a delimiter with more than {} spaces behind it", padding_bytes_max);
    if (end == std::string::npos || end + 2 > held_.size()) return false;
    if (held_.compare(end, 2, "\r\n") != 0) return fail(ErrorKind::invalid, "a delimiter that a line end does not follow");
    if (++parts_ > limits_.parts_max) return fail(ErrorKind::too_large, "the form has more than {} parts", limits_.parts_max);
    held_.erase(0, end + 2);
    state_ = State::head;
    return true;
}

Result<bool> MultipartReader::read_head() {
    const std::size_t end = held_.find("\r\n\r\n");
    if (std::min(end, held_.size()) > limits_.part_head_bytes_max)
        return fail(ErrorKind::too_large, "a part's header is over {} bytes", limits_.part_head_bytes_max);
    if (held_.starts_with("\r\n")) return fail(ErrorKind::invalid, "a part without Content-Disposition");
    if (end == std::string::npos) return false;
    const PartHead head = TRY(part_head_from(std::string_view(held_).substr(0, end)));
    TRY(handler_->begin_part(head));
    // The blank line stays: in a part without any body its line end is the one that opens the delimiter.
    held_.erase(0, end + 2);
    line_end_left_ = 2;
    state_ = State::body;
    return true;
}

}  // namespace plumbline
