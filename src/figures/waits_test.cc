// SPDX-License-Identifier: Apache-2.0
// What waits and what was opened in time, from entries alone; against a count that knows every tip by its name.
#include "figures/waits.h"

#include <gtest/gtest.h>

#include <random>

#include "figures/figures.h"
#include "model/wait.h"

namespace plumbline::figures {
namespace {

Day day(int number) { return Day(std::chrono::days(20'000 + number)); }
LedgerEntry entry(std::string kind, int on, const PublicWait& wait = {}) {
    return LedgerEntry{std::move(kind), day(on), CategoryGroup::fraud, "", sha256(view("x")), about_text(wait)};
}
const std::string sorted = "tip.received>decided", opened = "tip.decided>opened";

TEST(Waits, ATipWaitsUntilAPersonOpensIt) {
    std::vector<LedgerEntry> log{entry("tip.received", 1)};
    const auto count = [&log](int from, int to, int as_of) {
        Options options;
        options.from = day(from);
        options.to = day(to);
        options.as_of = day(as_of);
        return figures::count(log, options).value().waits;
    };
    EXPECT_EQ(count(1, 9, 9), (Waits{{"", {1, day(1), 0, 0}}}));
    log.push_back(entry(sorted, 1, {day(1), "fraud", day(3), {}, "", {}}));
    EXPECT_EQ(count(1, 9, 9), (Waits{{"fraud", {1, day(1), 1, 0}}}));
    EXPECT_EQ(count(1, 3, 3), (Waits{{"fraud", {1, day(1), 0, 0}}})) << "what falls due on the day of counting may still be met";
    EXPECT_EQ(count(4, 9, 9), (Waits{{"fraud", {1, day(1), 0, 0}}})) << "due before the period";
    log.push_back(entry(opened, 3, {day(1), "fraud", day(3), true, "", {}}));
    EXPECT_EQ(count(1, 9, 9), (Waits{{"fraud", {0, {}, 1, 1}}}));
    EXPECT_EQ(count(1, 2, 9), (Waits{{"fraud", {1, day(1), 0, 0}}})) << "as it was at the end of the period";
    EXPECT_EQ(count(4, 9, 9), Waits{});
}

TEST(Waits, ALateOpeningCountsAsDueAndNotInTime) {
    WaitCount count(day(1), day(9), day(10));
    count.add(entry("tip.received", 1));
    count.add(entry(sorted, 1, {day(1), "fraud", day(2), {}, "", {}}));
    count.add(entry(opened, 5, {day(1), "fraud", day(2), false, "", {}}));
    EXPECT_EQ(count.waits(), (Waits{{"fraud", {0, {}, 1, 0}}}));
}

TEST(Waits, AgreeWithACountByName) {
    struct Tip {
        int received = 0, due = 0;
        std::string queue;
        bool is_opened = false, in_time = false;
    };
    std::mt19937 random(7);
    const auto any = [&random](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    const std::string queues[] = {"fraud", "urgent", "child"};
    for (int round = 0; round < 200; ++round) {
        std::vector<Tip> tips;
        WaitCount count(day(5), day(30), day(31));
        for (int today = 0; today <= 30; ++today) {
            for (int act = 0; act < 4; ++act) {
                if (any(3) == 0) {
                    tips.push_back({today, 0, "", false, false});
                    count.add(entry("tip.received", today));
                }
                if (tips.empty()) continue;
                Tip& tip = tips[random() % tips.size()];
                const std::string queue = queues[any(3)];
                const int due = tip.received + any(9);
                const bool in_time = today <= tip.due;
                switch (any(3)) {
                    case 0:   // the rules read it
                        if (tip.queue.empty() && !tip.is_opened) count.add(entry(sorted, today, {day(tip.received), queue, day(due), {}, "", {}}));
                        else if (!tip.is_opened) count.add(entry("tip.ranked", today, {day(tip.received), queue, day(due), {}, tip.queue, day(tip.due)}));
                        else if (tip.queue.empty()) count.add(entry("tip.ranked", today, {day(tip.received), queue, day(due), tip.in_time = any(2) == 0, "", {}}));
                        else {
                            count.add(entry("tip.ranked", today));
                            break;
                        }
                        tip.queue = queue;
                        tip.due = due;
                        break;
                    case 1:   // a person opens it
                        if (tip.is_opened) break;
                        tip.is_opened = true;
                        if (tip.queue.empty()) count.add(entry("tip.received>opened", today, {day(tip.received), "", {}, {}, "", {}}));
                        else count.add(entry(opened, today, {day(tip.received), tip.queue, day(tip.due), tip.in_time = in_time, "", {}}));
                        break;
                    default: count.add(entry("tip.opened>closed", today)); break;
                }
            }
        }
        Waits wanted;
        for (const Tip& tip : tips) {
            QueueWaits& row = wanted[tip.queue];
            const bool is_due = !tip.queue.empty() && tip.due >= 5 && tip.due <= 30;
            row.due += is_due ? 1U : 0U;
            row.in_time += is_due && tip.is_opened && tip.in_time ? 1U : 0U;
            if (tip.is_opened) continue;
            ++row.unopened;
            row.oldest_unopened = std::min(row.oldest_unopened.value_or(day(tip.received)), day(tip.received));
        }
        std::erase_if(wanted, [](const auto& row) { return row.second.unopened == 0 && row.second.due == 0; });
        ASSERT_EQ(cells_of(count.waits()), cells_of(wanted)) << round;
        ASSERT_EQ(waits_from(to_json(count.waits(), day(30))).value(), count.waits());
    }
}

TEST(Waits, ALogFromBeforeTheWaitWasPublicIsCountedAsFarAsItGoes) {
    WaitCount count(day(1), day(9), day(10));
    count.add(entry("tip.received", 1));
    count.add(entry("tip.received", 2));
    count.add(entry(sorted, 2));
    count.add(entry(opened, 3, {day(1), "fraud", day(2), true, "", {}}));
    EXPECT_EQ(count.waits().at("").oldest_unopened, day(2));
    EXPECT_EQ(count.waits().at("").unopened, 1U);
}

TEST(Waits, WordsHaveOneSpelling) {
    const PublicWait wait{day(1), "fraud", day(3), true, "urgent", day(2)};
    const std::string text = about_text(wait);
    EXPECT_EQ(public_wait_from(text).value(), wait);
    EXPECT_TRUE(is_about_text(text));
    for (const std::string wrong : {"x", "received=", "received=2024-10-05,", "queue=fraud,received=2024-10-05", "opened=yes", "due=2024-1-1", "was=fraud"}) EXPECT_FALSE(public_wait_from(wrong)) << wrong;
    EXPECT_EQ(public_queue_name("child abuse/\xc3\xa9"), "child_abuse___");
    EXPECT_FALSE(is_about_text("a b"));
    LedgerEntry whole = entry(sorted, 3, wait);
    EXPECT_EQ(ledger_entry_from(entry_bytes(whole)).value(), whole);
    EXPECT_FALSE(ledger_entry_from(entry_bytes(entry(sorted, 3)).insert(0, "").replace(entry_bytes(entry(sorted, 3)).size() - 1, 1, " \n")));
}

}  // namespace
}  // namespace plumbline::figures
