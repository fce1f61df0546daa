// SPDX-License-Identifier: Apache-2.0
#include "dispatch/dispatch.h"

#include <gtest/gtest.h>

namespace plumbline::dispatch {
namespace {

Decision decision_of(Severity severity, std::int64_t hours) {
    Decision decision;
    decision.severity = severity;
    decision.deadline_hours = hours;
    return decision;
}
PartEvidence part_of(std::uint32_t part, std::string format) {
    PartEvidence evidence;
    evidence.part = part;
    evidence.format = std::move(format);
    return evidence;
}

TEST(Dispatch, TheTextAloneIsNoWorkForALab) {
    EXPECT_TRUE(jobs_for(decision_of(Severity::critical, 1), Evidence{}).empty());
    EXPECT_TRUE(jobs_for(decision_of(Severity::critical, 1), Evidence{{part_of(0, "text")}}).empty());
    // The reporter's text may look like a mail; it is still the desk's to read.
    EXPECT_TRUE(jobs_for(decision_of(Severity::critical, 1), Evidence{{part_of(0, "mail")}}).empty());
}

TEST(Dispatch, FilesAreOneJobOfTheSkillThatTheyNeed) {
    const auto mail = jobs_for(decision_of(Severity::high, 24), Evidence{{part_of(0, "text"), part_of(1, "zip"), part_of(2, "mail")}});
    ASSERT_EQ(mail.size(), 1u);
    EXPECT_EQ(mail[0].skill, skill_examine_mail);
    EXPECT_EQ(mail[0].deadline_hours, 24);
    EXPECT_EQ(mail[0].priority, 29'976);
    const auto file = jobs_for(decision_of(Severity::low, 720), Evidence{{part_of(0, "text"), part_of(1, "unknown")}});
    ASSERT_EQ(file.size(), 1u);
    EXPECT_EQ(file[0].skill, skill_examine_file);
}

TEST(Dispatch, AFileThatCouldNotBeReadStillGoesToALab) {
    PartEvidence broken = part_of(1, "");
    broken.unread.push_back({"0", "decoder killed: memory limit"});
    EXPECT_EQ(jobs_for(decision_of(Severity::low, 720), Evidence{{broken}}).size(), 1u);
}

TEST(Dispatch, PicturesAreAJobOfTheirOwnWhereALabReadsThem) {
    PartEvidence picture = part_of(1, "image");
    picture.pictures = 2;
    EXPECT_EQ(jobs_for(decision_of(Severity::low, 720), Evidence{{picture}}).size(), 1u);
    const auto jobs = jobs_for(decision_of(Severity::low, 720), Evidence{{picture}}, true);
    ASSERT_EQ(jobs.size(), 2u);
    EXPECT_EQ(jobs[1].skill, skill_read_pictures);
    EXPECT_EQ(jobs[1].priority, jobs[0].priority);
    EXPECT_EQ(jobs_for(decision_of(Severity::low, 720), Evidence{{part_of(1, "image")}}, true).size(), 1u);
}

TEST(Dispatch, SeverityFirstThenTheShorterDeadline) {
    const Severity severities[] = {Severity::low, Severity::medium, Severity::high, Severity::critical};
    const std::int64_t hours[] = {8760, 720, 24, 1};
    int before = -1;
    for (const Severity severity : severities)
        for (const std::int64_t each : hours) {
            const int priority = priority_of(decision_of(severity, each));
            EXPECT_GT(priority, before);
            before = priority;
        }
    EXPECT_LE(before, 40'000);
    EXPECT_EQ(priority_of(decision_of(Severity::low, 1'000'000)), priority_of(decision_of(Severity::low, 9'999)));
    EXPECT_EQ(priority_of(decision_of(Severity::low, -5)), priority_of(decision_of(Severity::low, 0)));
}

}  // namespace
}  // namespace plumbline::dispatch
