// SPDX-License-Identifier: Apache-2.0
// The mailbox for programs that derive its keys themselves (docs/formats/receipt.md): by the token alone, which finds the mailbox and
// opens nothing. Everything is given sealed. The token stands in a header, never in an address.
#include "face/download.h"
#include "face/mailbox_page.h"
#include "seal/mailbox.h"
#include "store/part_bytes.h"

namespace plumbline::face {

namespace {
constexpr std::string_view scheme = "Mailbox ";

Result<TipRow> tip_of(const Hotline& hotline, const Request& request) {
    const std::string_view given = request.header("authorization");
    const Error unknown{ErrorKind::not_found, "send Authorization: Mailbox with the token of a mailbox, 32 hexadecimal digits"};
    if (!given.starts_with(scheme)) return fail(unknown);
    const auto bytes = from_hex(given.substr(scheme.size()));
    const auto token = bytes ? seal::MailboxToken::from_bytes(*bytes) : Result<seal::MailboxToken>(fail(unknown));
    if (!token) return fail(unknown);
    auto tip = hotline.services.store.tip_by_mailbox(seal::mailbox_id_of(*token));
    if (!tip && tip.error().kind == ErrorKind::not_found) return fail(ErrorKind::not_found, "no mailbox has this token");
    return tip;
}

Json parts_json(const std::vector<SealedPart>& parts) {
    Json rows = Json::array();
    for (const SealedPart& part : parts) rows.push(Json::object().set("part", static_cast<std::int64_t>(part.part)).set("sealed_bytes", part.sealed_bytes).set("sealed_sha256", part.sealed_sha256.hex()));
    return rows;
}

Result<Json> mailbox_json(const Hotline& hotline, const Request& request) {
    Store& store = hotline.services.store;
    const TipRow tip = TRY(tip_of(hotline, request));
    const TipId id = tip.header.id;
    Json json = Json::object();
    json.set("tip", id.text()).set("state", name_of(tip.state)).set("received", to_text(day_of(tip.header.received_hour)));
    json.set("public_key", to_base64(tip.reporter_public_key)).set("entry", tip.received_index);
    json.set("due", tip.ranking && !tip.first_opened_hour ? Json(to_text(tip.ranking->deadline)) : Json());
    json.set("first_opened", tip.first_opened_hour ? Json(to_text(day_of(*tip.first_opened_hour))) : Json());
    json.set("withdrawn", tip.withdrawn_hour ? Json(to_text(day_of(*tip.withdrawn_hour))) : Json());
    Json steps = Json::array();
    for (const StoredEntry& stored : TRY(store.ledger_entries_of(id)))
        if (stored.entry.kind.starts_with("tip.")) steps.push(Json::object().set("kind", stored.entry.kind).set("day", to_text(stored.entry.day)));
    Json messages = Json::array();
    for (const Message& message : TRY(store.messages_of(id))) {
        const bool is_answer = message.direction == MessageDirection::to_reporter;
        Json row = Json::object();
        row.set("id", message.id.text()).set("direction", is_answer ? "to_reporter" : "from_reporter").set("hour", to_text(message.hour));
        // What was sealed to the desk opens for the desk alone: nobody here has a use for it.
        if (is_answer) row.set("sealed", to_base64(message.sealed)).set("parts", parts_json(TRY(store.message_parts(message.id))));
        messages.push(std::move(row));
    }
    json.set("steps", std::move(steps)).set("messages", std::move(messages)).set("receipt", tip.receipt);
    return json;
}

Result<Response> sealed_part(const Hotline& hotline, const Request& request) {
    const TipRow tip = TRY(tip_of(hotline, request));
    const Error absent{ErrorKind::not_found, "there is no such part"};
    const auto id = MessageId::from_text(request.path_values.at("id"));
    if (!id || !hotline.services.blobs) return fail(absent);
    for (const Message& message : TRY(hotline.services.store.messages_of(tip.header.id))) {
        if (message.id != *id || message.direction != MessageDirection::to_reporter) continue;
        for (SealedPart& part : TRY(hotline.services.store.message_parts(*id))) {
            if (std::to_string(part.part) != request.path_values.at("n")) continue;
            const std::uint64_t size = part.sealed_bytes;
            const PartBytes bytes = TRY(reading(*hotline.services.blobs, std::move(part)));
            return download(fmt::format("{}-{}.sealed", id->text(), request.path_values.at("n")), size, [bytes, offset = std::uint64_t{0}](Bytes& out) mutable -> Result<bool> {
                Bytes piece(64 * 1024);
                const std::size_t count = TRY(bytes(offset, piece));
                append(out, ByteView(piece).first(count));
                offset += count;
                return count > 0;
            });
        }
    }
    return fail(absent);
}
}  // namespace

void add_mailbox_api_routes(Router& router, HotlinePtr hotline) {
    router.get("/api/v1/mailbox", [hotline](const Request& request) {
        const auto json = mailbox_json(*hotline, request);
        return json ? Response::json(200, *json).with("Cache-Control", "no-store") : Response::from_error(json.error());
    });
    router.get("/api/v1/mailbox/messages/{id}/parts/{n}", [hotline](const Request& request) {
        auto response = sealed_part(*hotline, request);
        return response ? std::move(*response) : Response::from_error(response.error());
    });
}

}  // namespace plumbline::face
