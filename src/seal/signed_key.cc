// SPDX-License-Identifier: Apache-2.0
#include "seal/signed_key.h"

#include "base/check.h"

namespace plumbline::seal {

namespace {
constexpr std::string_view title = "plumbline-signed-desk-key/1\n";
constexpr std::size_t desks_max = 16;
constexpr std::size_t text_bytes_max = 4096;

std::string body_of(const SignedDeskKeys& keys) {
    std::string text(title);
    for (const PublicKey& desk : keys.desks) text += fmt::format("desk: {}\n", to_base64(desk.bytes));
    text += fmt::format("identity: {}\n", to_base64(keys.identity.bytes));
    return text + fmt::format("from: {}\nuntil: {}\nby: {}\n", to_text(keys.from), to_text(keys.until), to_base64(keys.by.bytes));
}

// Takes "NAME: value\n" from the front.
Result<std::string_view> take(std::string_view& text, std::string_view name) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || !text.starts_with(name) || text.substr(name.size(), 2) != ": ")
        return fail(ErrorKind::corrupt, "signed desk key: the line \"{}\"", name);
    const std::string_view value = text.substr(name.size() + 2, end - name.size() - 2);
    text.remove_prefix(end + 1);
    return value;
}
}  // namespace

std::string sign_desk_keys(const SignedDeskKeys& keys, const SigningKey& anchor) {
    CHECK(verify_key_of(anchor) == keys.by);
    CHECK(!keys.desks.empty() && keys.desks.size() <= desks_max);
    const std::string body = body_of(keys);
    return fmt::format("{}signature: {}\n", body, to_base64(sign(anchor, view(body)).bytes));
}

Result<SignedDeskKeys> verify_desk_keys(std::string_view text, Day today) {
    if (text.size() > text_bytes_max || !text.starts_with(title)) return fail(ErrorKind::corrupt, "signed desk key: not one");
    std::string_view rest = text.substr(title.size());
    SignedDeskKeys keys;
    while (rest.starts_with("desk: ") && keys.desks.size() < desks_max) keys.desks.push_back(TRY(public_key_from_bytes(TRY(from_base64(TRY(take(rest, "desk")))))));
    if (keys.desks.empty()) return fail(ErrorKind::corrupt, "signed desk key: it names no desk");
    keys.identity = TRY(public_key_from_bytes(TRY(from_base64(TRY(take(rest, "identity"))))));
    keys.from = TRY(day_from(TRY(take(rest, "from"))));
    keys.until = TRY(day_from(TRY(take(rest, "until"))));
    keys.by = TRY(verify_key_from_bytes(TRY(from_base64(TRY(take(rest, "by"))))));
    const Signature signature = TRY(signature_from_bytes(TRY(from_base64(TRY(take(rest, "signature"))))));
    const std::string body = body_of(keys);
    if (text != fmt::format("{}signature: {}\n", body, to_base64(signature.bytes))) return fail(ErrorKind::corrupt, "signed desk key: not in its one spelling");
    if (!verify(keys.by, view(body), signature)) return fail(ErrorKind::corrupt, "signed desk key: the signature does not fit");
    if (today < keys.from || today > keys.until)
        return fail(ErrorKind::denied, "signed desk key: good from {} to {}, not on {}", to_text(keys.from), to_text(keys.until), to_text(today));
    return keys;
}

}  // namespace plumbline::seal
