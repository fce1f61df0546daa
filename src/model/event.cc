// SPDX-License-Identifier: Apache-2.0
#include "model/event.h"

#include <algorithm>

#include "model/wait.h"

namespace plumbline {

std::string kind_of_received() { return "tip.received"; }
std::string kind_of_erased() { return "tip.erased"; }
std::string kind_of_change(TipState from, TipState to) { return fmt::format("tip.{}>{}", name_of(from), name_of(to)); }

std::string kind_of_addition() { return "tip.added"; }
std::string kind_of_withdrawal() { return "tip.withdrawn"; }
bool is_kind_of_reporter(std::string_view kind) { return kind == "tip.added" || kind == "tip.withdrawn"; }
std::string reporter_opening_context(TipId tip) { return "opening/" + tip.text(); }

std::optional<StateChange> state_change_of(std::string_view kind) {
    if (kind == "tip.received") return StateChange{std::nullopt, TipState::received};
    if (!kind.starts_with("tip.")) return std::nullopt;
    const std::size_t arrow = kind.find('>');
    if (arrow == std::string_view::npos) return std::nullopt;
    const auto from = tip_state_from(kind.substr(4, arrow - 4));
    const auto to = tip_state_from(kind.substr(arrow + 1));
    if (!from || !to) return std::nullopt;
    return StateChange{*from, *to};
}

std::string entry_bytes(const LedgerEntry& entry) {
    return fmt::format("plumbline/1 {} {} {} {}{}{}\n", entry.kind, to_text(entry.day),
                       entry.leaf.empty() ? std::string(name_of(entry.group)) : entry.leaf, to_base64(entry.commitment.bytes),
                       entry.about.empty() ? "" : " ", entry.about);
}

Result<LedgerEntry> ledger_entry_from(std::string_view bytes) {
    std::string_view fields[5];   // and a sixth, `about`, in some
    std::string_view rest = bytes;
    if (!rest.ends_with('\n')) return fail(ErrorKind::corrupt, "a ledger entry ends in a line feed");
    rest.remove_suffix(1);
    for (std::size_t i = 0; i < 5; ++i) {
        const std::size_t space = i < 4 ? rest.find(' ') : std::min(rest.size(), rest.find(' '));
        if (space == std::string_view::npos) return fail(ErrorKind::corrupt, "a ledger entry has five fields");
        fields[i] = rest.substr(0, space);
        rest.remove_prefix(std::min(rest.size(), space + 1));
    }
    if (fields[0] != "plumbline/1") return fail(ErrorKind::unsupported, "ledger entry version");
    LedgerEntry entry;
    entry.kind = fields[1];
    entry.day = TRY(day_from(fields[2]));
    const std::size_t dot = fields[3].find('.');
    entry.group = TRY(category_group_from(fields[3].substr(0, dot)));
    if (dot != std::string_view::npos) entry.leaf = fields[3];
    entry.commitment = TRY(Sha256::from_bytes(TRY(from_base64(fields[4]))));
    if (!is_about_text(rest)) return fail(ErrorKind::corrupt, "a ledger entry's last field");
    entry.about = rest;
    if (entry_bytes(entry) != bytes) return fail(ErrorKind::corrupt, "a ledger entry is not in its one spelling");
    return entry;
}

Sha256 commitment_of(const Salt& salt, ByteView statement) {
    Bytes bytes = to_bytes("plumbline/commitment/v1");
    append_u8(bytes, 0);
    append(bytes, ByteView(salt));
    append(bytes, statement);
    return sha256(bytes);
}

}  // namespace plumbline
