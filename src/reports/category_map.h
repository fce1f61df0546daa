// SPDX-License-Identifier: Apache-2.0
// From the names that other schemes give to acts to the leaves of rules/categories.json, by the mappings that stand there.
// Where one name maps to several leaves (`content/fraud`), the report's own detail decides, else a default that is written in
// category_map.cc; a name that no leaf has maps to the nearest, with a warning of the caller's.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace plumbline::reports {

class CategoryMap {
  public:
    static Result<CategoryMap> from_json(const Json& categories);     // rules/categories.json

    struct Mapped {
        std::string code;
        bool is_by_default = false;     // nobody maps this name: it is a guess, or "not sure"
    };
    // `detail` is what the report says closer: its fraud_type, exploitation_type, malware_type, infringement_type.
    Mapped xarf(std::string_view category, std::string_view type, std::string_view detail) const;
    // "fraud:phishing", or only "phishing" where one class has it.
    Mapped rsit(std::string_view name) const;
    Mapped cybertipline(std::string_view incident_type) const;
    bool has(std::string_view code) const { return codes_.count(std::string(code)) != 0; }

  private:
    using Names = std::map<std::string, std::vector<std::string>, std::less<>>;
    Names xarf_, rsit_, cybertipline_;
    std::map<std::string, bool> codes_;
};

}  // namespace plumbline::reports
