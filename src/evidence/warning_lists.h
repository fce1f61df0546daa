// SPDX-License-Identifier: Apache-2.0
// Values that are everyone's and say little: documentation and private addresses, and whatever lists the operator loads (big
// sites, public resolvers ...), in the format of MISP's warning lists. A match marks a sighting, it never drops it.
//
//     WarningLists lists = WarningLists::built_in();
//     TRY(lists.load(bytes_of_a_list_json));
//     for (const std::string_view name : lists.names_for(sighting.kind, sighting.value)) ...
//
// A list is an object with "name", "type" and "list", and "matching_attributes" where it is for some kinds only
// (https://github.com/MISP/misp-warninglists, schema.json). Types: "string" (the whole value), "substring", "hostname" (a
// host or any name below it; also of URLs and addresses), "cidr" (addresses, and hosts of URLs that are addresses).
// "regex" is refused: what such a list costs on hostile values is not bounded by its size.
// A value once loaded; const calls from any number of threads.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "model/indicator.h"

namespace plumbline::evidence {

class WarningLists {
  public:
    static constexpr std::size_t lists_max = 500;
    static constexpr std::size_t entries_max = 4'000'000;      // of all lists
    static constexpr std::size_t substrings_max = 2'000;       // of one list: each is looked for in each value

    // Made from RFCs only: 1122, 1918, 2606, 3849, 3927, 4193, 4291, 5737, 5771, 6598, 6761, 9637.
    static WarningLists built_in();

    // Adds one list; gives its name. invalid: not JSON, or a field is missing or of another form (an entry that is no
    // address in a "cidr" list is one); unsupported: "regex" or another type; too_large: over a limit. Nothing is added then.
    Result<std::string> load(std::string_view json);

    // Names of the lists that have the value, in the order in which they were loaded. Valid while no list is added.
    std::vector<std::string_view> names_for(IndicatorKind kind, std::string_view value) const;
    std::size_t size() const { return lists_.size(); }

  private:
    using Address = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d
    struct Range {
        Address first;
        Address last;
    };
    struct Entry {
        std::uint32_t at;
        std::uint32_t size;
    };
    struct List {
        std::string name;
        std::uint64_t kinds = ~0ULL;     // bits by IndicatorKind
        std::string bytes;               // of all entries
        std::vector<Entry> strings;      // sorted by their bytes
        std::vector<Entry> hostnames;
        std::vector<Entry> substrings;
        std::vector<Range> ranges;       // sorted, joined

        std::string_view text_of(const Entry& entry) const { return std::string_view(bytes).substr(entry.at, entry.size); }
        bool has(const std::vector<Entry>& entries, std::string_view text) const;
        bool has_host(std::string_view host) const;
        bool has_address(const Address& address) const;
        void settle();
    };
    static bool parse_address(std::string_view text, Address& out, unsigned& bits_before);
    static bool parse_range(std::string_view text, Range& out);
    static bool matches(const List& list, IndicatorKind kind, std::string_view value);

    std::vector<List> lists_;
    std::size_t entries_ = 0;
};

}  // namespace plumbline::evidence
