// SPDX-License-Identifier: Apache-2.0
// Files that are compiled into the binary (pages, styles, rules, categories), found by their name, e.g. "ui/hotline/report.html".
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace plumbline {

struct AssetRow {
    const char* name;
    const char* begin;
    const char* end;
};
// Made by cmake/embed.cmake for the program. Only app/ calls it; rooms are given what they need.
std::span<const AssetRow> asset_rows();

}  // namespace plumbline
