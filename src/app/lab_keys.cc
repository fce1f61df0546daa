// SPDX-License-Identifier: Apache-2.0
#include "app/lab_keys.h"

#include <sstream>

namespace plumbline::app {

namespace {

constexpr std::string_view format_word = "plumbline-lab/1";
constexpr std::size_t name_bytes_max = 80;

Result<void> check_name(std::string_view name) {
    if (name.empty() || name.size() > name_bytes_max) return fail(ErrorKind::invalid, "a lab's name has 1 to {} characters", name_bytes_max);
    for (const char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'))
            return fail(ErrorKind::invalid, "a lab's name has letters, digits, '-', '_' and '.' only");
    return {};
}

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    std::istringstream in{std::string(line)};
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

}  // namespace

Result<LabKeys> make_lab_keys(const std::string& name, Entropy& entropy) {
    TRY(check_name(name));
    IdBytes random;
    entropy.fill(random);
    // A lab's id tells nothing of when its keys were made.
    return LabKeys{LabId::make(Instant{}, random), name, seal::make_box_keys(entropy).secret, seal::make_signing_keys(entropy).secret};
}

Result<std::string> lab_keys_text(const LabKeys& keys, Entropy& entropy) {
    return fmt::format("{} {} {}\n", format_word, keys.id.text(), keys.name) + TRY(seal::secret_key_text(keys.box, seal::KeyRole::lab, std::nullopt, entropy)) +
           TRY(seal::signing_key_text(keys.signing, std::nullopt, entropy));
}

Result<LabKeys> lab_keys_from(std::string_view text) {
    std::vector<std::string> lines;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    if (lines.size() != 3) return fail(ErrorKind::invalid, "a lab's key file has three lines, not {}", lines.size());
    const std::vector<std::string> head = words_of(lines[0]);
    if (head.size() != 3 || head[0] != format_word) return fail(ErrorKind::invalid, "line 1: not \"{} ID NAME\"", format_word);
    TRY(check_name(head[2]));
    return LabKeys{TRY(LabId::from_text(head[1])), head[2], TRY(seal::secret_key_from(lines[1] + "\n", seal::KeyRole::lab, std::nullopt)),
                   TRY(seal::signing_key_from(lines[2] + "\n", std::nullopt))};
}

std::string lab_public_line(const LabKeys& keys) {
    return fmt::format("{} {} {} {} {}", format_word, keys.id.text(), keys.name, to_base64(seal::public_key_of(keys.box).bytes), to_base64(seal::verify_key_of(keys.signing).bytes));
}

LabRow lab_row_of(const LabKeys& keys, Day enrolled) {
    return {keys.id, keys.name, to_bytes(ByteView(seal::public_key_of(keys.box).bytes)), to_bytes(ByteView(seal::verify_key_of(keys.signing).bytes)), enrolled, true};
}

Result<LabRow> lab_row_from(std::string_view line, Day enrolled) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() != 5 || words[0] != format_word) return fail(ErrorKind::invalid, "not a lab's public line \"{} ID NAME KEY KEY\"", format_word);
    LabRow row;
    row.id = TRY(LabId::from_text(words[1]));
    TRY(check_name(words[2]));
    row.name = words[2];
    row.box_public_key = TRY(from_base64(words[3]));
    row.verify_key = TRY(from_base64(words[4]));
    if (row.box_public_key.size() != 32 || row.verify_key.size() != 32) return fail(ErrorKind::invalid, "a lab's keys have 32 bytes each");
    row.enrolled = enrolled;
    return row;
}

}  // namespace plumbline::app
