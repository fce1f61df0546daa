// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace plumbline::app {

namespace {

void add_data(CLI::App* app, Command& command) {
    app->add_option("--data", command.data, "the data folder")->type_name("DIR");
    app->add_option("--config", command.config, "settings (TOML); default DIR/plumbline.toml where it exists")->type_name("FILE");
}
void add_format(CLI::App* app, Command& command, const std::vector<std::string>& formats) {
    command.format = formats.front();
    app->add_option("--format", command.format, "what to print")->check(CLI::IsMember(formats));
}
void add_ports(CLI::App* app, Command& command) {
    app->add_option("--hotline-port", command.port_hotline, "of the public face")->check(CLI::Range(0, 65535));
    app->add_option("--desk-port", command.port_desk, "of the desk")->check(CLI::Range(0, 65535));
    app->add_option("--lab-port", command.port_lab, "for labs (TLS)")->check(CLI::Range(0, 65535));
    app->add_option("--passphrase-file", command.passphrase_file, "first line: the passphrase of the desk key")->type_name("FILE");
}

void add_processes(CLI::App& app, Command& command) {
    CLI::App* serve = app.add_subcommand("serve", "everything on one machine: hotline, desk, line, lab and ledger");
    add_data(serve, command);
    add_ports(serve, command);
    serve->add_flag("--demo", command.is_demo, "load 400 real mails as demo data (default DIR then: plumbline-demo)");
    serve->add_option("--demo-mails", command.demo_mails, "folder of the demo's mails")->type_name("DIR");
    CLI::App* hotline = app.add_subcommand("hotline", "the public face alone: public keys only, may only append");
    add_data(hotline, command);
    hotline->add_option("--hotline-port", command.port_hotline, "of the public face")->check(CLI::Range(0, 65535));
    CLI::App* desk = app.add_subcommand("desk", "the inside: opens tips, runs the line, serves staff and labs");
    add_data(desk, command);
    add_ports(desk, command);
    CLI::App* lab = app.add_subcommand("lab", "works jobs for a desk: dials out over HTTPS");
    lab->add_option("--server", command.server, "https://HOST:PORT of the desk's listener for labs")->required()->type_name("URL");
    lab->add_option("--key", command.key, "this lab's key file (plumbline keys lab)")->required()->type_name("FILE");
    lab->add_option("--fingerprint", command.fingerprint, "SHA-256 of the server's certificate, 64 hexadecimal digits")->type_name("HEX");
    lab->add_option("--jobs", command.jobs, "workers")->check(CLI::Range(1, 64));
    lab->add_flag("--once", command.once, "end when there is no more work");
    lab->add_flag("--read-pictures", command.reads_text_in_pictures, "take jobs that read text in pictures too (Tesseract, seconds a picture)");
    lab->add_option("--hold-mib", command.hold_mib, "a part over this size is read in ranges instead of held in memory")->check(CLI::Range(16, 65536));
    lab->add_option("--bookmark-seconds", command.bookmark_seconds, "how often the desk is given what there is of such a part; 0: after each stretch")->check(CLI::Range(0, 3600));
}

void add_evidence(CLI::App& app, Command& command) {
    CLI::App* scan = app.add_subcommand("scan", "every indicator in files, with the byte it came from");
    scan->add_option("paths", command.paths, "files and folders")->required()->type_name("PATH");
    add_format(scan, command, {"jsonl", "features"});
    scan->add_option("--output", command.output, "write to this file; of features: to this new folder")->type_name("PATH");
    scan->add_flag("--resume", command.resumes, "go on with a scan into --output that was stopped");
    scan->add_option("--region", command.region, "country of phone numbers that are written without one, two letters")->type_name("CC");
    scan->add_option("--jobs", command.jobs, "threads; the output is the same for any number")->check(CLI::Range(1, 256));
    scan->add_option("--print", command.print, "print the bytes at this place of the one file instead")->type_name("WHERE");
    scan->add_flag("--ocr", command.reads_text_in_pictures, "read text in pictures too: a weak source, seconds a picture");
    scan->add_flag("--no-codes", command.skips_codes, "leave out QR and bar codes in pictures: much faster where there are many");
    scan->add_option("--xor", command.xor_keys, "also read every file with its bytes XOR this one, two hexadecimal digits; can be repeated")->type_name("HEX");
    scan->add_option("--warning-list", command.warning_lists, "mark what this list of MISP's form has; \"built-in\": what RFCs reserve")->type_name("FILE");
    CLI::App* flow = app.add_subcommand("flow", "what each step of the line makes of a file, as JSON");
    flow->add_option("file", command.paths, "a mail or any file; '-' reads a tip as JSON lines")->required()->expected(1)->type_name("FILE");
    flow->add_option("--print", command.print, "tip, evidence, link, decide, dispatch, finding; all where absent")
        ->check(CLI::IsMember({"tip", "evidence", "link", "decide", "dispatch", "finding"}));
    flow->add_option("--category", command.category, "of the tip")->type_name("CODE");
    CLI::App* import = app.add_subcommand("import", "take in .eml, mbox, Maildir and JSON lines; can be repeated without doubling");
    add_data(import, command);
    import->add_option("paths", command.paths, "files and folders")->required()->type_name("PATH");
    import->add_option("--category", command.category, "of the mails (default other.unclassified)")->type_name("CODE");
    import->add_flag("--evidence", command.is_evidence, "each file whole as a tip of its own, of any size: disk images, dumps");
    import->add_option("--jobs", command.jobs, "threads")->check(CLI::Range(1, 64));
    add_format(import, command, {"text", "jsonl"});
}

void add_sealing(CLI::App& app, Command& command) {
    CLI::App* seal = app.add_subcommand("seal", "seal a tip and its files here; write a bundle, or hand it in");
    seal->add_option("tip", command.paths, "the tip as JSON (as for POST /api/v1/tips; '-' reads it), then its files")->required()->type_name("FILE");
    seal->add_option("--desk-key", command.desk_key, "desk.pub, or desk.signed with --anchor")->required()->type_name("FILE");
    seal->add_option("--identity", command.identity_key, "identity.pub: who you are is sealed to it (desk.signed has it)")->type_name("FILE");
    seal->add_option("--anchor", command.key, "anchor.pub that must have signed --desk-key")->type_name("FILE");
    seal->add_option("--output", command.output, "the bundle to write")->type_name("FILE");
    seal->add_option("--server", command.server, "hand it in to this hotline")->type_name("URL");
    seal->add_option("--fingerprint", command.fingerprint, "SHA-256 of the server's certificate, 64 hexadecimal digits")->type_name("HEX");
}

void add_proof(CLI::App& app, Command& command) {
    CLI::App* verify = app.add_subcommand("verify", "recheck everything under DIR, or a copy of a public log, or a receipt, with its key");
    add_data(verify, command);
    verify->add_option("--log", command.paths, "a folder with a public log instead of --data")->expected(1)->type_name("DIR");
    verify->add_option("--log-key", command.log_public_key, "the log's public key file; of a receipt: the hotline's keys (/api/v1/keys)")->type_name("FILE");
    CLI::Option* receipt = verify->add_option("--receipt", command.receipt_file, "check this proof of receipt instead: no network, no data folder")->type_name("FILE");
    verify->add_option("--proof", command.proof_file, "with --receipt: that its entry is in the log (C2SP tlog-proof)")->needs(receipt)->type_name("FILE");
    verify->add_option("--receipt-key", command.receipt_public_key, "with --receipt: the key that signs receipts, where --log-key has the log's alone")->needs(receipt)->type_name("FILE");
    verify->add_option("--passphrase-file", command.passphrase_file, "of the desk key; without it openings are not checked")->type_name("FILE");
    add_format(verify, command, {"text", "jsonl"});
    CLI::App* figures = app.add_subcommand("figures", "counts for a period with their frame");
    add_data(figures, command);
    figures->add_option("--from", command.from, "first day (default: 30 days before --to)")->type_name("DAY");
    figures->add_option("--to", command.to, "last day (default: today)")->type_name("DAY");
    add_format(figures, command, {"json", "jsonl"});
    CLI::App* recount = app.add_subcommand("recount", "count again from the public log alone and compare with a figures.json");
    recount->add_option("--log", command.paths, "the folder of the public log (default DIR/ledger)")->expected(1)->type_name("DIR");
    recount->add_option("--log-key", command.log_public_key, "the log's public key file")->type_name("FILE");
    recount->add_option("--figures", command.figures_file, "the figures.json to check; '-' reads it from standard input")->type_name("FILE");
    add_data(recount, command);
    CLI::App* rules = app.add_subcommand("rules", "the rulebook");
    rules->require_subcommand(1);
    CLI::App* check = rules->add_subcommand("check", "prove that every case is decided, and by one row");
    check->add_option("file", command.paths, "a .dmn file (default: the built-in rulebook)")->expected(1)->type_name("FILE");
    CLI::App* show = rules->add_subcommand("show", "print the rulebook");
    show->add_option("file", command.paths, "a .dmn file (default: the built-in rulebook)")->expected(1)->type_name("FILE");
    CLI::App* replay = rules->add_subcommand("replay", "decide every stored tip again, with its origin permuted, and compare");
    add_data(replay, command);
}

void add_keeping(CLI::App& app, Command& command) {
    CLI::App* tips = app.add_subcommand("tips", "list the tips of a data folder");
    add_data(tips, command);
    add_format(tips, command, {"text", "jsonl"});
    tips->add_flag("--open", command.open, "with their content, opened with the desk key");
    tips->add_option("--passphrase-file", command.passphrase_file, "of the desk key")->type_name("FILE");
    CLI::App* due = tips->add_subcommand("due", "closed tips whose days of retention are over; erases nothing");
    add_data(due, command);
    add_format(due, command, {"text", "jsonl"});
    due->add_option("--passphrase-file", command.passphrase_file, "of the desk key")->type_name("FILE");
    CLI::App* staff = app.add_subcommand("staff", "who may sign in at the desk");
    staff->require_subcommand(1);
    CLI::App* add = staff->add_subcommand("add", "let somebody sign in, or give them a new password; it is printed once");
    add_data(add, command);
    add->add_option("--name", command.staff_name, "letters, digits, '.', '_' and '-'")->required();
    add->add_option("--role", command.staff_role, "analyst or administrator")->check(CLI::IsMember({"analyst", "administrator"}));
    CLI::App* keys = app.add_subcommand("keys", "make and show keys");
    keys->require_subcommand(1);
    CLI::App* make = keys->add_subcommand("make", "make the keys of a new data folder");
    add_data(make, command);
    make->add_option("--passphrase-file", command.passphrase_file, "keep the desk key under the passphrase on its first line")->type_name("FILE");
    CLI::App* show = keys->add_subcommand("show", "public keys and their fingerprints");
    add_data(show, command);
    CLI::App* lab = keys->add_subcommand("lab", "make a lab's key file; prints its public line");
    lab->add_option("--key", command.key, "the file to write (mode 0600)")->required()->type_name("FILE");
    lab->add_option("--name", command.name_of_lab, "the lab's name")->required();
    CLI::App* trust = keys->add_subcommand("trust", "let a lab work for this desk");
    add_data(trust, command);
    trust->add_option("line", command.paths, "the public line that `keys lab` printed")->required()->expected(1);
    CLI::App* anchor = keys->add_subcommand("anchor", "make the offline key that signs the desk's keys; prints its public half");
    anchor->add_option("--key", command.key, "the file to write (mode 0600)")->required()->type_name("FILE");
    anchor->add_option("--passphrase-file", command.passphrase_file, "keep it under the passphrase on the first line")->type_name("FILE");
    CLI::App* signs = keys->add_subcommand("sign-desk-key", "sign the desk's public keys with the anchor; prints keys/desk.signed");
    signs->add_option("--key", command.key, "the anchor's secret file")->required()->type_name("FILE");
    signs->add_option("--passphrase-file", command.passphrase_file, "first line: its passphrase")->type_name("FILE");
    signs->add_option("--identity", command.identity_key, "the desk's identity.pub")->required()->type_name("FILE");
    signs->add_option("--days", command.days, "how long it is good")->check(CLI::Range(1, 3660));
    signs->add_option("desk", command.paths, "desk.pub, one or more")->required()->type_name("FILE");
    CLI::App* token = keys->add_subcommand("token", "make a token for a partner's machine; printed once");
    add_data(token, command);
    token->add_option("--partner", command.partner, "the partner's name")->required();
    token->add_option("--scopes", command.scopes, "what it may hand in: tips, reports, or tips,reports")->type_name("WORDS");
    token->add_option("--rate", command.items_per_hour, "items an hour; 0 = no limit")->check(CLI::Range(0, 100'000'000));
    token->add_option("--trust", command.trust, "what the line works first: never what a tip is decided by")->check(CLI::Range(-100, 100));
    token->add_option("--silent-after", command.silent_after_hours, "an alarm stands at the desk when nothing came for so many hours; 0 = never")->check(CLI::Range(0, 100'000));
    token->add_option("--csv-mapping", command.csv_mapping, "how this partner's lists are read (docs/formats/reports_csv.md)")->type_name("FILE");
    CLI::App* tokens = keys->add_subcommand("tokens", "list the tokens of partners, by the beginning of their hash");
    add_data(tokens, command);
    add_format(tokens, command, {"text", "jsonl"});
    CLI::App* revoke = keys->add_subcommand("revoke", "take a token back");
    add_data(revoke, command);
    revoke->add_option("token", command.paths, "as `keys tokens` shows it")->required()->expected(1);
    CLI::App* partners = app.add_subcommand("partners", "when something last came from each; exit 1 where one is silent too long");
    add_data(partners, command);
    add_format(partners, command, {"text", "jsonl"});
    CLI::App* deliver = app.add_subcommand("deliver", "take one mail of a partner from standard input, for any MTA to pipe into (sysexits)");
    add_data(deliver, command);
    deliver->add_option("--partner", command.partner, "whose mail it is")->required();
    CLI::App* config = app.add_subcommand("config", "the settings in force");
    add_data(config, command);
    config->add_flag("--explain", command.explain, "every setting with default, bounds, unit and meaning");
}

}  // namespace

Parsed parse_command_line(int argc, char** argv) {
    CLI::App app{"Plumbline: a cybercrime hotline and the labs behind it, held to one standard"};
    app.set_version_flag("--version", "plumbline " PLUMBLINE_VERSION);
    app.require_subcommand(1);
    Command command;
    add_processes(app, command);
    add_evidence(app, command);
    add_proof(app, command);
    add_sealing(app, command);
    add_keeping(app, command);
    // The defaults of --format differ by command and CLI11 binds one value, so the command's own is taken after parsing.
    command.format.clear();
    Parsed parsed;
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out, problem;
        const int code = app.exit(error, out, problem);
        parsed.text = code == 0 ? out.str() : problem.str();
        // The library says only that a command is missing.
        if (code != 0 && argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty())
            parsed.text = fmt::format("no command \"{}\"\nRun with --help for more information.\n", argv[1]);
        parsed.exit_code = code == 0 ? 0 : 2;
        return parsed;
    }
    const CLI::App* verb = app.get_subcommands().front();
    command.name = verb->get_name();
    if (!verb->get_subcommands().empty()) command.name += " " + verb->get_subcommands().front()->get_name();
    parsed.command = std::move(command);
    return parsed;
}

}  // namespace plumbline::app
