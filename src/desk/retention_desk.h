// SPDX-License-Identifier: Apache-2.0
// How long closed tips are kept, and what erases them (docs/steps/desk.md, "Retention"). Days count from the day on which a tip was
// closed last. A person confirms the list of what is due; a rule alone erases only where the operator says so. A legal hold
// keeps a tip whatever the rules say.
//
// Erased: key, parts, files, products, messages, receipt with its salt, and the openings of all entries. Kept: the row (hour,
// group, channel, sizes gone), the mailbox id, and the entries, which are commitments that nobody can open any more. The entry
// tip.erased says in its opening who erased it and by which rule. Any thread.
#pragma once
#include <map>
#include <string>

#include "desk/desk.h"

namespace plumbline::desk {

inline constexpr std::size_t due_listed_max = 500;
inline constexpr std::size_t erased_in_call_max = 500;

struct RetentionRules {
    int days = 1095;                             // after closing
    std::map<std::string, int> days_of_group;    // by group name, then by leaf code: the nearest counts
    std::map<std::string, int> days_of_category;
    // {"days":1095,"groups":{"child":3650},"categories":{"fraud.phishing":365}}; 0 to 36,500 days. invalid: unknown names.
    static Result<RetentionRules> from_json(const Json& json, const Categories& categories);
    int days_for(std::string_view category, CategoryGroup group) const;
    int days_min() const;
};

class RetentionDesk {
  public:
    struct Parts {                    // everything outlives it
        Store& store;
        Blobs& blobs;
        vault::TipOpener& opener;
        flow::LinkBoard& links;
        Clock& clock;
        RetentionRules rules;
    };
    explicit RetentionDesk(Parts parts) : parts_(std::move(parts)) {}

    // {"rows":[{"id","closed","days","due","group","category","is_held"}],"has_more"}: the longest due first; held ones too, marked.
    Result<Json> due(std::size_t count_max);
    // Only what is due and not held; conflict names the first that is not, and then nothing is erased. {"tips":2,"log_is_cut":true}
    Result<Json> erase(const std::vector<TipId>& tips, std::string_view reason, const Session& who);
    // What a rule alone may do where the operator has said so: all that is due and not held.
    Result<Json> erase_due(std::string_view reason, const Session& rule);

  private:
    struct Due {
        ClosedTip tip;
        std::string category;
        int days = 0;
        Day when;
    };
    Due due_of(const ClosedTip& tip);
    const Parts parts_;
};

}  // namespace plumbline::desk
