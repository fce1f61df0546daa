// SPDX-License-Identifier: Apache-2.0
// A sighting: one indicator (an address, a wallet, a hash ...) at one place in a piece of evidence, with the bytes as they
// stand there. `value` is the normal form and the key for linking; `where` is the forensic path from which the bytes can
// be printed again.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace plumbline {

// On-disk values: do not change; append only.
enum class IndicatorKind : std::uint8_t {
    email = 1, url, domain, ipv4, ipv6, mac, phone, card, iban, bic, btc, bch, ltc, doge, eth, tron, xmr, sol, xrp,
    md5, sha1, sha256, sha512, message_id, user_agent, handle, cve, jwt, onion, magnet, file,
};
std::string_view name_of(IndicatorKind kind);
Result<IndicatorKind> indicator_kind_from(std::string_view name);

struct Sighting {
    IndicatorKind kind = IndicatorKind::email;
    std::string value;          // normal form, UTF-8
    std::string text;           // the bytes as found (may be any bytes; printed as UTF-8 with repair)
    std::string where;          // "1204-zip:a.eml-88-base64-17": offsets and decodings from the file's first byte
    std::uint64_t offset = 0;   // the last offset of `where`: in the innermost decoded buffer
    std::string context;        // up to 32 characters on either side, on one line, UTF-8
    std::vector<std::string> warnings = {};  // names of the warning lists that have the value: it is everyone's
};

// A part that could not be read, and why: never silently skipped.
struct Unread {
    std::string where;
    std::string reason;         // "zip: encrypted", "decoder killed: memory limit", ...
};

// What the evidence step makes of one file or of the tip's own text.
struct PartEvidence {
    std::uint32_t part = 0;     // 0 = the tip's text, n = its n-th file
    std::string name;           // the file's name
    std::string sha256;         // hex, of the part's bytes
    std::uint64_t size_bytes = 0;
    std::string format;         // "text", "mail", "mbox", "html", "xml", "zip", "gzip", "zlib", "archive", "compressed", "unknown"
    std::string text;           // readable text for the desk and for near-duplicate linking, UTF-8, bounded
    std::vector<Sighting> sightings;
    std::vector<Unread> unread;
    std::uint64_t pictures = 0; // whose text a slow reader could read, and was not read
};
struct Evidence {
    std::vector<PartEvidence> parts;
};

Json to_json(const Sighting& sighting);
Json to_json(const PartEvidence& part);
Json to_json(const Evidence& evidence);
// The same as to_json(evidence).dump(), without building the Json.
std::string json_text(const Evidence& evidence);
Result<Sighting> sighting_from(const Json& json);
Result<PartEvidence> part_evidence_from(const Json& json);
Result<Evidence> evidence_from(const Json& json);

}  // namespace plumbline
