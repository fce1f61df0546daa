// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/info.h"

#include <algorithm>

namespace plumbline::formats::pdf {

namespace {
constexpr unsigned depth_max = 32;
constexpr std::size_t text_max = 16U * 1024 * 1024;

// Marks of the file and of fonts, dates, and numbers: nothing that a person wrote.
constexpr std::string_view silent_keys[] = {"/BBox", "/CharSet", "/CreationDate", "/CropBox", "/DA", "/ID", "/Kids", "/MediaBox", "/ModDate",
                                            "/O", "/OE", "/Ordering", "/Perms", "/Rect", "/Registry", "/U", "/UE", "/W", "/Widths"};

bool is_silent(std::string_view key) { return std::binary_search(std::begin(silent_keys), std::end(silent_keys), key); }

bool is_readable(std::string_view utf8) {
    const auto odd = std::count_if(utf8.begin(), utf8.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t'; });
    return static_cast<std::size_t>(odd) * 8 <= utf8.size();
}
}  // namespace

void Info::add(QPDFObjectHandle object) {
    if (object.isStream()) object = object.getDict();
    if (object.isString()) return add_string("/", object);
    if (object.isArray()) return add_value("/", object, 0);
    if (object.isDictionary()) add_dictionary(object, 0);
}

void Info::add_dictionary(QPDFObjectHandle dict, unsigned depth) {
    if (depth == depth_max) return;
    bool is_signature = false;
    for (const auto& entry : dict.getDictAsMap()) {
        const std::string& key = entry.first;
        if (key == "/EF") note_file(dict);
        if (key == "/ByteRange") is_signature = true;
        if (is_silent(key) || (is_signature && key == "/Contents")) continue;
        add_value(key, entry.second, depth + 1);
    }
}

void Info::add_value(const std::string& key, QPDFObjectHandle value, unsigned depth) {
    if (value.isIndirect() || depth >= depth_max) return;
    if (value.isString()) return add_string(key, value);
    if (value.isDictionary()) return add_dictionary(value, depth);
    if (!value.isArray()) return;
    const int count = value.getArrayNItems();
    for (int i = 0; i < count; ++i) {
        QPDFObjectHandle item = value.getArrayItem(i);
        // Long rows of numbers are no words.
        if (i == 8 && count > 64 && item.isNumber()) return;
        add_value(key, item, depth + 1);
    }
}

void Info::add_string(const std::string& key, QPDFObjectHandle value) {
    const std::string raw = value.getStringValue();
    std::string shown = value.getUTF8Value();
    if (shown.size() < 3 || text_.size() + shown.size() > text_max || !is_readable(shown)) return;
    std::replace(shown.begin(), shown.end(), '\r', '\n');
    std::replace(shown.begin(), shown.end(), '\0', ' ');
    map_.add(text_.size(), 0, OffsetMap::Run::made);
    text_.append(key, 1).append(": ");
    const long long parsed_at = value.getParsedOffset();
    if (parsed_at >= 0 && !document_.is_encrypted() && shown == raw) {
        const auto at = static_cast<std::uint64_t>(parsed_at) + 1;
        const std::string_view file = text_of(document_.file());
        if (at < file.size() && file[at - 1] == '(' && file.substr(at, raw.size()) == raw) map_.add(text_.size(), at, OffsetMap::Run::same);
    }
    text_ += shown;
    map_.add(text_.size(), 0, OffsetMap::Run::made);
    text_.push_back('\n');
}

void Info::note_file(QPDFObjectHandle dict) {
    std::string name;
    for (const char* key : {"/UF", "/F", "/Unix", "/DOS"})
        if (QPDFObjectHandle value = dict.getKey(key); name.empty() && value.isString()) name = value.getUTF8Value();
    QPDFObjectHandle files = dict.getKey("/EF");
    for (const char* key : {"/UF", "/F", "/Unix", "/DOS", "/Mac"})
        if (QPDFObjectHandle file = files.getKeyIfDict(key); file.isStream() && file.isIndirect()) files_.emplace(file.getObjectID(), name);
}

}  // namespace plumbline::formats::pdf
