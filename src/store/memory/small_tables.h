// SPDX-License-Identifier: Apache-2.0
// The memory store's tables of people, labs, partners and settings: those that nothing else hangs on. Inside store/memory only.
#pragma once
#include <map>
#include <mutex>

#include "store/store.h"

namespace plumbline {

class SmallTables : public Store {
  public:
    Result<void> put_staff(StaffRow row) override { return put(staff_, row.name, row); }
    Result<std::vector<StaffRow>> staff() override { return all_of(staff_); }
    Result<void> put_lab(LabRow row) override { return put(labs_, row.id, row); }
    Result<std::vector<LabRow>> labs() override { return all_of(labs_); }
    Result<void> put_token(TokenRow row) override { return put(tokens_, row.token_sha256, row); }
    Result<std::vector<TokenRow>> tokens() override { return all_of(tokens_); }
    Result<void> remove_token(const Sha256& token_sha256) override {
        const std::lock_guard lock(mutex_);
        if (tokens_.erase(token_sha256) == 0) return fail(ErrorKind::not_found, "no such token");
        return {};
    }
    Result<void> note_partner(std::string_view partner, Instant hour) override {
        const std::lock_guard lock(mutex_);
        PartnerHour& row = partner_hours_.emplace(partner, PartnerHour{std::string(partner), hour}).first->second;
        row.hour = std::max(row.hour, hour);
        return {};
    }
    Result<std::vector<PartnerHour>> partner_hours() override { return all_of(partner_hours_); }
    Result<std::optional<std::string>> setting(std::string_view name) override {
        const std::lock_guard lock(mutex_);
        const auto found = settings_.find(std::string(name));
        if (found == settings_.end()) return std::optional<std::string>();
        return std::optional<std::string>(found->second);
    }
    Result<void> put_setting(std::string_view name, std::string_view value) override {
        return put(settings_, std::string(name), std::string(value));
    }
    Result<Exposure> add_exposure(StaffId staff, Day day, const Exposure& more) override {
        const std::lock_guard lock(mutex_);
        Exposure& sum = exposures_[{staff, day}];
        sum.seconds += more.seconds;
        sum.pictures += more.pictures;
        return sum;
    }

  private:
    template <class Map, class Key, class Row>
    Result<void> put(Map& map, Key key, Row row) {
        const std::lock_guard lock(mutex_);
        map.insert_or_assign(std::move(key), std::move(row));
        return {};
    }
    template <class Map>
    Result<std::vector<typename Map::mapped_type>> all_of(const Map& map) {
        const std::lock_guard lock(mutex_);
        std::vector<typename Map::mapped_type> rows;
        for (const auto& entry : map) rows.push_back(entry.second);
        return rows;
    }

    std::mutex mutex_;
    std::map<std::string, StaffRow> staff_;
    std::map<LabId, LabRow> labs_;
    std::map<Sha256, TokenRow> tokens_;
    std::map<std::string, std::string> settings_;
    std::map<std::string, PartnerHour, std::less<>> partner_hours_;
    std::map<std::pair<StaffId, Day>, Exposure> exposures_;
};

}  // namespace plumbline
