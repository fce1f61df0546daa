// SPDX-License-Identifier: Apache-2.0
#include "formats/pst/pst.h"

#include <charconv>
#include <map>

#include "base/utf8.h"
#include "formats/little.h"
#include "formats/ole/mapi.h"
#include "formats/ole/text_view.h"
#include "formats/pst/library.h"
#include "formats/text/charset.h"

namespace plumbline::formats {

namespace {
using pst::Item;
using pst::Mailbox;
using pst::Value;

constexpr std::size_t shown_bytes_max = 256 * 1024;
constexpr unsigned folders_deep_max = 64;
constexpr int damaged_max = 1000;          // items of one folder that cannot be read, before the rest is given up
constexpr unsigned messages_deep_max = 8;  // a message in an attachment of a message

bool is_string(const Value& value) { return value.type == mapi::narrow || value.type == mapi::wide; }
bool is_part(std::uint32_t id) { return id == mapi::headers || id == mapi::html || id == mapi::rtf_packed || id == mapi::attachment_data; }

std::uint32_t number_of(const std::vector<Value>& values, std::uint32_t id) {
    for (const Value& value : values)
        if (value.id == id && value.type == mapi::integer32) return little32(value.bytes, 0);
    return 0;
}
std::string charset_of(const std::vector<Value>& values) {
    const std::string charset = charset_of_code_page(number_of(values, mapi::code_page));
    return charset.empty() ? charset_of_code_page(number_of(values, mapi::code_page_of_html)) : charset;
}
std::string text_of_value(const Value& value, const std::string& charset) {
    ByteView bytes = value.bytes;
    // A subject may start with a mark and the length of "Re: " ([MS-PST] 2.5.3.1.1.1).
    const std::size_t width = value.type == mapi::wide ? 2 : 1;
    if (value.id == mapi::subject && bytes.size() >= 2 * width && little(bytes, 0, static_cast<unsigned>(width)) == 1) bytes = bytes.subspan(2 * width);
    std::string text = to_utf8(bytes, value.type == mapi::wide ? "utf-16le" : charset);
    while (!text.empty() && text.back() == '\0') text.pop_back();
    return text;
}

// The strings of one record set in the order in which people read them; what was written is erased.
class Strings {
  public:
    explicit Strings(const std::vector<Value>& values) {
        const std::string charset = charset_of(values);
        for (const Value& value : values)
            if (is_string(value) && !is_part(value.id) && !mapi::is_class(value.id)) rows_.emplace(value.id, text_of_value(value, charset));
    }
    std::string take(std::uint32_t id) {
        const auto row = rows_.find(id);
        if (row == rows_.end()) return {};
        std::string text = std::move(row->second);
        rows_.erase(row);
        return text;
    }
    void put(std::string& out, std::uint32_t id) {
        if (const std::string text = take(id); !text.empty()) out.append(mapi::label_of(id)).append(text).append("\n");
    }
    void put_person(std::string& out, const mapi::Person& person) {
        const std::string name = take(person.name);
        const std::string smtp = take(person.smtp);
        const std::string address = take(person.address);
        if (name.empty() && smtp.empty() && address.empty()) return;
        out.append(person.label).append(name);
        if (!smtp.empty()) out.append(" <").append(smtp).append(">");
        if (!address.empty() && address != smtp) out.append(" <").append(address).append(">");
        out.append("\n");
    }
    void put_others(std::string& out) {
        for (const auto& row : rows_)
            if (!row.second.empty()) out.append(row.second).append("\n");
        rows_.clear();
    }

