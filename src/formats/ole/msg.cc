// SPDX-License-Identifier: Apache-2.0
#include "formats/ole/msg.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "formats/little.h"
#include "formats/ole/mapi.h"
#include "formats/text/charset.h"

namespace plumbline::formats {

namespace {
constexpr std::string_view value_prefix = "__substg1.0_";
constexpr std::string_view recipient_prefix = "__recip_version1.0_";
constexpr std::string_view attachment_prefix = "__attach_version1.0_";
constexpr std::string_view properties_name = "__properties_version1.0";

// "__substg1.0_0037001F": number and type of a property; a value of a list has "-00000001" behind it.
struct Tag {
    std::uint32_t id = 0;
    std::uint32_t type = 0;
};
bool read_tag(std::string_view name, Tag& tag) {
    if (!name.starts_with(value_prefix) || name.size() < value_prefix.size() + 8) return false;
    std::uint32_t value = 0;
    const char* digits = name.data() + value_prefix.size();
    const auto [end, error] = std::from_chars(digits, digits + 8, value, 16);
    if (error != std::errc{} || end != digits + 8) return false;
    tag = {value >> 16, value & 0xffff};
    return true;
}
bool is_string(const Tag& tag) { return (tag.type & 0xefff) == mapi::narrow || (tag.type & 0xefff) == mapi::wide; }
// Given as children of their own, since they have a format.
bool is_child(std::uint32_t id) { return id == mapi::headers || id == mapi::html || id == mapi::rtf_packed || id == mapi::attachment_data; }

// The properties of one storage: strings in streams, small numbers in rows of 16 bytes.
class Properties {
  public:
    Properties(const CompoundFile& file, std::uint32_t storage, std::uint64_t header_bytes, Budget& budget) : file_(file), budget_(budget) {
        for (const CompoundEntry* entry : file.children(storage)) {
            Tag tag;
            if (!entry->is_storage && read_tag(entry->name, tag) && is_string(tag) && !is_child(tag.id)) strings_.emplace(tag.id, std::pair(entry, tag));
        }
        const CompoundEntry* rows = file.find(storage, properties_name);
        if (!rows || rows->is_storage) return;
        const CompoundStream stream = file.stream(*rows, budget);
        for (std::uint64_t at = header_bytes; at + 16 <= stream.bytes.size(); at += 16) {
            const std::uint32_t type = little16(stream.bytes, at);
            if (type == mapi::integer32 || type == mapi::integer16) numbers_.emplace(little16(stream.bytes, at + 2), little32(stream.bytes, at + 8));
        }
        for (const mapi::Id id : {mapi::code_page, mapi::code_page_of_html})
            if (charset_.empty() && numbers_.count(id) != 0) charset_ = charset_of_code_page(numbers_[id]);
    }
    std::uint32_t number(std::uint32_t id) const {
        const auto row = numbers_.find(id);
        return row == numbers_.end() ? 0 : row->second;
    }
    bool has(std::uint32_t id) const { return strings_.count(id) != 0; }
    // Writes a string once: "LABEL text CLOSE"; false where there is none.
    bool put(TextView& view, std::uint32_t id, std::string_view label, std::string_view close, std::set<std::uint32_t>* taken_ids) {
        const auto row = strings_.find(id);
        if (row == strings_.end()) return false;
        const auto [entry, tag] = row->second;
        strings_.erase(row);
        const CompoundStream stream = file_.stream(*entry, budget_);
        if (taken_ids && stream.damage.empty()) taken_ids->insert(entry->id);
        if (stream.bytes.empty()) return false;
        if (mapi::is_class(id)) {
            view.taken().add(stream.runs);
            return true;
        }
        view.made(label);
        const Source source{stream.bytes, &stream.runs};
        if ((tag.type & 0xefff) == mapi::wide) view.wide(source, 0, stream.bytes.size() / 2);
        else view.narrow(source, 0, stream.bytes.size(), charset_);
        view.made(close);
        return true;
    }
    std::string text(std::uint32_t id) const {
        const auto row = strings_.find(id);
        if (row == strings_.end()) return {};
        const CompoundStream stream = file_.stream(*row->second.first, budget_);
        std::string out = to_utf8(stream.bytes, (row->second.second.type & 0xefff) == mapi::wide ? "utf-16le" : charset_);
        while (!out.empty() && out.back() == '\0') out.pop_back();
        return out;
    }
    void put_others(TextView& view, std::set<std::uint32_t>* taken_ids) {
        while (!strings_.empty() && !view.is_over()) put(view, strings_.begin()->first, "", "\n", taken_ids);
    }

