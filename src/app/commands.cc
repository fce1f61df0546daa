// SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"

#include <cstdio>
#include <charconv>
#include <thread>

#include "app/anchor.h"
#include "app/assets.h"
#include "app/data_folder.h"
#include "app/decoder_sandbox.h"
#include "app/deliver_command.h"
#include "app/figures_command.h"
#include "app/flow_command.h"
#include "app/import_command.h"
#include "app/import_evidence.h"
#include "app/keys_command.h"
#include "app/lab_command.h"
#include "app/open_store.h"
#include "app/outside.h"
#include "app/partners_command.h"
#include "app/replay_command.h"
#include "app/rules_command.h"
#include "app/scan_command.h"
#include "app/seal_command.h"
#include "app/serve_command.h"
#include "app/system_clock.h"
#include "app/tips_command.h"
#include "app/verify_command.h"
#include "seal/random.h"

namespace plumbline::app {

namespace {

struct World {
    SystemClock clock;
    seal::SystemEntropy entropy;
};

Result<int> scan(const Command& command, World&) {
    ScanArguments arguments;
    arguments.paths = command.paths;
    if (!command.format.empty()) arguments.format = command.format;
    arguments.jobs = command.jobs == 0 ? std::max(1U, std::thread::hardware_concurrency()) : command.jobs;
    arguments.print_where = command.print;
    arguments.output = command.output;
    arguments.resumes = command.resumes;
    arguments.region = command.region;
    arguments.reads_text_in_pictures = command.reads_text_in_pictures;
    arguments.reads_codes = !command.skips_codes;
    arguments.warning_lists = command.warning_lists;
    for (const std::string& key : command.xor_keys) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), value, 16);
        if (key.size() != 2 || error != std::errc{} || end != key.data() + 2 || value == 0) return fail(ErrorKind::invalid, "--xor {}: two hexadecimal digits, not 00", key);
        arguments.xor_keys.push_back(static_cast<char>(value));
    }
    const auto sandbox = TRY(start_decoder_sandbox(arguments.jobs, arguments.limits, arguments.reads_text_in_pictures));
    return run_scan(arguments, *sandbox);
}

Result<int> import(const Command& command, World& world) {
    const std::string data = data_folder_of(command);
    const Config config = TRY(config_of(command));
    const Categories categories = TRY(built_in_categories());
    OpenStore open = TRY(open_store(data, config.limits, file_exists(KeyPaths(data).desk_public)));
    const auto intake = intake::Intake::make(*open.store, *open.blobs, world.clock, world.entropy, categories, TRY(read_intake_keys(data)), config.limits);
    ImportArguments arguments;
    for (const std::string& path : command.paths)
        if (!is_sealed_bundle(path)) arguments.paths.push_back(path);
    if (arguments.paths.size() < command.paths.size()) {
        const auto uploads = TRY(Uploads::open(data + "/blobs/uploads"));
        const auto sealed = intake::SealedIntake::make(*open.store, *open.blobs, *uploads, world.clock, world.entropy, TRY(read_intake_keys(data)), config.limits);
        for (const std::string& path : command.paths) {
            if (!is_sealed_bundle(path)) continue;
            const auto receipt = TRY(import_sealed_bundle(path, *sealed));
            std::printf("%s %s: %s\n", receipt.is_new ? "accepted " : "duplicate", path.c_str(), receipt.tip.text().c_str());
        }
        if (arguments.paths.empty()) return 0;
    }
    arguments.category = command.category;
    arguments.jobs = command.jobs;
    arguments.limits = config.limits;
    if (!command.format.empty()) arguments.format = command.format;
    return command.is_evidence ? run_import_evidence(arguments, *intake) : run_import(arguments, *intake);
}

Result<int> config(const Command& command, World&) {
    std::fputs(explain_config(TRY(config_of(command))).c_str(), stdout);
    return 0;
}

struct Row {
    std::string_view name;
    Result<int> (*run)(const Command&, World&);
};

constexpr Row rows[] = {
    {"serve", [](const Command& c, World& w) { return run_serve(c, w.entropy); }},
    {"hotline", [](const Command& c, World& w) { return run_hotline(c, w.entropy); }},
    {"desk", [](const Command& c, World& w) { return run_desk(c, w.entropy); }},
    {"lab", [](const Command& c, World& w) { return run_lab(c, w.entropy); }},
    {"scan", scan},
    {"import", import},
    {"flow", [](const Command& c, World& w) { return run_flow(c, w.clock, w.entropy); }},
    {"verify", [](const Command& c, World& w) { return run_verify(c, w.entropy); }},
    {"figures", [](const Command& c, World& w) { return run_figures(c, w.clock); }},
    {"recount", [](const Command& c, World& w) { return run_recount(c, w.clock); }},
    {"rules check", [](const Command& c, World&) { return run_rules_check(c); }},
    {"rules show", [](const Command& c, World&) { return run_rules_show(c); }},
    {"rules replay", [](const Command& c, World& w) { return run_rules_replay(c, w.entropy); }},
    {"tips", [](const Command& c, World& w) { return run_tips(c, w.entropy); }},
    {"tips due", [](const Command& c, World& w) { return run_tips_due(c, w.clock, w.entropy); }},
    {"staff add", [](const Command& c, World& w) { return run_staff_add(c, w.clock, w.entropy); }},
    {"keys make", [](const Command& c, World& w) { return run_keys_make(c, w.entropy); }},
    {"keys show", [](const Command& c, World&) { return run_keys_show(c); }},
    {"keys lab", [](const Command& c, World& w) { return run_keys_lab(c, w.entropy); }},
    {"keys trust", [](const Command& c, World& w) { return run_keys_trust(c, w.entropy); }},
    {"keys anchor", [](const Command& c, World& w) { return run_keys_anchor(c, w.entropy); }},
    {"keys sign-desk-key", [](const Command& c, World& w) { return run_keys_sign_desk_key(c, w.clock); }},
    {"seal", [](const Command& c, World& w) { return run_seal(c, w.clock, w.entropy); }},
    {"keys token", [](const Command& c, World& w) { return run_keys_token(c, w.entropy); }},
    {"keys tokens", [](const Command& c, World&) { return run_keys_tokens(c); }},
    {"keys revoke", [](const Command& c, World&) { return run_keys_revoke(c); }},
    {"partners", [](const Command& c, World& w) { return run_partners(c, w.clock); }},
    {"deliver", [](const Command& c, World& w) { return run_deliver(c, w.entropy); }},
    {"config", config},
};

}  // namespace

Result<int> run_command(const Command& command) {
    seal::init_crypto();
    World world;
    for (const Row& row : rows)
        if (row.name == command.name) return row.run(command, world);
    return fail(ErrorKind::invalid, "no command {}", command.name);
}

}  // namespace plumbline::app
