// SPDX-License-Identifier: Apache-2.0
#include "app/partners_command.h"

#include <cstdio>

#include "app/data_folder.h"
#include "app/open_store.h"
#include "app/report_door.h"
#include "app/system_clock.h"
#include "base/hash.h"

namespace plumbline::app {

namespace {

constexpr std::size_t shown_hash_letters = 12;

std::string shown(const TokenRow& token) { return token.token_sha256.hex().substr(0, shown_hash_letters); }

Result<std::string> checked_csv_mapping(const std::string& path) {
    const reports::ReportReaders readers = TRY(built_in_report_readers());
    const std::string text = TRY(read_small_file(path));
    auto json = parse_json(text);
    if (!json) return fail_in(path, json.error());
    auto mapping = reports::CsvMapping::from_json(*json, readers.categories());
    if (!mapping) return fail(ErrorKind::invalid, "{}: {}", path, mapping.error().message);
    return text;
}

}  // namespace

Result<int> run_keys_token(const Command& command, Entropy& entropy) {
    if (command.partner.empty() || command.partner.size() > 100) return fail(ErrorKind::invalid, "--partner: 1 to 100 bytes");
    TokenRow row;
    row.partner = command.partner;
    row.scopes = TRY(partners::scopes_from(command.scopes));
    row.items_per_hour = command.items_per_hour;
    row.trust = command.trust;
    row.silent_after_hours = command.silent_after_hours;
    row.created_hour = hour_of(SystemClock().now());
    std::optional<std::string> mapping;
    if (!command.csv_mapping.empty()) mapping = TRY(checked_csv_mapping(command.csv_mapping));
    ByteArray<32> secret;
    entropy.fill(secret);
    const std::string token = "plt_" + to_base64url(secret);
    row.token_sha256 = sha256(view(token));
    const OpenStore open = TRY(open_store(data_folder_of(command), Limits(), true));
    if (mapping) TRY(open.store->put_setting(partners::csv_mapping_setting(command.partner), *mapping));
    TRY(open.store->put_token(row));
    std::printf("%s\n", token.c_str());
    return 0;
}

Result<int> run_keys_tokens(const Command& command) {
    const OpenStore open = TRY(open_store(data_folder_of(command), Limits(), false));
    for (const TokenRow& token : TRY(open.store->tokens())) {
        if (command.format == "jsonl") {
            Json row = Json::object();
            row.set("token", shown(token)).set("partner", token.partner).set("scopes", token.scopes).set("items_per_hour", token.items_per_hour).set("trust", token.trust);
            row.set("silent_after_hours", token.silent_after_hours).set("created_hour", to_text(token.created_hour));
            std::printf("%s\n", row.dump().c_str());
        } else {
            std::printf("%s  %-24s %-12s %8u an hour  trust %4d  silent after %5u h\n", shown(token).c_str(), token.partner.c_str(), token.scopes.c_str(), token.items_per_hour, token.trust, token.silent_after_hours);
        }
    }
    return 0;
}

Result<int> run_keys_revoke(const Command& command) {
    const OpenStore open = TRY(open_store(data_folder_of(command), Limits(), false));
    const std::string& wanted = command.paths.front();
    std::vector<TokenRow> found;
    for (const TokenRow& token : TRY(open.store->tokens()))
        if (wanted.size() >= shown_hash_letters && token.token_sha256.hex().starts_with(wanted)) found.push_back(token);
    if (found.size() != 1) return fail(ErrorKind::invalid, "no token {}: `plumbline keys tokens` lists them", wanted);
    TRY(open.store->remove_token(found.front().token_sha256));
    std::printf("%s of %s is revoked\n", shown(found.front()).c_str(), found.front().partner.c_str());
    return 0;
}

Result<int> run_partners(const Command& command, Clock& clock) {
    const OpenStore open = TRY(open_store(data_folder_of(command), Limits(), false));
    const Instant now = clock.now();
    std::map<std::string, std::optional<Instant>> last;
    for (const TokenRow& token : TRY(open.store->tokens())) last[token.partner];
    for (const PartnerHour& row : TRY(open.store->partner_hours())) last[row.partner] = row.hour;
    const std::vector<partners::SilentPartner> silent = TRY(partners::silent_partners(*open.store, now));
    for (const auto& [partner, hour] : last) {
        const auto alarm = std::find_if(silent.begin(), silent.end(), [&name = partner](const partners::SilentPartner& row) { return row.partner == name; });
        const std::string when = hour ? to_text(*hour) : "never";
        if (command.format == "jsonl") {
            Json row = Json::object();
            row.set("partner", partner).set("last_hour", hour ? Json(when) : Json()).set("is_silent", alarm != silent.end());
            if (alarm != silent.end()) row.set("silent_hours", alarm->silent_hours).set("silent_after_hours", alarm->silent_after_hours);
            std::printf("%s\n", row.dump().c_str());
        } else {
            std::printf("%-24s last %-20s %s\n", partner.c_str(), when.c_str(), alarm != silent.end() ? fmt::format("SILENT for {} h, {} h are allowed", alarm->silent_hours, alarm->silent_after_hours).c_str() : "");
        }
    }
    return silent.empty() ? 0 : 1;
}

}  // namespace plumbline::app