  private:
    std::multimap<std::uint32_t, std::string> rows_;
};

// What one item gives: its text and the values that are children of their own.
struct ItemParts {
    std::string text;
    Bytes headers, html, rtf, other;
    std::string html_charset;
    bool has_body = false;
    std::string damage;
};

ItemParts read_item(libpff_item_t* item, Budget& budget) {
    ItemParts out;
    std::vector<std::vector<Value>> sets = pst::values_of(item, budget, out.damage);
    for (std::vector<Value>& values : sets) {
        Strings strings(values);
        for (const mapi::Person& person : mapi::senders) strings.put_person(out.text, person);
        for (const mapi::Id id : mapi::shown_first) strings.put(out.text, id);
        const std::string body = strings.take(mapi::body);
        out.has_body |= !body.empty();
        if (!body.empty()) out.text.append("\n").append(body).append("\n");
        strings.put_others(out.text);
        for (Value& value : values) {
            const bool is_wide = value.type == mapi::wide;
            if (value.id == mapi::headers && is_string(value)) out.headers = is_wide ? to_bytes(to_utf8(value.bytes, "utf-16le")) : std::move(value.bytes);
            else if (value.id == mapi::html) out.html = is_wide ? to_bytes(to_utf8(value.bytes, "utf-16le")) : std::move(value.bytes);
            else if (value.id == mapi::rtf_packed) out.rtf = std::move(value.bytes);
            else if (!is_string(value) && value.bytes.size() > 16 && value.id != mapi::attachment_data) {
                append(out.other, value.bytes);
                append(out.other, "\n");
            }
        }
        if (out.html_charset.empty()) out.html_charset = charset_of_code_page(number_of(values, mapi::code_page_of_html));
    }
    if (const Item table = pst::recipients(item)) {
        for (const std::vector<Value>& values : pst::values_of(table.get(), budget, out.damage)) {
            Strings strings(values);
            strings.put_person(out.text, {mapi::recipient_label(number_of(values, mapi::recipient_type)), mapi::display_name, mapi::address, mapi::smtp_address});
            strings.put_others(out.text);
        }
    }
    return out;
}

struct AttachedFile {
    std::string name;
    std::string media_type;
};
AttachedFile file_of(libpff_item_t* attachment, Budget& budget) {
    AttachedFile out;
    std::string damage;
    for (const std::vector<Value>& values : pst::values_of(attachment, budget, damage)) {
        Strings strings(values);
        for (const mapi::Id id : {mapi::attachment_name, mapi::attachment_short_name, mapi::display_name})
            if (std::string name = strings.take(id); out.name.empty()) out.name = std::move(name);
        if (out.media_type.empty()) out.media_type = strings.take(mapi::attachment_media_type);
    }
    return out;
}

class PstReader {
  public:
    PstReader(Mailbox& mailbox, std::uint64_t size, Budget& budget, Visitor& visitor) : mailbox_(mailbox), size_(size), budget_(budget), visitor_(visitor) {}

    void read() {
        if (const Item store = mailbox_.store()) named_item(store.get(), false);
        if (const Item root = mailbox_.root()) folder(root.get(), 0);
        else visitor_.unread(0, "pst", "pst: the root folder is damaged");
        mailbox_.recover();
        for (int i = 0; i < mailbox_.recovered_count() && !is_over_; ++i)
            if (const Item found = mailbox_.recovered(i)) item(found.get(), "pst:r" + std::to_string(i), 0, true);
        for (int i = 0; i < mailbox_.orphan_count() && !is_over_; ++i)
            if (const Item found = mailbox_.orphan(i)) item(found.get(), "pst:o" + std::to_string(i), 0, true);
        if (mailbox_.is_damaged()) visitor_.unread(0, "pst", "pst: damaged: some items may be missing");
    }

  private:
    bool take_item() {
        if (!is_over_ && budget_.take_items(1) && budget_.take_steps(256)) return true;
        if (!is_over_) visitor_.unread(0, "pst", "pst: over the budget of items");
        is_over_ = true;
        return false;
    }
    using Count = int (*)(libpff_item_t*, int*, libpff_error_t**);
    using Get = int (*)(libpff_item_t*, int, libpff_item_t**, libpff_error_t**);
    template <class Each>
    void each(libpff_item_t* folder, Count count_of, Get get, Each&& each) {
        int count = 0;
        if (count_of(folder, &count, nullptr) != 1) return;
        int damaged = 0;
        for (int i = 0; i < count && !is_over_ && damaged <= damaged_max; ++i) {
            if (!budget_.take_steps(256)) return;
            libpff_item_t* raw = nullptr;
            const int status = get(folder, i, &raw, nullptr);
            const Item item(raw);
            if (status == 1) each(item.get());
            else ++damaged;
        }
        if (damaged > 0) visitor_.unread(0, "pst", "pst: items of a folder are damaged");
    }
    void folder(libpff_item_t* folder_item, unsigned depth) {
        if (depth > folders_deep_max) return visitor_.unread(0, "pst", "pst: folders nested too deep");
        named_item(folder_item, false);
        each(folder_item, libpff_folder_get_number_of_sub_messages, libpff_folder_get_sub_message, [&](libpff_item_t* found) { named_item(found, true); });
        each(folder_item, libpff_folder_get_number_of_sub_associated_contents, libpff_folder_get_sub_associated_content, [&](libpff_item_t* found) { named_item(found, false); });
        each(folder_item, libpff_folder_get_number_of_sub_folders, libpff_folder_get_sub_folder, [&](libpff_item_t* found) { folder(found, depth + 1); });
    }
    void named_item(libpff_item_t* found, bool is_shown) {
        const std::optional<std::uint32_t> id = pst::id_of(found);
        if (id) item(found, "pst:" + std::to_string(*id), 0, is_shown);
    }
    void child(const std::string& decoder, Bytes&& bytes, const Hints& hints, bool is_view) {
        if (bytes.empty()) return;
        Decoded out;
        out.decoder = decoder;
        out.size_in = size_;
        out.bytes = std::move(bytes);
        visitor_.decoded(std::move(out), hints, is_view);
    }
    void item(libpff_item_t* found, const std::string& path, unsigned depth, bool is_shown) {
        if (!take_item()) return;
        ItemParts parts = read_item(found, budget_);
        if (!parts.damage.empty()) visitor_.unread(0, path, parts.damage);
        if (is_shown && !parts.text.empty()) {
            visitor_.readable(utf8_prefix(parts.text, shown_bytes_max));
            visitor_.readable("\n");
        }
        child(path + "/text", to_bytes(parts.text), Hints{}, true);
        Hints hints;
        hints.media_type = "message/rfc822";
        hints.is_repeated = true;
        child(path + "/headers", std::move(parts.headers), hints, false);
        hints.media_type = "text/html";
        hints.charset = parts.html_charset;
        hints.is_repeated = parts.has_body;
        child(path + "/html", std::move(parts.html), hints, false);
        child(path + "/rtf", std::move(parts.rtf), Hints{}, false);
        child(path + "/other", std::move(parts.other), Hints{}, true);
        const int count = pst::attachment_count(found);
        for (int i = 0; i < count && !is_over_; ++i)
            if (const Item attached = pst::attachment(found, i)) attachment(attached.get(), path + "/a" + std::to_string(i), depth);
    }
    void attachment(libpff_item_t* attached, const std::string& path, unsigned depth) {
        if (pst::kind_of(attached) == pst::AttachmentKind::item) {
            if (depth == messages_deep_max) return visitor_.unread(0, path, "pst: messages nested too deep");
            if (const Item inner = pst::attached_item(attached)) item(inner.get(), path, depth + 1, true);
            return;
        }
        if (pst::kind_of(attached) != pst::AttachmentKind::data || !take_item()) return;
        const AttachedFile file = file_of(attached, budget_);
        Hints hints;
        hints.name = file.name;
        hints.media_type = file.media_type;
        const std::string decoder = path + "/data/" + path_name(file.name);
        std::string damage;
        Bytes bytes = pst::attachment_bytes(attached, budget_, damage);
        hints.is_file = !damage.ends_with("decoded bytes");
        if (!damage.empty()) visitor_.unread(0, decoder, damage);
        child(decoder, std::move(bytes), hints, false);
    }

