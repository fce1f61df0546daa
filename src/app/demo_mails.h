// SPDX-License-Identifier: Apache-2.0
// Which mails of the corpus the demo shows, and as what (docs/formats/import.md). Pure but for reading the folder.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace plumbline::app {

inline constexpr std::size_t demo_mails_count = 400;

struct DemoMail {
    std::string group;       // "spam-1"
    std::string name;        // of its file
    Bytes bytes;             // without the mbox line
    std::string category;
};
// Always the same mails in the same order, no two of them equal. not_found: a group is not there or too small.
Result<std::vector<DemoMail>> choose_demo_mails(const std::string& folder);
// A fixed rule on the group and on a few plain words; it says what a reporter might have picked, not what is true.
std::string_view demo_category(std::string_view group, std::string_view mail);

}  // namespace plumbline::app
