// SPDX-License-Identifier: Apache-2.0
#include "intake/content_check.h"

#include "base/utf8.h"

namespace plumbline::intake {

namespace {

constexpr std::size_t short_field_bytes_max = 64;  // country, language
constexpr std::size_t media_type_bytes_max = 127;

Result<void> check_text(std::string_view field, std::string_view text, std::size_t bytes_max) {
    if (text.size() > bytes_max)
        return fail(ErrorKind::too_large, "{}: has {} bytes, at most {} are taken", field, text.size(), bytes_max);
    if (!is_utf8(text)) return fail(ErrorKind::invalid, "{}: is not UTF-8", field);
    return {};
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

Result<void> check_loss(const Money& loss) {
    if (!minor_digits_of(loss.currency)) return fail(ErrorKind::invalid, "loss.currency: is not a code of ISO 4217");
    if (loss.minor_units < 0) return fail(ErrorKind::invalid, "loss.minor_units: must not be below zero");
    return {};
}

}  // namespace

Result<const Category*> check_content(const TipContent& content, const Categories& categories, const Limits& limits) {
    TRY(check_text("text", content.text, limits.tip_text_bytes_max));
    if (is_blank(content.text) && content.files.empty())
        return fail(ErrorKind::invalid, "text: must not be empty where there is no file");
    const Category* category = categories.find(content.category);
    if (category == nullptr) return fail(ErrorKind::invalid, "category: is not one of the {} known codes", categories.leaves().size());
    if (content.loss) TRY(check_loss(*content.loss));
    for (const AttributeField& field : attribute_fields)
        if (!field.has(content.*field.member)) return fail(ErrorKind::invalid, "{}: is not one of {}", field.name, fmt::join(field.words, ", "));
    for (const RecallField& field : recall_fields) TRY(check_text(fmt::format("recall.{}", field.name), content.recall.*field.member, limits.field_bytes_max));
    TRY(check_text("contact", content.contact, limits.field_bytes_max));
    TRY(check_text("origin.country", content.origin.country, short_field_bytes_max));
    TRY(check_text("origin.language", content.origin.language, short_field_bytes_max));
    TRY(check_text("origin.partner", content.origin.partner, limits.field_bytes_max));
    return category;
}

Result<void> check_message(std::string_view text, const Limits& limits, bool has_files) {
    TRY(check_text("message", text, limits.message_text_bytes_max));
    if (is_blank(text) && !has_files) return fail(ErrorKind::invalid, "message: must not be empty");
    return {};
}

std::string own_values_in(std::string_view text, std::string_view contact) {
    constexpr std::size_t word_bytes_min = 5;
    std::string own;
    while (!contact.empty()) {
        const std::string_view word = contact.substr(0, contact.find_first_of(" \t\r\n,;"));
        contact.remove_prefix(std::min(contact.size(), word.size() + 1));
        if (word.size() < word_bytes_min || text.find(word) == std::string_view::npos) continue;
        if (!own.empty()) own += ' ';
        own += word;
    }
    return own;
}

std::string kept_name(std::string_view name, const Limits& limits) {
    return std::string(utf8_prefix(utf8_repaired(name), limits.file_name_bytes_max));
}

std::string kept_media_type(std::string_view media_type) {
    std::string kept(media_type.substr(0, media_type.find(';')));
    while (!kept.empty() && (kept.back() == ' ' || kept.back() == '\t')) kept.pop_back();
    std::size_t slashes = 0;
    for (char& letter : kept) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
        const bool is_name = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
        slashes += letter == '/' ? 1U : 0U;
        if (!is_name && std::string_view("/!#$&-^_.+").find(letter) == std::string_view::npos) return {};
    }
    if (slashes != 1 || kept.size() > media_type_bytes_max || kept.front() == '/' || kept.back() == '/') return {};
    return kept;
}

}  // namespace plumbline::intake
