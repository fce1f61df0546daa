// SPDX-License-Identifier: Apache-2.0
// The command line as a value. CLI11 is used in command_line.cc alone. Exit codes everywhere: 0 done, 1 the answer is no,
// 2 usage, 3 the world failed.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace plumbline::app {

struct Command {
    std::string name;                       // "serve", "scan", ... ; "keys make", "rules check" for verbs of two words
    std::string data = "";                  // --data DIR; "" = the default of the command
    std::string config;                     // --config FILE; "" = DIR/plumbline.toml where it exists
    std::vector<std::string> paths;
    std::string format = "text";            // text, jsonl, json, features
    unsigned jobs = 0;                      // 0 = as many as processors
    std::string output;                     // scan --output FILE or FOLDER
    bool resumes = false;                   // scan --resume
    std::string region;                     // scan --region CC
    bool reads_text_in_pictures = false;    // scan --ocr, lab --read-pictures
    bool skips_codes = false;               // scan --no-codes
    std::vector<std::string> xor_keys;      // scan --xor HEX
    std::vector<std::string> warning_lists; // scan --warning-list FILE
    std::string print;                      // flow --print STEP, scan --print WHERE
    bool is_demo = false;
    std::string demo_mails;
    std::string category;                   // import, flow
    std::string from, to;                   // figures: days
    std::string server, fingerprint, key;   // lab
    std::string name_of_lab;                // keys
    std::string log_public_key;             // verify, recount: of somebody else's log
    std::string receipt_file, proof_file, receipt_public_key;   // verify: of a receipt, with nothing else
    std::string figures_file;               // recount
    std::string passphrase_file;            // keys, serve, desk
    std::string identity_key;               // keys sign-desk-key, seal: --identity FILE
    unsigned days = 365;                    // keys sign-desk-key
    std::string desk_key;                   // seal --desk-key FILE
    std::string staff_name;                 // staff add
    std::string staff_role = "analyst";
    std::string partner;                    // keys token, deliver
    std::string scopes = "tips";            // keys token
    unsigned items_per_hour = 0, silent_after_hours = 0;
    int trust = 0;
    std::string csv_mapping;
    std::optional<unsigned> port_hotline, port_desk, port_lab;
    bool explain = false;
    bool open = false;                      // tips
    bool is_evidence = false;               // import --evidence
    unsigned hold_mib = 1024;               // lab --hold-mib
    unsigned bookmark_seconds = 30;       // lab --bookmark-seconds
    bool once = false;                      // lab: work what is there, then end
};

struct Parsed {
    std::optional<Command> command;         // nullopt: what was to be said is in `text` (help, version or an error)
    std::string text;
    int exit_code = 0;
};
Parsed parse_command_line(int argc, char** argv);

}  // namespace plumbline::app
