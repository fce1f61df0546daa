// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/small_rows.h"

namespace plumbline::sqlite {

Result<void> put_staff_row(Connection& connection, const StaffRow& row) {
    return connection.run("INSERT INTO staff (name, id, password_hash, role) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE "
                          "SET id = excluded.id, password_hash = excluded.password_hash, role = excluded.role",
                          {row.name, row.id, row.password_hash, row.role});
}

Result<std::vector<StaffRow>> staff_rows(Connection& connection) {
    Query query = TRY(connection.query("SELECT id, name, password_hash, role FROM staff ORDER BY name"));
    std::vector<StaffRow> rows;
    while (TRY(query.step())) rows.push_back(StaffRow{TRY(query.value<StaffId>(0)), query.text(1), query.text(2), query.text(3)});
    return rows;
}

Result<void> put_lab_row(Connection& connection, const LabRow& row) {
    return connection.run("INSERT INTO lab (id, name, box_public_key, verify_key, enrolled, is_active) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
                          "ON CONFLICT (id) DO UPDATE SET name = excluded.name, box_public_key = excluded.box_public_key, "
                          "verify_key = excluded.verify_key, enrolled = excluded.enrolled, is_active = excluded.is_active",
                          {row.id, row.name, row.box_public_key, row.verify_key, row.enrolled, row.is_active});
}

Result<std::vector<LabRow>> lab_rows(Connection& connection) {
    Query query = TRY(connection.query("SELECT id, name, box_public_key, verify_key, enrolled, is_active FROM lab ORDER BY id"));
    std::vector<LabRow> rows;
    while (TRY(query.step()))
        rows.push_back(LabRow{TRY(query.value<LabId>(0)), query.text(1), query.bytes(2), query.bytes(3),
                              Day(std::chrono::days(query.integer(4))), query.integer(5) != 0});
    return rows;
}

Result<void> put_token_row(Connection& connection, const TokenRow& row) {
    return connection.run("INSERT OR REPLACE INTO token (token_sha256, partner, scopes, items_per_hour, trust, silent_after_hours, created_hour) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                          {row.token_sha256, row.partner, row.scopes, row.items_per_hour, row.trust, row.silent_after_hours, row.created_hour});
}

Result<std::vector<TokenRow>> token_rows(Connection& connection) {
    Query query = TRY(connection.query("SELECT token_sha256, partner, scopes, items_per_hour, trust, silent_after_hours, created_hour FROM token ORDER BY token_sha256"));
    std::vector<TokenRow> rows;
    while (TRY(query.step())) rows.push_back(TokenRow{TRY(query.value<Sha256>(0)), query.text(1), query.text(2), static_cast<std::uint32_t>(query.integer(3)),
                                                       static_cast<int>(query.integer(4)), static_cast<std::uint32_t>(query.integer(5)), query.instant(6)});
    return rows;
}

Result<void> delete_token_row(Connection& connection, const Sha256& token_sha256) {
    TRY(connection.run("DELETE FROM token WHERE token_sha256 = ?1", {token_sha256}));
    if (connection.changes() == 1) return {};
    return fail(ErrorKind::not_found, "no such token");
}

Result<void> put_partner_hour(Connection& connection, std::string_view partner, Instant hour) {
    return connection.run("INSERT INTO partner_hour (partner, hour) VALUES (?1, ?2) ON CONFLICT (partner) DO UPDATE SET hour = max(hour, excluded.hour)",
                          {partner, hour});
}

Result<std::vector<PartnerHour>> partner_hour_rows(Connection& connection) {
    Query query = TRY(connection.query("SELECT partner, hour FROM partner_hour ORDER BY partner"));
    std::vector<PartnerHour> rows;
    while (TRY(query.step())) rows.push_back(PartnerHour{query.text(0), query.instant(1)});
    return rows;
}

Result<std::optional<std::string>> setting_named(Connection& connection, std::string_view name) {
    Query query = TRY(connection.query("SELECT value FROM setting WHERE name = ?1", {name}));
    if (!TRY(query.step())) return std::optional<std::string>();
    return std::optional<std::string>(query.text(0));
}

Result<void> put_setting_row(Connection& connection, std::string_view name, std::string_view value) {
    return connection.run("INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                          {name, value});
}

}  // namespace plumbline::sqlite
