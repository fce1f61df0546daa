// SPDX-License-Identifier: Apache-2.0
// Figures for people's eyes: an SVG chart (stacked bars over time, by category group) and an HTML table. Both carry the
// frame, need no script and no style sheet, and set colours by attributes, so a strict Content-Security-Policy lets them
// pass. Text takes the page's own colour (currentColor). Pure.
#pragma once
#include <string>

#include "figures/figures.h"

namespace plumbline::figures {

inline constexpr int chart_width_px = 860;
inline constexpr int chart_narrow_px = 340;   // for a page of 360

// Category titles come from `categories`; without it a group goes by its name. `id` makes the ids within the SVG unique
// where a page holds several charts: letters, digits and hyphens.
std::string chart_svg(const Figures& figures, const Categories& categories = {}, int width_px = chart_width_px, std::string_view id = "figures");
// <table class="figures">: a row per group with its count in the period and its stock by state, a row of totals, the frame
// as caption.
std::string table_html(const Figures& figures, const Categories& categories = {});
// One line: "Tips received 2026-11-01 to 2026-11-30 (UTC, both days included). Counted ...".
std::string frame_in_words(const Figures& figures);

}  // namespace plumbline::figures
