// SPDX-License-Identifier: Apache-2.0
// The chart is laid out in pixels of its own width: title, legend with totals, plot with grid and stacked bars, days under
// it, the frame below. Nothing in it is a font metric: text widths are estimated generously.
#include "figures/chart.h"

#include <algorithm>

namespace plumbline::figures {
namespace {

using std::chrono::days;

// Colours told apart with the common forms of colour blindness (after Okabe and Ito 2008), the largest group first; the
// last stands for the other groups together. All have contrast 3:1 to white and to near-black.
constexpr std::array colours{std::string_view("#0072b2"), std::string_view("#d55e00"), std::string_view("#009e73"),
                             std::string_view("#a8649a"), std::string_view("#a07a00"), std::string_view("#808080")};
constexpr std::size_t series_max = 5;
constexpr double letter_px = 6.8;   // a generous mean of 12 px sans-serif

struct Bar {
    Day from;
    Day to;                         // inclusive
    std::string label;              // "2026-11-02", "week of 2026-11-02", "2026-11"
    GroupCounts counts;
};

struct Series {
    std::string title;
    std::string_view colour;
    std::vector<CategoryGroup> groups;
    std::uint64_t total = 0;
};

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '&': out += "&amp;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

// 12345 as "12,345".
std::string grouped(std::uint64_t number) {
    std::string digits = fmt::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
    return digits;
}

Day next_month(Day day) {
    const std::chrono::year_month_day date(day);
    return std::chrono::sys_days((date.year() / date.month() + std::chrono::months(1)) / std::chrono::day(1));
}

std::vector<Bar> bars_of(const Figures& figures, std::size_t days_shown_max, std::size_t weeks_shown_max) {
    const Frame& frame = figures.frame;
    const auto length = static_cast<std::size_t>((frame.to - frame.from).count() + 1);
    std::vector<Bar> bars;
    for (Day from = frame.from; from <= frame.to;) {
        Bar bar;
        bar.from = from;
        Day next = from + days(1);
        if (length > weeks_shown_max * 7) {
            next = next_month(from);
            bar.label = to_text(from).substr(0, 7);
        } else if (length > days_shown_max) {
            const auto weekday = std::chrono::weekday(from).iso_encoding();
            next = from + days(8 - static_cast<int>(weekday));   // weeks from Monday, ISO 8601
            bar.label = "week of " + to_text(from);
        } else {
            bar.label = to_text(from);
        }
        bar.to = std::min(next - days(1), frame.to);
        for (auto day = figures.received_by_day.lower_bound(from); day != figures.received_by_day.end() && day->first <= bar.to; ++day) {
            for (const CategoryGroup group : category_groups) bar.counts[group] += day->second[group];
        }
        bars.push_back(std::move(bar));
        from = next;
    }
    return bars;
}

std::string title_of(const Categories& categories, CategoryGroup group) { return std::string(categories.title_of(group)); }

std::vector<Series> series_of(const Figures& figures, const Categories& categories) {
    std::vector<CategoryGroup> groups;
    for (const CategoryGroup group : category_groups) {
        if (figures.received[group] > 0) groups.push_back(group);
    }
    std::stable_sort(groups.begin(), groups.end(), [&figures](CategoryGroup a, CategoryGroup b) { return figures.received[a] > figures.received[b]; });
    std::vector<Series> series;
    for (const CategoryGroup group : groups) {
        // "The others" of one group would only hide its name.
        if (series.size() < series_max || (series.size() == series_max && groups.size() == series_max + 1)) {
            series.push_back(Series{title_of(categories, group), colours[series.size()], {}, 0});
        } else if (series.size() == series_max) {
            series.push_back(Series{fmt::format("{} other groups", groups.size() - series_max), colours.back(), {}, 0});
        }
        series.back().groups.push_back(group);
        series.back().total += figures.received[group];
    }
    return series;
}

// A step of 1, 2 or 5 times a power of ten, so that at most `lines_max` lines reach the top.
std::uint64_t grid_step(std::uint64_t top, std::uint64_t lines_max) {
    for (std::uint64_t power = 1;; power *= 10) {
        for (const std::uint64_t digit : {1, 2, 5}) {
            if (digit * power * lines_max >= top) return digit * power;
        }
    }
}

// What a chart is drawn into, in pixels.
class Drawing {
  public:
    Drawing(const Figures& figures, const Categories& categories, int width, std::string_view id)
        : figures_(figures), width_(width), id_(id), bars_(bars_of(figures, width < 600 ? 45 : 92, width < 600 ? 40 : 78)), series_(series_of(figures, categories)) {}

