// SPDX-License-Identifier: Apache-2.0
#include "face/sealed_tip_json.h"

namespace plumbline::face {

namespace {
Result<CategoryGroup> group_in(const Json& json) {
    const std::string name = TRY(json.text_at("group"));
    for (const CategoryGroup group : category_groups)
        if (name_of(group) == name) return group;
    return fail(ErrorKind::invalid, "group: is not one of the {} groups", std::size(category_groups));
}

Result<Bytes> bytes_in(const Json& json, std::string_view name) {
    auto bytes = from_base64(TRY(json.text_at(name)));
    if (!bytes) return fail(ErrorKind::invalid, "{}: is not base64", name);
    return bytes;
}
}  // namespace

Result<intake::SealedTip> sealed_tip_from(const Json& json) {
    intake::SealedTip tip;
    auto id = TipId::from_text(TRY(json.text_at("tip")));
    if (!id) return fail(ErrorKind::invalid, "tip: is not an id like tip_...");
    tip.tip = *id;
    tip.group = TRY(group_in(json));
    tip.wrapped_keys = TRY(bytes_in(json, "wrapped_keys"));
    auto reporter_key = seal::public_key_from_bytes(TRY(bytes_in(json, "reporter_key")));
    if (!reporter_key) return fail(ErrorKind::invalid, "reporter_key: is not a public key of 32 bytes");
    tip.reporter_key = *reporter_key;
    auto mailbox = Sha256::from_hex(TRY(json.text_at("mailbox")));
    if (!mailbox) return fail(ErrorKind::invalid, "mailbox: is not 64 hexadecimal digits");
    tip.mailbox = *mailbox;
    for (const Json& row : TRY(json.array_at("parts"))->as_array()) {
        if (!row.is_object()) return fail(ErrorKind::invalid, "parts: an element is no object");
        intake::SealedTipPart part;
        const std::int64_t number = TRY(row.integer_at("part"));
        if (number < 0 || number > UINT32_MAX) return fail(ErrorKind::invalid, "parts: {} is no number of a part", number);
        part.part = static_cast<std::uint32_t>(number);
        part.upload = TRY(row.text_at_or("upload", ""));
        if (row.find("sealed") != nullptr) part.sealed = TRY(bytes_in(row, "sealed"));
        tip.parts.push_back(std::move(part));
    }
    return tip;
}

}  // namespace plumbline::face