    Mailbox& mailbox_;
    std::uint64_t size_;
    Budget& budget_;
    Visitor& visitor_;
    bool is_over_ = false;
};

std::string_view next_part(std::string_view& rest) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    return part;
}
std::optional<std::uint32_t> whole_number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > 0x7fffffff) return std::nullopt;
    return value;
}
Item item_at(Mailbox& mailbox, std::string_view name) {
    const bool is_found = name.starts_with('r') || name.starts_with('o');
    const std::optional<std::uint32_t> number = whole_number(name.substr(is_found));
    if (!number) return nullptr;
    if (!is_found) return mailbox.item(*number);
    mailbox.recover();
    const int index = static_cast<int>(*number);
    if (name[0] == 'r') return index < mailbox.recovered_count() ? mailbox.recovered(index) : nullptr;
    return index < mailbox.orphan_count() ? mailbox.orphan(index) : nullptr;
}
}  // namespace

bool looks_like_pst(ByteView bytes, const Hints&) { return bytes.size() >= 512 && text_of(bytes).starts_with("!BDN"); }

void open_pst(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    Result<Mailbox> mailbox = Mailbox::open(bytes);
    if (!mailbox || !budget.take_steps(bytes.size())) {
        visitor.unread(0, "pst", mailbox ? "pst: over the budget of steps" : mailbox.error().message);
        return visitor.window(0, bytes.size(), Hints{}, true);
    }
    PstReader(*mailbox, bytes.size(), budget, visitor).read();
}

Result<Bytes> decode_pst(ByteView bytes, std::string_view argument, Budget& budget) {
    Mailbox mailbox = TRY(Mailbox::open(bytes));
    std::string_view rest = argument;
    Item item = item_at(mailbox, next_part(rest));
    std::string_view part = next_part(rest);
    std::string damage;
    for (unsigned depth = 0; item && part.starts_with('a') && depth <= messages_deep_max; ++depth) {
        const std::optional<std::uint32_t> index = whole_number(part.substr(1));
        const Item attached = index && static_cast<int>(*index) < pst::attachment_count(item.get()) ? pst::attachment(item.get(), static_cast<int>(*index)) : nullptr;
        if (!attached) return fail(ErrorKind::corrupt, "pst: no attachment \"{}\"", part.substr(0, 20));
        part = next_part(rest);
        if (part == "data") return pst::attachment_bytes(attached.get(), budget, damage);
        item = pst::attached_item(attached.get());
    }
    if (!item) return fail(ErrorKind::corrupt, "pst: no item \"{}\"", argument.substr(0, 40));
    ItemParts parts = read_item(item.get(), budget);
    if (part == "text") return to_bytes(parts.text);
    if (part == "headers") return std::move(parts.headers);
    if (part == "html") return std::move(parts.html);
    if (part == "rtf") return std::move(parts.rtf);
    if (part == "other") return std::move(parts.other);
    return fail(ErrorKind::invalid, "pst: no part \"{}\"", part.substr(0, 20));
}

}  // namespace plumbline::formats