    std::string svg() {
        draw_title();
        draw_legend();
        draw_plot();
        draw_frame();
        return fmt::format(
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"{0}-title {0}-desc\" viewBox=\"0 0 {1} {2:.0f}\" "
                   "width=\"{1}\" height=\"{2:.0f}\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"currentColor\">"
                   "<title id=\"{0}-title\">{3}</title><desc id=\"{0}-desc\">{4}</desc>",
                   id_, width_, y_ + 4, escaped(title_), escaped(description())) +
               body_ + "</svg>";
    }

  private:
    void text(double x, double y, std::string_view words, std::string_view attributes = "") {
        body_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\"{}{}>{}</text>", x, y, attributes.empty() ? "" : " ", attributes, escaped(words));
    }

    void draw_title() {
        const std::string_view by = bars_.empty() || bars_.front().label.size() == 10 ? "day" : bars_.front().label.size() == 7 ? "month" : "week";
        title_ = fmt::format("Tips received by {}", by);
        y_ = 20;
        text(0, y_, title_, "font-size=\"16\" font-weight=\"600\"");
        text(0, y_ += 20, fmt::format("{} tips, {} to {}", grouped(figures_.received.total()), to_text(figures_.frame.from), to_text(figures_.frame.to)), "opacity=\"0.75\"");
        y_ += 12;
    }

    void draw_legend() {
        double x = 0;
        y_ += 14;
        for (const Series& series : series_) {
            const std::string label = fmt::format("{}: {}", series.title, grouped(series.total));
            const double needed = 18 + letter_px * static_cast<double>(label.size()) + 14;
            if (x > 0 && x + needed > width_) {
                x = 0;
                y_ += 20;
            }
            body_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"12\" height=\"12\" rx=\"2\" fill=\"{}\"/>", x, y_ - 10, series.colour);
            text(x + 18, y_, label);
            x += needed;
        }
        y_ += 22;
    }

    void draw_plot() {
        std::uint64_t top = 1;
        for (const Bar& bar : bars_) top = std::max(top, bar.counts.total());
        const std::uint64_t step = grid_step(top, 5);
        const std::uint64_t highest = (top + step - 1) / step * step;
        const double left = 10 + letter_px * static_cast<double>(grouped(highest).size());
        const double height = width_ < 600 ? 190 : 260;
        const double base = y_ + height;
        const double unit = height / static_cast<double>(highest);
        for (std::uint64_t line = 0; line <= highest; line += step) {
            const double y = base - unit * static_cast<double>(line);
            body_ += fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\" stroke=\"currentColor\" stroke-opacity=\"{}\"/>",
                                 left, y, width_, y, line == 0 ? "0.7" : "0.15");
            text(left - 6, y + 4, grouped(line), "text-anchor=\"end\" opacity=\"0.75\"");
        }
        const double pitch = (width_ - left) / static_cast<double>(std::max<std::size_t>(1, bars_.size()));
        const double gap = pitch > 6 ? std::max(2.0, pitch * 0.2) : pitch * 0.15;
        const double bar_width = std::min(pitch - gap, 48.0);
        for (std::size_t at = 0; at < bars_.size(); ++at) {
            draw_bar(bars_[at], left + pitch * (static_cast<double>(at) + 0.5) - bar_width / 2, bar_width, base, unit);
        }
        draw_dates(left, pitch, base);
        y_ = base + 22;
        if (figures_.received.total() == 0) text((left + width_) / 2, base - height / 2, "No tip in this period", "text-anchor=\"middle\" opacity=\"0.75\"");
    }

    void draw_bar(const Bar& bar, double x, double width, double base, double unit) {
        if (bar.counts.total() == 0) return;
        std::string words = fmt::format("{}: {} tips", bar.label, grouped(bar.counts.total()));
        std::string parts;
        double y = base;
        for (const Series& series : series_) {
            std::uint64_t tips = 0;
            for (const CategoryGroup group : series.groups) tips += bar.counts[group];
            if (tips == 0) continue;
            const double height = unit * static_cast<double>(tips);
            y -= height;
            parts += fmt::format("<rect x=\"{:.1f}\" y=\"{:.2f}\" width=\"{:.1f}\" height=\"{:.2f}\" fill=\"{}\"/>", x, y, width, height, series.colour);
            words += fmt::format("; {} {}", series.title, grouped(tips));
        }
        body_ += fmt::format("<g><title>{}</title>{}</g>", escaped(words), parts);
    }

    // As many dates as fit side by side, evenly: the first bar, then every n-th.
    void draw_dates(double left, double pitch, double base) {
        const bool is_month = !bars_.empty() && bars_.front().label.size() == 7;
        const double label_px = letter_px * (is_month ? 7 : 10) + 14;
        const auto fitting = std::max<std::size_t>(1, static_cast<std::size_t>((width_ - left) / label_px));
        const std::size_t every = std::max<std::size_t>(1, (bars_.size() + fitting - 1) / fitting);
        for (std::size_t at = 0; at < bars_.size(); at += every) {
            const double middle = left + pitch * (static_cast<double>(at) + 0.5);
            const double half = (label_px - 14) / 2;
            const double x = std::clamp(middle, half, width_ - half);
            body_ += fmt::format("<line x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\" stroke=\"currentColor\" stroke-opacity=\"0.5\"/>", middle, base, base + 4);
            text(x, base + 17, is_month ? bars_[at].label : to_text(bars_[at].from), "text-anchor=\"middle\" opacity=\"0.75\"");
        }
    }

    // The frame, cut into lines that fit.
    void draw_frame() {
        const auto fitting = static_cast<std::size_t>(width_ / (letter_px * 0.93));
        const std::string words = frame_in_words(figures_);
        std::string line;
        y_ += 8;
        const auto end_line = [this, &line] {
            if (!line.empty()) text(0, y_ += 16, line, "font-size=\"11\" opacity=\"0.75\"");
            line.clear();
        };
        for (std::size_t at = 0; at < words.size();) {
            std::size_t end = std::min(words.find(' ', at), words.size());
            if (!line.empty() && line.size() + 1 + end - at > fitting) end_line();
            // A word that is longer than a line (a hash) goes on in the next one.
            const bool is_cut = end - at > fitting;
            if (is_cut) end = at + fitting;
            if (!line.empty()) line += ' ';
            line += words.substr(at, end - at);
            at = is_cut ? end : end + 1;
        }
        end_line();
        y_ += 4;
    }

    std::string description() const {
        std::string words = fmt::format("Stacked bars. {} tips in all", grouped(figures_.received.total()));
        for (const Series& series : series_) words += fmt::format("; {} {}", series.title, grouped(series.total));
        const auto highest = std::max_element(bars_.begin(), bars_.end(), [](const Bar& a, const Bar& b) { return a.counts.total() < b.counts.total(); });
        if (highest != bars_.end() && highest->counts.total() > 0) words += fmt::format(". Most in {}: {}", highest->label, grouped(highest->counts.total()));
        return words + ". " + frame_in_words(figures_);
    }

    const Figures& figures_;
    int width_;
    std::string_view id_;
    std::vector<Bar> bars_;
    std::vector<Series> series_;
    std::string title_;
    std::string body_;
    double y_ = 0;
};

