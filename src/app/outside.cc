// SPDX-License-Identifier: Apache-2.0
#include "app/outside.h"

#include "app/anchor.h"
#include "app/assets.h"
#include "app/data_folder.h"
#include "app/public_entries.h"
#include "app/report_door.h"
#include "base/log.h"
#include "face/hotline.h"
#include "figures/chart.h"
#include "ledger/offline_check.h"
#include "ledger/published_log.h"
#include "rulebook/page.h"

namespace plumbline::app {

Result<intake::IntakeKeys> read_intake_keys(const std::string& data) {
    return intake::IntakeKeys{{TRY(read_desk_public_key(data))}, TRY(read_receipt_key(data)), TRY(read_dedup_secret(data)), TRY(read_identity_public_key(data))};
}

Result<std::unique_ptr<Outside>> Outside::open(const Parts& parts) {
    std::unique_ptr<Outside> outside(new Outside(parts));
    outside->intake_ = intake::Intake::make(*parts.open.store, *parts.open.blobs, parts.clock, parts.entropy, parts.categories,
                                            TRY(read_intake_keys(parts.data)), parts.config.limits);
    outside->uploads_ = TRY(Uploads::open(parts.data + "/blobs/uploads"));
    outside->sealed_ = intake::SealedIntake::make(*parts.open.store, *parts.open.blobs, *outside->uploads_, parts.clock, parts.entropy,
                                                  TRY(read_intake_keys(parts.data)), parts.config.limits);
    return outside;
}

face::HotlineServices Outside::services() {
    face::HotlineServices services{*intake_, *parts_.open.store, parts_.clock, parts_.categories, parts_.config.limits, asset, rulebook::rulebook_html(parts_.rulebook),
                                   parts_.data + "/ledger"};
    const Categories& categories = parts_.categories;
    services.figures = [this](Day from, Day to) -> Result<figures::Figures> {
        figures::Options options;
        options.from = from;
        options.to = to;
        options.as_of = day_of(parts_.clock.now());
        options.rulebook = parts_.rulebook.version();
        return entries_->count(options);
    };
    // Two pictures of the same counts; the style sheet shows the one that fits the page.
    services.figures_chart = [&categories](const figures::Figures& counted) {
        return "<div class=\"chart-wide\">" + figures::chart_svg(counted, categories, figures::chart_width_px, "chart-wide") + "</div>" +
               "<div class=\"chart-narrow\">" + figures::chart_svg(counted, categories, figures::chart_narrow_px, "chart-narrow") + "</div>";
    };
    services.blobs = parts_.open.blobs.get();
    services.keys_text = [this] { return keys_text(); };
    services.proof_of = [this](std::uint64_t index) -> Result<std::string> {
        const ledger::PublishedLog log = TRY(ledger::PublishedLog::open(parts_.data + "/ledger", TRY(read_verify_key(KeyPaths(parts_.data).ledger_public))));
        if (index >= log.checkpoint().size) return fail(ErrorKind::not_found, "entry {} is not in the checkpoint of {} entries", index, log.checkpoint().size);
        return log.prove(index);
    };
    services.sealed = sealed_.get();
    services.signed_desk_key = signed_desk_key_;
    services.is_ready = is_ready_;
    if (reports_) services.reports = &*reports_;
    services.is_demo = parts_.is_demo;
    services.emergency_number = parts_.config.emergency_number;
    return services;
}

Result<void> Outside::start() {
    const Config& config = parts_.config;
    entries_ = std::make_unique<PublicEntries>(*parts_.open.store, parts_.data);
    signed_desk_key_ = TRY(read_signed_desk_keys(parts_.data, day_of(parts_.clock.now())));
    if (signed_desk_key_.empty()) log_event(LogLevel::warning, "desk_key.unsigned", {{"effect", "no page seals: reports go by the plain form"}});
    work_ = std::make_unique<face::WorkGate>(parts_.clock, parts_.entropy, config.work);
    if (parts_.readers != nullptr && parts_.sandbox != nullptr) {
        reports_.emplace(report_services(*intake_, *parts_.open.store, parts_.clock, *parts_.readers, *parts_.sandbox, rates_));
        if (auto folders = TRY(mail_folders_from(parts_.config.mail_folders)); !folders.empty()) mails_ = std::make_unique<MailWatch>(*reports_, std::move(folders));
    }
    face::HotlineServices clear = services();
    clear.work = work_.get();
    clear.onion_location = config.onion_location;
    ServerOptions options;
    options.name = "hotline";
    options.address = config.hotline.address;
    options.port = config.hotline.port;
    options.limits = config.limits;
    // A handler waits for the store's commit; many of them share one.
    options.handler_threads = 16;
    if (!config.hotline_certificate.empty()) {
        options.tls = TlsFiles{config.hotline_certificate, config.hotline_certificate_key};
        clear.is_strict_tls = true;
    }
    Router routes;
    TRY(face::add_hotline_routes(routes, clear));
    server_ = TRY(Server::listen(std::move(routes), options));
    return config.onion.port == 0 ? Result<void>() : start_onion(options);
}

// The same pages for an onion service: no TLS and nothing that insists on it (Tor seals and names the other end), work by a setting of its own.
Result<void> Outside::start_onion(ServerOptions options) {
    const Config& config = parts_.config;
    face::WorkOptions work = config.work;
    work.bits = config.onion_work_bits;
    onion_work_ = std::make_unique<face::WorkGate>(parts_.clock, parts_.entropy, work);
    face::HotlineServices onion = services();
    onion.work = onion_work_.get();
    options.name = "onion";
    options.address = config.onion.address;
    options.port = config.onion.port;
    options.tls = {};
    Router routes;
    TRY(face::add_hotline_routes(routes, onion));
    onion_server_ = TRY(Server::listen(std::move(routes), options));
    return {};
}

Result<std::string> Outside::keys_text() const {
    const KeyPaths paths(parts_.data);
    const seal::VerifyKey receipt = TRY(read_verify_key(paths.receipt_public));
    // A hotline's host may stand before its desk has made a log.
    if (!file_exists(paths.ledger_public)) return ledger::hotline_keys_text(receipt, std::nullopt);
    return ledger::hotline_keys_text(receipt, merkle::NoteKey{parts_.config.ledger_name, TRY(read_verify_key(paths.ledger_public)).bytes});
}

void Outside::stop() {
    if (onion_server_) onion_server_->stop();
    onion_server_.reset();
    mails_.reset();
    if (server_) server_->stop();
    server_.reset();
}

std::string Outside::address() const { return fmt::format("http://{}:{}", parts_.config.hotline.address, server_->port()); }

}  // namespace plumbline::app
