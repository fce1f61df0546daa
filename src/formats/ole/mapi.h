// SPDX-License-Identifier: Apache-2.0
// What Outlook calls the parts of a message ([MS-OXPROPS]): the same numbers in MSG, PST and TNEF.
#pragma once
#include <cstdint>
#include <string_view>

namespace plumbline::formats::mapi {

enum Type : std::uint16_t { integer16 = 0x0002, integer32 = 0x0003, object = 0x000d, narrow = 0x001e, wide = 0x001f, binary = 0x0102 };
enum Id : std::uint16_t {
    message_class = 0x001a, subject = 0x0037, headers = 0x007d, recipient_type = 0x0c15, sender_name = 0x0c1a, sender_address = 0x0c1f,
    sender_smtp = 0x5d01, sent_for_name = 0x0042, sent_for_address = 0x0065, sent_for_smtp = 0x5d02, display_bcc = 0x0e02, display_cc = 0x0e03,
    display_to = 0x0e04, subject_normal = 0x0e1d, body = 0x1000, rtf_packed = 0x1009, html = 0x1013, message_id = 0x1035, references = 0x1039,
    in_reply_to = 0x1042, display_name = 0x3001, address = 0x3003, smtp_address = 0x39fe, attachment_data = 0x3701, attachment_extension = 0x3703,
    attachment_short_name = 0x3704, attachment_name = 0x3707, attachment_media_type = 0x370e, code_page_of_html = 0x3fde, code_page = 0x3ffd,
    reply_names = 0x0050,
};

// As a mail's header would name it, so that readers and scanners know what stands there; empty for all others.
constexpr std::string_view label_of(std::uint32_t id) {
    switch (id) {
        case subject: return "Subject: ";
        case display_to: return "To: ";
        case display_cc: return "Cc: ";
        case display_bcc: return "Bcc: ";
        case message_id: return "Message-ID: ";
        case references: return "References: ";
        case in_reply_to: return "In-Reply-To: ";
        case reply_names: return "Reply-To: ";
        default: return {};
    }
}
// Whose addresses these are: a name and up to two addresses in one line.
struct Person {
    std::string_view label;
    Id name, address, smtp;
};
constexpr Person senders[] = {{"From: ", sent_for_name, sent_for_address, sent_for_smtp}, {"Sender: ", sender_name, sender_address, sender_smtp}};
// What kind of thing it is ("IPM.Post") and how an address is written ("SMTP"): nothing that was said.
constexpr bool is_class(std::uint32_t id) {
    return id == message_class || id == 0x004b || id == 0x3613 || id == 0x0c1e || id == 0x0064 || id == 0x0077 || id == 0x0066 || id == 0x0068 || id == 0x3002;
}
constexpr std::string_view recipient_label(std::uint64_t type) { return type == 2 ? "Cc: " : type == 3 ? "Bcc: " : "To: "; }
constexpr Id shown_first[] = {display_to, display_cc, display_bcc, subject, reply_names, message_id, in_reply_to, references};

}  // namespace plumbline::formats::mapi