void put_cell(std::string& out, std::uint64_t count, bool is_total = false) {
    out += is_total ? "<td><b>" : "<td>";
    out += grouped(count);
    out += is_total ? "</b></td>" : "</td>";
}

}  // namespace

std::string frame_in_words(const Figures& figures) {
    const Frame& frame = figures.frame;
    return fmt::format("Unit: {} (reports received, not offences or persons). Period: {} to {}, both days included, UTC. Counted on {} from the first {} entries of the public log. Rulebook: {}.",
                       frame.unit, to_text(frame.from), to_text(frame.to), to_text(frame.as_of), grouped(frame.log_size), frame.rulebook.empty() ? "none" : frame.rulebook);
}

std::string chart_svg(const Figures& figures, const Categories& categories, int width_px, std::string_view id) {
    return Drawing(figures, categories, std::clamp(width_px, 240, 2'000), id).svg();
}

std::string table_html(const Figures& figures, const Categories& categories) {
    std::vector<TipState> states;
    for (const TipState state : tip_states) {
        const bool is_used = std::any_of(figures.states.begin(), figures.states.end(), [state](const auto& row) { return row.second.count(state) != 0; });
        if (is_used) states.push_back(state);
    }
    std::string out = "<table class=\"figures\"><caption>" + escaped(frame_in_words(figures)) + "</caption><thead><tr><th scope=\"col\">Group</th><th scope=\"col\">Received in the period</th>";
    for (const TipState state : states) {
        std::string name(name_of(state));
        std::replace(name.begin(), name.end(), '_', ' ');
        out += fmt::format("<th scope=\"col\">State on {}: {}</th>", to_text(figures.frame.to), escaped(name));
    }
    out += "</tr></thead><tbody>";
    std::map<TipState, std::uint64_t> totals;
    for (const CategoryGroup group : category_groups) {
        out += fmt::format("<tr><th scope=\"row\">{}</th>", escaped(title_of(categories, group)));
        put_cell(out, figures.received[group]);
        const auto row = figures.states.find(group);
        for (const TipState state : states) {
            const bool is_there = row != figures.states.end() && row->second.count(state) != 0;
            const std::uint64_t tips = is_there ? row->second.at(state) : 0;
            totals[state] += tips;
            put_cell(out, tips);
        }
        out += "</tr>";
    }
    out += "</tbody><tfoot><tr><th scope=\"row\">All groups</th>";
    put_cell(out, figures.received.total(), true);
    for (const TipState state : states) put_cell(out, totals[state], true);
    return out + "</tr></tfoot></table>";
}

}  // namespace plumbline::figures
