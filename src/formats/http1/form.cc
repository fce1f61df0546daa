// SPDX-License-Identifier: Apache-2.0
#include "formats/http1/form.h"

#include <algorithm>

#include "formats/mail/mail.h"

namespace plumbline::formats {

void open_form(ByteView body, std::uint64_t at, std::string_view boundary, Budget& budget, Visitor& visitor) {
    const std::string_view text = text_of(body);
    const std::string mark = "--" + std::string(boundary);
    std::size_t part = text.find(mark);
    if (part == std::string_view::npos) return visitor.window(at, at + text.size(), {}, true);
    if (part > 0) visitor.window(at, at + part, {}, true);
    while (part < text.size()) {
        const std::size_t begin = std::min(part + mark.size(), text.size());
        if (text.substr(begin).starts_with("--")) break;
        const std::size_t header = std::min(text.find('\n', begin), text.size() - 1) + 1;
        std::size_t next = std::min(text.find("\n" + mark, header), text.size());
        const std::size_t end = next > header && next < text.size() && text[next - 1] == '\r' ? next - 1 : next;
        if (next < text.size()) ++next;
        const HeaderBlock block = read_header_block(text, header, std::max(header, end));
        const std::size_t content = std::min<std::size_t>(std::max<std::size_t>(block.body_at, header), std::max(header, end));
        visitor.window(at + header, at + content, {}, true);
        Hints hints;
        if (const HeaderField* field = block.find("content-disposition")) hints.name = read_structured(field->value).parameter("filename");
        if (const HeaderField* field = block.find("content-type")) hints.media_type = read_structured(field->value).main;
        hints.is_file = !hints.name.empty() && next < text.size();
        if (!budget.take_items(1)) return visitor.unread(at + content, "", "http1: over the budget of items");
        if (content < end) visitor.window(at + content, at + end, hints, false);
        part = next;
    }
}

}  // namespace plumbline::formats
