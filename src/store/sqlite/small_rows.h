// SPDX-License-Identifier: Apache-2.0
// The small tables: staff, labs, tokens and settings.
#pragma once
#include "store/sqlite/connection.h"
#include "store/store.h"

namespace plumbline::sqlite {

Result<void> put_staff_row(Connection& connection, const StaffRow& row);
Result<std::vector<StaffRow>> staff_rows(Connection& connection);
Result<void> put_lab_row(Connection& connection, const LabRow& row);
Result<std::vector<LabRow>> lab_rows(Connection& connection);
Result<void> put_token_row(Connection& connection, const TokenRow& row);
Result<std::vector<TokenRow>> token_rows(Connection& connection);
Result<void> delete_token_row(Connection& connection, const Sha256& token_sha256);
Result<void> put_partner_hour(Connection& connection, std::string_view partner, Instant hour);
Result<std::vector<PartnerHour>> partner_hour_rows(Connection& connection);
Result<std::optional<std::string>> setting_named(Connection& connection, std::string_view name);
Result<void> put_setting_row(Connection& connection, std::string_view name, std::string_view value);

}  // namespace plumbline::sqlite
