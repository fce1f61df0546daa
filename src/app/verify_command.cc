// SPDX-License-Identifier: Apache-2.0
#include "app/verify_command.h"

#include <cstdio>

#include "app/data_folder.h"
#include "app/open_store.h"
#include "app/receipt_command.h"
#include "flow/recheck.h"
#include "ledger/verify.h"
#include "vault/tip_opener.h"

namespace plumbline::app {

namespace {

Json as_json(const ledger::Problem& problem) {
    Json row = Json::object();
    row.set("problem", problem.what);
    if (!problem.file.empty()) row.set("file", problem.file);
    if (problem.offset) row.set("offset", static_cast<std::int64_t>(*problem.offset));
    if (problem.entry) row.set("entry", static_cast<std::int64_t>(*problem.entry));
    return row;
}

void print_report(const ledger::VerifyReport& report, bool as_lines_of_json) {
    if (as_lines_of_json) {
        for (const ledger::Problem& problem : report.problems) std::printf("%s\n", as_json(problem).dump().c_str());
        Json summary = Json::object();
        summary.set("ok", report.is_ok());
        summary.set("problems", report.problem_count);
        summary.set("log_size", report.checkpoint.size);
        summary.set("entries_checked", report.entries_checked);
        summary.set("files_checked", report.files_checked);
        summary.set("tips_checked", report.tips_checked);
        summary.set("openings_checked", report.openings_checked);
        summary.set("parts_checked", report.parts_checked);
        std::printf("%s\n", summary.dump().c_str());
        return;
    }
    for (const ledger::Problem& problem : report.problems) std::printf("WRONG  %s\n", problem.text().c_str());
    if (report.problem_count > report.problems.size()) std::printf("WRONG  and %llu more\n", static_cast<unsigned long long>(report.problem_count - report.problems.size()));
    for (const std::string& note : report.notes) std::printf("note   %s\n", note.c_str());
    std::printf("%s: log of %llu entries (%llu checked in %llu files), %llu tips, %llu openings, %llu sealed parts\n", report.is_ok() ? "ok" : "NOT OK",
                static_cast<unsigned long long>(report.checkpoint.size), static_cast<unsigned long long>(report.entries_checked),
                static_cast<unsigned long long>(report.files_checked), static_cast<unsigned long long>(report.tips_checked),
                static_cast<unsigned long long>(report.openings_checked), static_cast<unsigned long long>(report.parts_checked));
}

}  // namespace

Result<int> run_verify(const Command& command, Entropy& entropy) {
    if (!command.receipt_file.empty()) return run_verify_receipt(command);
    const bool is_outsider = !command.paths.empty();
    const std::string data = data_folder_of(command);
    const std::string log = is_outsider ? command.paths.front() : data + "/ledger";
    if (is_outsider && command.log_public_key.empty()) return fail(ErrorKind::invalid, "--log needs --log-key: a log proves nothing without the key it is signed with");
    if (!is_outsider && !file_exists(data + "/plumbline.db")) return fail(ErrorKind::not_found, "{}: no store is here", data);
    const seal::VerifyKey key = TRY(read_verify_key(command.log_public_key.empty() ? KeyPaths(data).ledger_public : command.log_public_key));
    ledger::VerifyReport report = ledger::verify_log(log, key);
    if (!is_outsider) {
        const OpenStore open = TRY(open_store(data, Limits(), false));
        ledger::StoreChecks checks;
        std::optional<seal::SecretKey> desk;
        std::optional<vault::TipOpener> opener;
        const auto passphrase = TRY(read_passphrase(command.passphrase_file));
        auto secret = read_desk_secret_key(data, passphrase);
        // Without the desk key (a hotline's host, or a key under a passphrase that is not given) what is sealed is not checked. A
        // passphrase that does not fit is a mistake to be told, and a damaged key is what this command is for.
        if (!secret && passphrase) return fail(secret.error());
        if (!secret && secret.error().kind != ErrorKind::not_found && secret.error().kind != ErrorKind::denied) report.add({"", {}, {}, secret.error().message});
        if (secret) {
            desk = *secret;
            opener.emplace(*open.store, *open.blobs, *desk, entropy);
            checks.opening = [&opener](const StoredEntry& entry) -> Result<void> {
                TRY(opener->opening_of(entry));
                return {};
            };
            checks.tip = [&open, &opener](TipId tip) { return flow::recheck_tip(*open.store, *opener, tip); };
        } else {
            report.notes.push_back("openings, decisions, findings and answers were not checked: " + secret.error().message);
        }
        if (file_exists(KeyPaths(data).receipt_public)) checks.receipt_key = TRY(read_verify_key(KeyPaths(data).receipt_public));
        else report.notes.push_back("receipts were not checked: " + KeyPaths(data).receipt_public + " is missing");
        ledger::verify_against_store(report, log, *open.store, *open.blobs, checks);
    }
    print_report(report, command.format == "jsonl");
    return report.is_ok() ? 0 : 1;
}

}  // namespace plumbline::app
