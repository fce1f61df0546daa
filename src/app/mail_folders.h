// SPDX-License-Identifier: Apache-2.0
// Reports by mail: Maildirs (https://cr.yp.to/proto/maildir.html) into which an MTA delivers for a partner. Each mail in new/ is taken
// in and, once it is durable, moved to cur/; a crash between the two costs nothing, since the same bytes count once. Looks every two
// seconds: a folder that is shared over a network tells nobody when something comes.
#pragma once
#include <string>
#include <thread>
#include <vector>

#include "partners/report_taker.h"

namespace plumbline::app {

struct MailFolder {
    std::string partner;
    std::string path;
};
// "bank-a=/var/mail/bank-a, cert-x=/srv/x"; invalid.
Result<std::vector<MailFolder>> mail_folders_from(std::string_view text);

// Takes one mail in. An Error is for later: try again. What cannot be taken at all is an answer `refused`.
Result<partners::ItemAnswer> take_mail(const partners::ReportServices& services, const TokenRow& token, ByteView mail);

// Takes what is in the folder's new/ now; gives how many were moved to cur/. An Error is the folder's or the store's.
Result<std::size_t> take_mail_folder(const partners::ReportServices& services, const MailFolder& folder);

// A thread that looks into all folders until it is destroyed.
class MailWatch {
  public:
    MailWatch(const partners::ReportServices& services, std::vector<MailFolder> folders);

  private:
    std::jthread thread_;
};

}  // namespace plumbline::app
