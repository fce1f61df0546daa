// SPDX-License-Identifier: Apache-2.0
// Reminders come before a deadline passes, once, and once more when it has.
#include "desk/reminders.h"

#include <gtest/gtest.h>

#include "desk/test_desk.h"

namespace plumbline::desk {
namespace {

std::string texts_of(const std::vector<Reminder>& reminders) {
    std::string text;
    for (const Reminder& reminder : reminders) text += fmt::format("{} {} {}; ", reminder.kind == ReminderKind::overdue ? "overdue" : "due soon", reminder.queue, reminder.minutes_left);
    return text;
}

TEST(Reminders, ComeOnceBeforeTheDeadlineAndOnceAfterIt) {
    TestDesk desk(PLUMBLINE_SOURCE_DIR);   // it is 10:30
    const TipId tip = desk.accept("one");
    desk.decide(tip, Severity::high, 24);  // due tomorrow at 10:00: the first reminder six hours before
    Reminders reminders(*desk.store, desk.clock);
    EXPECT_EQ(texts_of(reminders.due().take()), "");
    desk.clock.advance(std::chrono::hours(18));
    EXPECT_EQ(texts_of(reminders.due().take()), "due soon fraud 330; ");
    EXPECT_EQ(texts_of(reminders.due().take()), "");
    desk.clock.advance(std::chrono::hours(6));
    EXPECT_EQ(texts_of(reminders.due().take()), "overdue fraud -30; ");
    EXPECT_EQ(texts_of(reminders.due().take()), "");
    // A restart forgets what was told: better twice than never.
    EXPECT_EQ(texts_of(Reminders(*desk.store, desk.clock).due().take()), "overdue fraud -30; ");
}

TEST(Reminders, AreNotOfWhatAPersonHasOpened) {
    TestDesk desk(PLUMBLINE_SOURCE_DIR);
    const TipId opened = desk.accept("opened");
    const TipId waits = desk.accept("waits");
    desk.decide(opened, Severity::high, 2);
    desk.decide(waits, Severity::high, 2, {}, "urgent");
    DeskService service(desk.parts());
    ASSERT_TRUE(service.open(opened, desk.session()).has_value());
    desk.clock.advance(std::chrono::minutes(45));
    Reminders reminders(*desk.store, desk.clock);
    EXPECT_EQ(texts_of(reminders.due().take()), "due soon urgent 45; ");
    ASSERT_TRUE(service.open(waits, desk.session()).has_value());
    desk.clock.advance(std::chrono::hours(9));
    EXPECT_EQ(texts_of(reminders.due().take()), "");
}

TEST(Reminders, ComeAQuarterOfTheTimeBeforeWithinBounds) {
    const Instant start = instant_from("2026-11-20T10:00:00Z").take();
    EXPECT_EQ(reminder_before(start, start + std::chrono::hours(1)), std::chrono::hours(1));
    EXPECT_EQ(reminder_before(start, start + std::chrono::hours(24)), std::chrono::hours(6));
    EXPECT_EQ(reminder_before(start, start + std::chrono::hours(24 * 30)), std::chrono::hours(24));
}

}  // namespace
}  // namespace plumbline::desk
