// SPDX-License-Identifier: Apache-2.0
// What the handlers of the mailbox share. Inside face/ only.
#pragma once
#include "face/hotline_pages.h"

namespace plumbline::face {

struct MailboxForm {
    std::string words;
    std::string message;             // what is written
    std::string message_id, file;    // a file of the desk's
    std::string work;                // a solution of face/work.h, from a script
    bool is_confirmed = false;       // to withdraw
};
Result<MailboxForm> mailbox_form_from(std::string_view body);   // application/x-www-form-urlencoded

// What the open page says of the act before.
struct MailboxSaid {
    bool is_sent = false;
    std::string error = {};          // at the message
    std::string proof_error = {};
    std::string withdraw_error = {};
    std::string file_error = {};
};
Response open_page(const Hotline& hotline, int status, const MailboxForm& form, const intake::Intake::Mailbox& mailbox, const MailboxSaid& said);
Response opened(const Hotline& hotline, const MailboxForm& form, int status, const MailboxSaid& said);
Response mailbox_error(const Hotline& hotline, const MailboxForm& form, const Error& error);
void add_mailbox_message_route(Router& router, HotlinesPtr hotlines);   // mailbox_message.cc

}  // namespace plumbline::face
