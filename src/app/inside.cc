// SPDX-License-Identifier: Apache-2.0
#include "app/inside.h"

#include <condition_variable>

#include "app/assets.h"
#include "app/data_folder.h"
#include "app/warning_list_files.h"
#include "base/log.h"
#include "desk/ledger_proofs.h"
#include "desk/reminders.h"
#include "face/desk_api.h"
#include "http/client.h"
#include "partners/access.h"
#include "lab/desk_source.h"
#include "lab/worker.h"

namespace plumbline::app {

Inside::Inside(const Parts& parts, seal::SecretKey desk_key, seal::SigningKey ledger_key)
    : parts_(parts),
      desk_key_(desk_key),
      ledger_key_(ledger_key),
      opener_(*parts.open.store, *parts.open.blobs, desk_key_, parts.entropy),
      lab_desk_(*parts.open.store, *parts.open.blobs, opener_, parts.clock, parts.entropy, parts.config.limits),
      lab_api_(lab_desk_, parts.clock) {}

Result<std::unique_ptr<Inside>> Inside::open(const Parts& parts, const std::optional<std::string>& passphrase, bool with_local_lab) {
    std::unique_ptr<Inside> inside(new Inside(parts, TRY(read_desk_secret_key(parts.data, passphrase)), TRY(read_ledger_key(parts.data))));
    Store& store = *parts.open.store;
    const std::string ledger_folder = parts.data + "/ledger";
    ledger::PublisherOptions publishing;
    publishing.folder = ledger_folder;
    publishing.origin = parts.config.ledger_name;
    publishing.interval = std::chrono::milliseconds(parts.config.publish_millis);
    inside->publisher_ = TRY(ledger::TilePublisher::open(store, inside->ledger_key_, publishing));
    TRY(inside->publisher_->publish());

    desk::LedgerProofs proofs = desk::proofs_from_published_log(ledger_folder, seal::verify_key_of(inside->ledger_key_), parts.config.ledger_name);
    inside->desk_ = std::make_unique<desk::DeskService>(desk::DeskService::Parts{store, *parts.open.blobs, inside->opener_, inside->links_, parts.categories,
                                                                                 parts.clock, parts.entropy, PLUMBLINE_VERSION, parts.config.limits, std::move(proofs)});
    inside->care_ = TRY(Care::open({parts.data, parts.config, *parts.open.store, *parts.open.blobs, inside->opener_, inside->links_, *inside->desk_, parts.sandbox,
                                    parts.categories, parts.clock},
                                   passphrase));
    inside->sign_in_ = std::make_unique<desk::SignIn>(store, parts.clock, parts.entropy);
    inside->first_password_ = TRY(desk::ensure_first_staff(store, parts.entropy, parts.clock));
    if (with_local_lab && parts.config.lab_workers > 0) TRY(inside->open_local_lab());

    inside->warnings_ = TRY(warning_lists_of_setting(parts.config.warning_lists));
    flow::Line loader({store, parts.sandbox, inside->opener_, inside->links_, parts.rulebook, parts.rates, parts.clock, parts.entropy, parts.config.limits});
    const std::size_t loaded = TRY(loader.load_links());
    log_event(LogLevel::info, "links.loaded", {{"tips", static_cast<std::uint64_t>(loaded)}});
    return inside;
}

Result<void> Inside::open_local_lab() {
    const std::string path = KeyPaths(parts_.data).folder + "/lab_local.key";
    if (!file_exists(path)) {
        const lab::LabKeys made = TRY(lab::make_lab_keys("local", parts_.clock.now(), parts_.entropy));
        TRY(write_small_file(path, TRY(lab::lab_keys_text(made, std::nullopt, parts_.entropy)), 0600));
    }
    auto keys = lab::lab_keys_from(TRY(read_small_file(path)), std::nullopt);
    if (!keys) return fail_in(path, keys.error());
    local_lab_ = *keys;
    return parts_.open.store->put_lab(lab::lab_row_of(*local_lab_, day_of(parts_.clock.now())));
}

Result<void> Inside::listen() {
    const Config& config = parts_.config;
    Router desk_routes;
    face::DeskApiOptions desk_options;
    desk_options.page_file = [](std::string_view name) -> std::optional<std::string_view> {
        auto file = asset("ui/desk/" + std::string(name));
        if (!file) return std::nullopt;
        return *file;
    };
    desk_options.more_routes = [this](Router& router, const face::DeskGuards& guards) { face::add_care_routes(router, guards, care_->services()); };
    desk_options.alarms = [this] { return partners::alarms(*parts_.open.store, parts_.clock.now()); };
    face::add_desk_routes(desk_routes, *desk_, *sign_in_, desk_options);
    ServerOptions options;
    options.name = "desk";
    options.address = config.desk.address;
    options.port = config.desk.port;
    options.limits = config.limits;
    desk_server_ = TRY(Server::listen(std::move(desk_routes), options));

    const KeyPaths paths(parts_.data);
    TlsFiles tls{config.lab_certificate, config.lab_certificate_key};
    if (tls.certificate_path.empty()) tls = {paths.folder + "/lab_tls.crt", paths.folder + "/lab_tls.key"};
    certificate_sha256_ = TRY(ensure_certificate(tls.certificate_path, tls.key_path, "plumbline")).hex();
    Router lab_routes;
    face::add_lab_routes(lab_routes, lab_api_);
    options.name = "lab";
    options.address = config.lab.address;
    options.port = config.lab.port;
    options.tls = tls;
    // Each lab that waits for work holds a handler for as long as it waits.
    options.handler_threads = 64;
    lab_server_ = TRY(Server::listen(std::move(lab_routes), options));
    return {};
}

void Inside::start_line(unsigned number) {
    threads_.emplace_back([this, number](const std::stop_token& stop) {
        flow::Line line({*parts_.open.store, parts_.sandbox, opener_, links_, parts_.rulebook, parts_.rates, parts_.clock, parts_.entropy, parts_.config.limits, warnings_ ? &*warnings_ : nullptr, parts_.config.reads_pictures});
        const std::string name = fmt::format("line-{}", number);
        while (!stop.stop_requested()) {
            const Result<bool> worked = line.work_one(name);
            if (!worked) {
                log_event(LogLevel::error, "line.store_failed", {{"error", worked.error().message}});
                std::this_thread::sleep_for(std::chrono::seconds(1));
            } else if (!*worked) {
                parts_.open.store->wait_for_job(std::chrono::milliseconds(250));
            }
        }
    });
}

Result<void> Inside::start() {
    TRY(listen());
    for (unsigned number = 0; number < parts_.config.line_threads; ++number) start_line(number);
    threads_.emplace_back([this](const std::stop_token& stop) {
        desk::Reminders reminders(*parts_.open.store, parts_.clock);
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
            if (const auto told = reminders.tell(); !told) log_event(LogLevel::error, "desk.reminders_failed", {{"error", told.error().message}});
            wake.wait_for(lock, stop, std::chrono::minutes(1), [] { return false; });
        }
    });
    if (parts_.config.retention_is_automatic != 0) threads_.emplace_back([this](const std::stop_token& stop) { care_->erase_when_due(stop); });
    publishing_ = std::jthread([this](const std::stop_token& stop) { publisher_->run(stop); });
    if (local_lab_) {
        for (unsigned number = 0; number < parts_.config.lab_workers; ++number)
            threads_.emplace_back([this](const std::stop_token& stop) {
                lab::DeskSource source(lab_desk_, lab::identity_of(*local_lab_, true));
                lab::WorkerOptions options;
                options.engine = "plumbline scan " PLUMBLINE_VERSION;
                if (parts_.config.reads_pictures) options.skills.emplace_back(skill_read_pictures);
                lab::Worker worker({source, parts_.sandbox, *local_lab_, parts_.clock, parts_.entropy, parts_.config.limits}, options);
                worker.run(stop);
            });
    }
    return {};
}

void Inside::stop() {
    lab_desk_.stop();
    if (lab_server_) lab_server_->stop();
    if (desk_server_) desk_server_->stop();
    for (std::jthread& thread : threads_) thread.request_stop();
    threads_.clear();
    publishing_ = std::jthread();
    lab_server_.reset();
    desk_server_.reset();
}

std::string Inside::desk_address() const { return fmt::format("http://{}:{}", parts_.config.desk.address, desk_server_->port()); }
std::string Inside::lab_address() const { return fmt::format("https://{}:{}", parts_.config.lab.address, lab_server_->port()); }

}  // namespace plumbline::app
