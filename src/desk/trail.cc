// SPDX-License-Identifier: Apache-2.0
// The custody trail of a tip: its entries in the public log, what each commits to, and whether all that checks.
#include "base/utf8.h"
#include "desk/desk.h"
#include "seal/keys.h"

namespace plumbline::desk {

namespace {

Json check_json(bool was_checked, bool is_ok, std::string words) {
    return Json::object().set("was_checked", was_checked).set("is_ok", is_ok).set("words", std::move(words));
}
bool has_passed(const Json& check) { return check.find("was_checked")->as_bool() && check.find("is_ok")->as_bool(); }

bool is_signed_by(const merkle::NoteKey& key, ByteView message, const merkle::NoteSignature& signature) {
    return seal::verify(seal::VerifyKey{key.public_key}, message, seal::Signature{signature});
}

}  // namespace

Json DeskService::custody_json(TipId id, Json& troubles) {
    Json rows = Json::array();
    const auto entries = parts_.store.ledger_entries_of(id);
    if (!entries) {
        troubles.push("custody: " + entries.error().message);
        return rows;
    }
    for (const StoredEntry& stored : *entries) {
        Json row = Json::object();
        row.set("index", stored.index).set("kind", stored.entry.kind).set("day", to_text(stored.entry.day));
        row.set("group", name_of(stored.entry.group)).set("leaf", stored.entry.leaf).set("commitment", stored.entry.commitment.hex());
        const auto opening = parts_.opener.opening_of(stored);
        Json json = Json::object();
        if (opening) {
            json.set("state", "opens").set("statement", utf8_repaired(opening->statement));
        } else {
            json.set("state", opening.error().kind == ErrorKind::corrupt ? "differs" : "missing").set("words", opening.error().message);
        }
        row.set("opening", std::move(json));
        rows.push(std::move(row));
    }
    return rows;
}

Json DeskService::inclusion_json(const StoredEntry& stored, std::optional<merkle::Checkpoint>& checkpoint) {
    if (!parts_.proofs.proof_of || !parts_.proofs.key) return check_json(false, false, "this desk was given no proofs of the log");
    const auto text = parts_.proofs.proof_of(stored.index);
    if (!text && text.error().kind == ErrorKind::not_found) return check_json(false, false, "younger than the newest checkpoint: check again in a moment");
    if (!text) return check_json(false, false, "no proof could be made: " + text.error().message);
    const auto proof = merkle::entry_proof_from(*text);
    if (!proof) return check_json(true, false, "the proof is damaged: " + proof.error().message);
    if (proof->index != stored.index) return check_json(true, false, fmt::format("the proof is of entry {}", proof->index));
    const merkle::NoteKey& key = *parts_.proofs.key;
    const auto shown = merkle::verify_entry_proof(*text, view(entry_bytes(stored.entry)), key,
                                                  [&key](ByteView message, const merkle::NoteSignature& signature) { return is_signed_by(key, message, signature); });
    if (!shown) return check_json(true, false, "the proof does not lead to the signed root: " + shown.error().message);
    if (!checkpoint || checkpoint->size < shown->size) checkpoint = *shown;
    return check_json(true, true, fmt::format("a proof of {} hashes leads to the signed root of {} entries", proof->hashes.size(), shown->size));
}

Result<Json> DeskService::verify(TipId id) {
    TRY(parts_.store.tip(id));
    const std::vector<StoredEntry> entries = TRY(parts_.store.ledger_entries_of(id));
    Json rows = Json::array();
    Json not_checked = Json::array();
    std::optional<merkle::Checkpoint> checkpoint;
    bool is_ok = !entries.empty();
    for (const StoredEntry& stored : entries) {
        const auto opened = parts_.opener.opening_of(stored);
        // An opening that is there and does not give the commitment was checked and is wrong; one that this desk's key does not
        // open was not checked.
        const bool was_checked = opened || opened.error().kind == ErrorKind::corrupt;
        Json opening = check_json(was_checked, opened.has_value(), opened ? "salt and statement give the commitment" : opened.error().message);
        Json inclusion = inclusion_json(stored, checkpoint);
        is_ok = is_ok && has_passed(opening) && has_passed(inclusion);
        if (!was_checked) not_checked.push(fmt::format("the opening of entry {}: {}", stored.index, opened.error().message));
        if (!inclusion.find("was_checked")->as_bool())
            not_checked.push(fmt::format("that entry {} is in the log: {}", stored.index, inclusion.find("words")->as_text()));
        Json row = Json::object();
        row.set("index", stored.index).set("kind", stored.entry.kind).set("opening", std::move(opening)).set("inclusion", std::move(inclusion));
        rows.push(std::move(row));
    }
    Json json = Json::object();
    json.set("checkpoint", Json());
    if (checkpoint) json.set("checkpoint", Json::object().set("size", checkpoint->size).set("root", checkpoint->root.hex()).set("signature", "ok"));
    json.set("entries", std::move(rows)).set("is_ok", is_ok).set("not_checked", std::move(not_checked));
    return json;
}

}  // namespace plumbline::desk
