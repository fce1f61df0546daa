// SPDX-License-Identifier: Apache-2.0
// The configuration: one value, read once from a TOML file, checked whole, passed on as values. Every field has a
// default, a unit and bounds; `plumbline config --explain` prints the table that the manual uses.
#pragma once
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "face/work.h"

namespace plumbline::app {

struct Listener {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
};

struct Config {
    Listener hotline{"127.0.0.1", 8080};
    Listener desk{"127.0.0.1", 8081};
    Listener lab{"127.0.0.1", 8443};            // always TLS
    std::string ledger_name = "plumbline.local/ledger";   // the log's name in its checkpoint (C2SP origin line)
    std::string mail_folders;                   // Maildirs of partners: "NAME=FOLDER, NAME=FOLDER"
    unsigned line_threads = 4;                  // workers of the line; they wait for the disk together and share its commits
    unsigned sandbox_workers = 2;
    unsigned publish_millis = 250;              // at most this often a new checkpoint
    unsigned lab_workers = 4;                   // in-process lab workers of `serve`
    std::string lab_certificate;                // PEM; "" = one is made under DIR/keys
    std::string lab_certificate_key;
    std::string emergency_number;               // shown where somebody is in danger; "" = a text without a number
    std::string warning_lists = "built-in";     // of the line: files of MISP's form, colons between them
    bool reads_pictures = false;                // jobs of the skill read-pictures are made, and the labs inside `serve` take them
    std::string hotline_certificate;            // PEM; "" = plain HTTP, behind a proxy that has TLS
    std::string hotline_certificate_key;
    Listener onion{"127.0.0.1", 0};             // a listener of its own for an onion service; port 0 = none
    std::string onion_location;                 // "http://....onion", told to visitors of the other listener
    face::WorkOptions work;                     // of the public face
    unsigned onion_work_bits = 0;               // on the onion listener: Tor has a proof of work of its own
    unsigned retention_is_automatic = 0;        // 1: what is due is erased without a person's word
    Limits limits;
};

// A missing file is the defaults where `must_exist` is false. Errors name file, line and field, and the bound.
Result<Config> read_config(const std::string& path, bool must_exist);
// The table of every field: name, default, bounds, unit, meaning; or with the values of `config`.
std::string explain_config(const Config& config);

}  // namespace plumbline::app
