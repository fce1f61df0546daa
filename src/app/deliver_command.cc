// SPDX-License-Identifier: Apache-2.0
#include "app/deliver_command.h"

#include <sysexits.h>

#include <cstdio>

#include "app/assets.h"
#include "app/data_folder.h"
#include "app/mail_folders.h"
#include "app/open_store.h"
#include "app/outside.h"
#include "app/report_door.h"
#include "app/system_clock.h"

namespace plumbline::app {

namespace {

constexpr std::size_t mail_bytes_max = 64 * 1024 * 1024;

Result<Bytes> read_standard_input() {
    Bytes bytes;
    char buffer[65536];
    while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, stdin)) {
        append(bytes, std::string_view(buffer, count));
        if (bytes.size() > mail_bytes_max) return fail(ErrorKind::too_large, "a mail may have {} bytes", mail_bytes_max);
    }
    if (std::ferror(stdin) != 0) return fail(ErrorKind::unavailable, "standard input cannot be read");
    if (bytes.empty()) return fail(ErrorKind::invalid, "there is no mail on standard input");
    return bytes;
}

Result<int> deliver(const Command& command, Entropy& entropy) {
    const reports::ReportReaders readers = TRY(built_in_report_readers());
    const std::string data = data_folder_of(command);
    const Config config = TRY(config_of(command));
    const auto sandbox = TRY(start_report_sandbox(readers, 1, config.limits));
    const Bytes mail = TRY(read_standard_input());
    SystemClock clock;
    const OpenStore open = TRY(open_store(data, config.limits, false));
    const auto token = partners::token_of_partner(*open.store, command.partner);
    if (!token && token.error().kind == ErrorKind::not_found) {
        std::fprintf(stderr, "plumbline deliver: %s\n", token.error().message.c_str());
        return EX_NOUSER;
    }
    if (!token) return fail(token.error());
    const Categories categories = TRY(built_in_categories());
    const auto intake = intake::Intake::make(*open.store, *open.blobs, clock, entropy, categories, TRY(read_intake_keys(data)), config.limits);
    partners::RateCounter rates;
    const partners::ReportServices services = report_services(*intake, *open.store, clock, readers, *sandbox, rates);
    const partners::ItemAnswer answer = TRY(take_mail(services, *token, mail));
    std::printf("%s\n", partners::to_json(answer).dump().c_str());
    return answer.outcome == partners::ItemOutcome::refused ? EX_DATAERR : EX_OK;
}

}  // namespace

Result<int> run_deliver(const Command& command, Entropy& entropy) {
    const auto code = deliver(command, entropy);
    if (code) return *code;
    // An MTA keeps the mail and tries again on 75; all else it would send back to the partner.
    std::fprintf(stderr, "plumbline deliver: %s\n", code.error().message.c_str());
    return code.error().kind == ErrorKind::invalid || code.error().kind == ErrorKind::too_large ? EX_DATAERR : EX_TEMPFAIL;
}

}  // namespace plumbline::app
