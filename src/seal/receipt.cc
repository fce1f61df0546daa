// SPDX-License-Identifier: Apache-2.0
#include "seal/receipt.h"

#include <algorithm>

#include "base/check.h"

namespace plumbline::seal {
namespace {
constexpr std::size_t text_bytes_max = 8 * 1024;
constexpr std::size_t desks_max = 16;
constexpr std::string_view title = "Plumbline proof of receipt, version 1";

std::string signed_text(const CheckedReceipt& receipt) {
    std::string text = fmt::format("{}\n\ntip: {}\nreceived: {}\nheld: {} bytes in {} sealed parts\nmanifest: {}\n", title,
                                   receipt.tip.text(), to_text(receipt.received), receipt.sealed_bytes, receipt.parts,
                                   receipt.manifest.hex());
    for (const std::string& desk : receipt.desk_fingerprints) text += fmt::format("desk: {}\n", desk);
    text += fmt::format("entry: {}salt: {}\n", entry_bytes(receipt.entry), to_base64(receipt.salt));
    return text;
}

// Takes lines off the front, each with its name.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}
    Result<std::string_view> take(std::string_view name) {
        if (!rest_.starts_with(name)) return fail(ErrorKind::corrupt, "receipt: no line \"{}\" where it must be", name);
        rest_.remove_prefix(name.size());
        const std::size_t end = rest_.find('\n');
        if (end == std::string_view::npos) return fail(ErrorKind::corrupt, "receipt: it is cut");
        const std::string_view value = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return value;
    }
    bool starts_with(std::string_view name) const { return rest_.starts_with(name); }
    bool is_empty() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

Result<std::uint64_t> number_from(std::string_view text) {
    std::uint64_t value = 0;
    if (text.empty() || text.size() > 18) return fail(ErrorKind::corrupt, "receipt: not a number");
    for (const char digit : text) {
        if (digit < '0' || digit > '9') return fail(ErrorKind::corrupt, "receipt: not a number");
        value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return value;
}

Result<void> read_held(std::string_view held, CheckedReceipt& receipt) {
    constexpr std::string_view between = " bytes in ";
    constexpr std::string_view after = " sealed parts";
    const std::size_t middle = held.find(between);
    if (middle == std::string_view::npos || !held.ends_with(after) || held.size() < middle + between.size() + after.size()) {
        return fail(ErrorKind::corrupt, "receipt: the line \"held\"");
    }
    receipt.sealed_bytes = TRY(number_from(held.substr(0, middle)));
    const std::size_t start = middle + between.size();
    receipt.parts = TRY(number_from(held.substr(start, held.size() - after.size() - start)));
    return {};
}

bool opens(const LedgerEntry& entry, const Salt& salt, const TipId& tip, const Sha256& manifest) {
    return entry.kind == kind_of_received() && entry.commitment == commitment_of(salt, view(received_statement(tip, manifest)));
}
}  // namespace

std::string manifest_text(const std::vector<ManifestRow>& rows) {
    std::string text;
    for (const ManifestRow& row : rows) text += fmt::format("{} {} {}\n", row.part, row.sealed_bytes, row.sha256.hex());
    return text;
}

Sha256 manifest_hash(const std::vector<ManifestRow>& rows) { return sha256(view(manifest_text(rows))); }

std::string received_statement(const TipId& tip, const Sha256& manifest) {
    return fmt::format("plumbline-statement/1 tip.received {} {}", tip.text(), manifest.hex());
}

std::string make_receipt(const Receipt& receipt, const SigningKey& key) {
    CHECK(opens(receipt.entry, receipt.salt, receipt.tip, receipt.manifest));
    CHECK(!receipt.desks.empty() && receipt.desks.size() <= desks_max);
    CheckedReceipt plain{receipt.tip,   receipt.received, receipt.parts, receipt.sealed_bytes, receipt.manifest, {}, receipt.entry,
                         receipt.salt};
    for (const PublicKey& desk : receipt.desks) plain.desk_fingerprints.push_back(fingerprint_hex(desk));
    const std::string text = signed_text(plain);
    return fmt::format("{}signature: {}\n", text, to_base64(sign(key, view(text)).bytes));
}

Result<CheckedReceipt> verify_receipt(std::string_view given, const VerifyKey& key) {
    if (given.size() > text_bytes_max) return fail(ErrorKind::too_large, "receipt: over {} bytes", text_bytes_max);
    std::string text;
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (given[i] != '\r' || i + 1 == given.size() || given[i + 1] != '\n') text += given[i];
    }
    CheckedReceipt receipt;
    Lines lines(text);
    if (!TRY(lines.take(title)).empty() || !TRY(lines.take("")).empty()) return fail(ErrorKind::corrupt, "receipt: its title");
    receipt.tip = TRY(TipId::from_text(TRY(lines.take("tip: "))));
    receipt.received = TRY(day_from(TRY(lines.take("received: "))));
    TRY(read_held(TRY(lines.take("held: ")), receipt));
    receipt.manifest = TRY(Sha256::from_hex(TRY(lines.take("manifest: "))));
    while (lines.starts_with("desk: ") && receipt.desk_fingerprints.size() < desks_max) {
        receipt.desk_fingerprints.emplace_back(TRY(lines.take("desk: ")));
    }
    receipt.entry = TRY(ledger_entry_from(std::string(TRY(lines.take("entry: "))) + "\n"));
    const Bytes salt = TRY(from_base64(TRY(lines.take("salt: "))));
    if (salt.size() != receipt.salt.size()) return fail(ErrorKind::corrupt, "receipt: a salt has 32 bytes");
    std::copy(salt.begin(), salt.end(), receipt.salt.begin());
    const Bytes bytes = TRY(from_base64(TRY(lines.take("signature: "))));
    if (!lines.is_empty()) return fail(ErrorKind::corrupt, "receipt: text after the signature");
    const Signature signature = TRY(signature_from_bytes(bytes));
    const std::string body = signed_text(receipt);
    if (text != fmt::format("{}signature: {}\n", body, to_base64(signature.bytes))) {
        return fail(ErrorKind::corrupt, "receipt: not in its one spelling");
    }
    if (!verify(key, view(body), signature)) {
        return fail(ErrorKind::corrupt, "receipt: the signature does not fit: another key, or the text was changed");
    }
    if (!opens(receipt.entry, receipt.salt, receipt.tip, receipt.manifest)) {
        return fail(ErrorKind::corrupt, "receipt: the entry's commitment does not open with what the receipt says");
    }
    return receipt;
}

}  // namespace plumbline::seal