  private:
    const CompoundFile& file_;
    Budget& budget_;
    std::multimap<std::uint32_t, std::pair<const CompoundEntry*, Tag>> strings_;
    std::map<std::uint32_t, std::uint32_t> numbers_;
    std::string charset_;
};

void put_person(Properties& properties, TextView& view, const mapi::Person& person, std::set<std::uint32_t>* taken_ids) {
    if (!properties.has(person.name) && !properties.has(person.address) && !properties.has(person.smtp)) return;
    view.made(person.label);
    properties.put(view, person.name, "", "", taken_ids);
    properties.put(view, person.smtp, " <", ">", taken_ids);
    properties.put(view, person.address, " <", ">", taken_ids);
    view.made("\n");
}
// The header of the stream of properties: 32 bytes of a message, 24 of one within another ([MS-OXMSG] 2.4.1).
std::uint64_t header_bytes_of(std::uint32_t storage) { return storage == 0 ? 32 : 24; }
}  // namespace

bool is_message(const CompoundFile& file, std::uint32_t storage) {
    const CompoundEntry* rows = file.find(storage, properties_name);
    return rows && !rows->is_storage;
}

TextView read_message(const CompoundFile& file, std::uint32_t storage, std::string_view decoder, Budget& budget, std::set<std::uint32_t>* taken_ids) {
    TextView view(decoder, budget);
    Properties properties(file, storage, header_bytes_of(storage), budget);
    for (const mapi::Person& person : mapi::senders) put_person(properties, view, person, taken_ids);
    for (const mapi::Id id : mapi::shown_first) properties.put(view, id, mapi::label_of(id), "\n", taken_ids);
    view.made("\n");
    properties.put(view, mapi::body, "", "\n", taken_ids);
    const std::vector<const CompoundEntry*> children = file.children(storage);
    for (const CompoundEntry* entry : children) {
        if (!entry->is_storage || !entry->name.starts_with(recipient_prefix) || view.is_over()) continue;
        Properties recipient(file, entry->id, 8, budget);
        put_person(recipient, view, {mapi::recipient_label(recipient.number(mapi::recipient_type)), mapi::display_name, mapi::address, mapi::smtp_address}, taken_ids);
        recipient.put_others(view, taken_ids);
    }
    properties.put_others(view, taken_ids);
    for (const CompoundEntry* entry : children) {
        if (!entry->is_storage || !entry->name.starts_with(attachment_prefix) || view.is_over()) continue;
        Properties attachment(file, entry->id, 8, budget);
        attachment.put_others(view, taken_ids);
    }
    return view;
}

std::vector<MessagePart> message_parts(const CompoundFile& file, std::uint32_t storage, Budget& budget) {
    std::vector<MessagePart> out;
    Properties properties(file, storage, header_bytes_of(storage), budget);
    for (const CompoundEntry* entry : file.children(storage)) {
        Tag tag;
        if (entry->is_storage && entry->name.starts_with(attachment_prefix)) {
            Properties attachment(file, entry->id, 8, budget);
            const CompoundEntry* data = file.find(entry->id, "__substg1.0_37010102");
            if (!data || data->is_storage) continue;
            MessagePart part{data->id, {}};
            part.hints.is_file = true;
            for (const mapi::Id id : {mapi::attachment_name, mapi::attachment_short_name, mapi::display_name})
                if (part.hints.name.empty()) part.hints.name = attachment.text(id);
            part.hints.media_type = attachment.text(mapi::attachment_media_type);
            out.push_back(std::move(part));
        } else if (!entry->is_storage && read_tag(entry->name, tag) && is_child(tag.id)) {
            MessagePart part{entry->id, {}};
            if (tag.id == mapi::html) {
                part.hints.media_type = "text/html";
                part.hints.charset = charset_of_code_page(properties.number(mapi::code_page_of_html));
                part.hints.is_repeated = properties.has(mapi::body);
            } else if (tag.id == mapi::headers) {
                part.hints.media_type = "message/rfc822";
            }
            out.push_back(std::move(part));
        }
    }
    return out;
}

}  // namespace plumbline::formats
