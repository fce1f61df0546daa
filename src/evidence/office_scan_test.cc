// SPDX-License-Identifier: Apache-2.0
// Messages and mailboxes of Outlook, old Office documents: what is known to stand in real ones is found, and each place leads
// back to its bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "evidence/scan.h"

namespace plumbline::evidence {
namespace {

std::string shared_file(const std::string& name) {
    std::ifstream in(std::string(PLUMBLINE_SHARED_DIR) + "/data/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Known {
    std::string file;
    IndicatorKind kind;
    std::string value;
    std::string where;  // how the place starts
};

TEST(OfficeScan, KnownIndicatorsAreFoundAndPrintedAgain) {
    const std::string unicode_msg = "10-forensic/bulk_extractor/tests__Data__Outlook_Files__Outlook Message Format - Unicode.msg";
    const std::string mailbox = "10-forensic/bulk_extractor/tests__Data__Outlook_Files__outlook.pst";
    const std::vector<Known> known = {
        {unicode_msg, IndicatorKind::email, "InBody_Email@email.com", "0-msg:0-"},
        {unicode_msg, IndicatorKind::email, "gklansbu@nps.edu", "0-msg:0-"},
        {unicode_msg, IndicatorKind::email, "Attached_Email@email.com", "0-ole:33/"},
        {"08-stix-misp/misp/email_testfiles__mail_5.msg", IndicatorKind::email, "kingleo@gmx.at", ""},
        {"08-stix-misp/misp/email_testfiles__mail_5.msg", IndicatorKind::message_id, "E5-bad037e6-elaine5029/3/2852-f493@mailings.gmx.net", "0-msg:0-"},
        {mailbox, IndicatorKind::email, "user@outlook.com", "0-pst:2097252/text-"},
        {"12-hostile/documents-tika/testWORD_header_hyperlink.doc", IndicatorKind::url, "http://tw-systemhaus.de/", ""},
        {"12-hostile/documents-tika/testPPT_various.ppt", IndicatorKind::url, "http://tika.apache.org/", "0-ole:1/"},
        {"12-hostile/documents-tika/testEXCEL_labels-govdocs-515858.xls", IndicatorKind::url, "http://faostat.fao.org/site/291/default.aspx", ""},
    };
    if (shared_file(mailbox).empty()) GTEST_SKIP() << "no shared data";
    for (const Known& row : known) {
        SCOPED_TRACE(row.file + " " + row.value);
        const std::string bytes = shared_file(row.file);
        const PartEvidence evidence = scan_part(view(bytes), row.file, {});
        const auto found = std::find_if(evidence.sightings.begin(), evidence.sightings.end(), [&](const Sighting& sighting) {
            return sighting.kind == row.kind && sighting.value == row.value && sighting.where.starts_with(row.where);
        });
        ASSERT_NE(found, evidence.sightings.end());
        const Result<Bytes> again = print_bytes_at(view(bytes), found->where + "+" + std::to_string(found->text.size()), {});
        ASSERT_TRUE(again) << found->where;
        EXPECT_EQ(text_of(*again), found->text) << found->where;
    }
}

TEST(OfficeScan, EmbeddedFilesAreSightedByTheirHash) {
    const std::string bytes = shared_file("12-hostile/office-oletools/oleobj__embedded-simple-2007.ppt");
    if (bytes.empty()) GTEST_SKIP() << "no shared data";
    const PartEvidence evidence = scan_part(view(bytes), "x.ppt", {});
    const auto found = std::find_if(evidence.sightings.begin(), evidence.sightings.end(),
                                    [](const Sighting& sighting) { return sighting.kind == IndicatorKind::file && sighting.text == "simple-text-file.txt"; });
    ASSERT_NE(found, evidence.sightings.end());
    const Result<Bytes> again = print_bytes_at(view(bytes), found->where, {});
    ASSERT_TRUE(again) << found->where;
    EXPECT_EQ(again->size(), 57U);
}

}  // namespace
}  // namespace plumbline::evidence
