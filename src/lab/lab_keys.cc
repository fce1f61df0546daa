// SPDX-License-Identifier: Apache-2.0
#include "lab/lab_keys.h"

#include <array>

namespace plumbline::lab {
namespace {

constexpr std::string_view file_word = "plumbline-lab/1";
constexpr std::string_view line_word = "plumbline-lab-public/1";
constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t text_bytes_max = 4096;

Result<void> check_name(std::string_view name) {
    if (name.empty() || name.size() > name_bytes_max) return fail(ErrorKind::invalid, "a lab's name has 1 to {} letters", name_bytes_max);
    for (const char letter : name) {
        if (letter < 0x20 || letter > 0x7e) return fail(ErrorKind::invalid, "a lab's name is ASCII without control characters");
    }
    if (name.front() == ' ' || name.back() == ' ') return fail(ErrorKind::invalid, "a lab's name has no space at its ends");
    return {};
}

// Up to the next `mark`, which is taken too; the last field is all that is left.
std::string_view next_field(std::string_view& rest, char mark) {
    const std::size_t end = std::min(rest.find(mark), rest.size());
    const std::string_view field = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    return field;
}

}  // namespace

Result<LabKeys> make_lab_keys(std::string_view name, Instant now, Entropy& entropy) {
    TRY(check_name(name));
    IdBytes random;
    entropy.fill(random);
    seal::BoxKeys box = seal::make_box_keys(entropy);
    seal::SigningKeys signing = seal::make_signing_keys(entropy);
    return LabKeys{LabId::make(now, random), std::string(name), box.secret, signing.secret};
}

Result<std::string> lab_keys_text(const LabKeys& keys, std::optional<std::string_view> passphrase, Entropy& entropy,
                                  seal::PassphraseCost cost) {
    std::string text = fmt::format("{} {} {}\n", file_word, keys.id.text(), keys.name);
    text += TRY(seal::secret_key_text(keys.box, seal::KeyRole::lab, passphrase, entropy, cost));
    text += TRY(seal::signing_key_text(keys.signing, passphrase, entropy, cost));
    return text;
}

Result<LabKeys> lab_keys_from(std::string_view text, std::optional<std::string_view> passphrase) {
    if (text.size() > text_bytes_max) return fail(ErrorKind::too_large, "a lab's key file has at most {} bytes", text_bytes_max);
    std::string_view rest = text;
    std::string_view head = next_field(rest, '\n');
    if (next_field(head, ' ') != file_word) return fail(ErrorKind::unsupported, "not a lab's key file ({})", file_word);
    const LabId id = TRY(LabId::from_text(next_field(head, ' ')));
    TRY(check_name(head));
    const std::string box = std::string(next_field(rest, '\n')) + "\n";
    const std::string signing = std::string(next_field(rest, '\n')) + "\n";
    if (!rest.empty()) return fail(ErrorKind::invalid, "a lab's key file has three lines");
    return LabKeys{id, std::string(head), TRY(seal::secret_key_from(box, seal::KeyRole::lab, passphrase)),
                   TRY(seal::signing_key_from(signing, passphrase))};
}

std::string lab_public_line(const LabKeys& keys) {
    return fmt::format("{} {} {} {} {}\n", line_word, keys.id.text(), to_base64(seal::public_key_of(keys.box).bytes),
                       to_base64(seal::verify_key_of(keys.signing).bytes), keys.name);
}

Result<LabRow> lab_row_from(std::string_view public_line, Day enrolled) {
    if (public_line.size() > text_bytes_max) return fail(ErrorKind::too_large, "a lab's public line has at most {} bytes", text_bytes_max);
    if (public_line.ends_with('\n')) public_line.remove_suffix(1);
    if (next_field(public_line, ' ') != line_word) return fail(ErrorKind::unsupported, "not a lab's public line ({})", line_word);
    LabRow row;
    row.id = TRY(LabId::from_text(next_field(public_line, ' ')));
    row.box_public_key = TRY(from_base64(next_field(public_line, ' ')));
    TRY(seal::public_key_from_bytes(row.box_public_key));
    row.verify_key = TRY(from_base64(next_field(public_line, ' ')));
    TRY(seal::verify_key_from_bytes(row.verify_key));
    TRY(check_name(public_line));
    row.name = public_line;
    row.enrolled = enrolled;
    return row;
}

LabRow lab_row_of(const LabKeys& keys, Day enrolled) {
    LabRow row;
    row.id = keys.id;
    row.name = keys.name;
    row.box_public_key = to_bytes(ByteView(seal::public_key_of(keys.box).bytes));
    row.verify_key = to_bytes(ByteView(seal::verify_key_of(keys.signing).bytes));
    row.enrolled = enrolled;
    return row;
}

dispatch::LabIdentity identity_of(const LabKeys& keys, bool is_in_process) {
    return {keys.id, keys.name, seal::public_key_of(keys.box), seal::verify_key_of(keys.signing), is_in_process};
}

}  // namespace plumbline::lab
