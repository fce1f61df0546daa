// SPDX-License-Identifier: Apache-2.0
#include "app/serve_command.h"

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "app/anchor.h"
#include "app/assets.h"
#include "app/data_folder.h"
#include "app/decoder_sandbox.h"
#include "app/demo.h"
#include "app/inside.h"
#include "app/outside.h"
#include "app/report_door.h"
#include "app/system_clock.h"
#include "base/log.h"
#include "intake/sweep.h"

namespace plumbline::app {

namespace {

// What every role needs first. The sandbox starts before any thread does.
struct Ground {
    std::string data;
    Config config;
    std::optional<reports::ReportReaders> readers;
    std::unique_ptr<Sandbox> sandbox;     // of the hotline role: for reports alone
    OpenStore open;
    Categories categories;
    std::optional<rulebook::Rulebook> rulebook;
    SystemClock clock;
};

Result<std::unique_ptr<Ground>> make_ground(const Command& command, bool opens_tips) {
    auto ground = std::make_unique<Ground>();
    ground->data = data_folder_of(command);
    ground->config = TRY(config_of(command));
    // A signal is waited for in one place; the threads that start from here on inherit the mask.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    ground->readers = TRY(built_in_report_readers());
    if (opens_tips) ground->sandbox = TRY(start_decoder_sandbox(ground->config.sandbox_workers, ground->config.limits, ground->config.reads_pictures, report_task(*ground->readers)));
    else ground->sandbox = TRY(start_report_sandbox(*ground->readers, ground->config.sandbox_workers, ground->config.limits));
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    TRY(make_folder(ground->data));
    ground->open = TRY(open_store(ground->data, ground->config.limits, true));
    ground->categories = TRY(built_in_categories());
    ground->rulebook = TRY(load_rulebook("", ground->categories));
    return ground;
}

void wait_for_signal() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    int number = 0;
    sigwait(&signals, &number);
    log_event(LogLevel::info, "serve.stopping", {{"signal", number}});
}

Result<std::unique_ptr<Inside>> open_inside(Ground& ground, const rulebook::ReferenceRates& rates, const Command& command, Entropy& entropy, bool with_local_lab) {
    const std::optional<std::string> passphrase = TRY(read_passphrase(command.passphrase_file));
    TRY(ensure_keys(ground.data, passphrase, true, entropy));
    return Inside::open({ground.data, ground.config, ground.open, *ground.sandbox, ground.categories, *ground.rulebook, rates, ground.clock, entropy}, passphrase, with_local_lab);
}

void show_first_password(const Inside& inside, const std::string& desk) {
    if (!inside.first_password()) return;
    // Standard output, once: a password never goes to the log.
    std::printf("The desk is at %s. Sign in as \"%s\" with the password %s\n", desk.c_str(), std::string(desk::first_staff_name).c_str(), inside.first_password()->c_str());
    std::fflush(stdout);
}

}  // namespace

Result<int> run_serve(const Command& command, Entropy& entropy) {
    auto ground = TRY(make_ground(command, true));
    const rulebook::ReferenceRates rates = TRY(built_in_rates());
    TRY(claim_demo_state(*ground->open.store, command.is_demo));
    auto inside = TRY(open_inside(*ground, rates, command, entropy, true));
    TRY(ensure_signed_desk_keys(ground->data, day_of(ground->clock.now()), entropy));
    TRY(intake::sweep_orphans(*ground->open.store, *ground->open.blobs, ground->clock.now()));
    auto outside = TRY(Outside::open({ground->data, ground->config, ground->open, ground->categories, *ground->rulebook, ground->clock, entropy, command.is_demo, &*ground->readers, ground->sandbox.get()}));
    DemoLoader demo;
    if (command.is_demo) TRY(demo.prepare(command.demo_mails));
    outside->set_ready([&demo] { return demo.is_ready(); });
    TRY(inside->start());
    TRY(outside->start());
    log_event(LogLevel::info, "serve.ready", {{"hotline", outside->address()}, {"desk", inside->desk_address()}, {"lab", inside->lab_address()},
                                              {"lab_certificate_sha256", inside->lab_certificate_sha256()}, {"demo", command.is_demo ? "true" : "false"}});
    show_first_password(*inside, inside->desk_address());
    demo.start(outside->intake(), ground->clock.now());
    wait_for_signal();
    demo.stop();
    outside->stop();
    inside->stop();
    return 0;
}

Result<int> run_hotline(const Command& command, Entropy& entropy) {
    // A hotline's host has desk.pub and makes its own receipt key; it never reads desk.key. Looked for before a store is made.
    TRY(read_desk_public_key(data_folder_of(command)));
    auto ground = TRY(make_ground(command, false));
    TRY(ensure_keys(ground->data, std::nullopt, false, entropy));
    const bool is_demo = TRY(ground->open.store->setting("demo")) == "true";
    auto outside = TRY(Outside::open({ground->data, ground->config, ground->open, ground->categories, *ground->rulebook, ground->clock, entropy, is_demo, &*ground->readers, ground->sandbox.get()}));
    TRY(outside->start());
    log_event(LogLevel::info, "serve.ready", {{"hotline", outside->address()}});
    wait_for_signal();
    outside->stop();
    return 0;
}

Result<int> run_desk(const Command& command, Entropy& entropy) {
    auto ground = TRY(make_ground(command, true));
    const rulebook::ReferenceRates rates = TRY(built_in_rates());
    auto inside = TRY(open_inside(*ground, rates, command, entropy, true));
    // What a hotline that was killed left: the hotline itself may only append.
    TRY(intake::sweep_orphans(*ground->open.store, *ground->open.blobs, ground->clock.now()));
    TRY(inside->start());
    log_event(LogLevel::info, "serve.ready", {{"desk", inside->desk_address()}, {"lab", inside->lab_address()}, {"lab_certificate_sha256", inside->lab_certificate_sha256()}});
    show_first_password(*inside, inside->desk_address());
    wait_for_signal();
    inside->stop();
    return 0;
}

}  // namespace plumbline::app
