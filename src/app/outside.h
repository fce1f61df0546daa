// SPDX-License-Identifier: Apache-2.0
// The outside: the public face. Holds the desk's public key, the key that signs receipts, and what anybody may know. It reads
// no secret key of the desk and has nothing that opens a tip.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "app/config.h"
#include "app/mail_folders.h"
#include "app/open_store.h"
#include "app/public_entries.h"
#include "face/hotline.h"
#include "http/server.h"
#include "intake/intake.h"
#include "intake/sealed_intake.h"
#include "model/category.h"
#include "partners/report_taker.h"
#include "rulebook/rulebook.h"
#include "sandbox/sandbox.h"

namespace plumbline::app {

class Outside {
  public:
    struct Parts {                       // everything outlives it
        const std::string& data;
        const Config& config;
        OpenStore& open;
        const Categories& categories;
        const rulebook::Rulebook& rulebook;
        Clock& clock;
        Entropy& entropy;
        bool is_demo = false;
        const reports::ReportReaders* readers = nullptr;   // with the sandbox: machine reports are taken
        Sandbox* sandbox = nullptr;
    };
    static Result<std::unique_ptr<Outside>> open(const Parts& parts);
    void set_ready(std::function<bool()> is_ready) { is_ready_ = std::move(is_ready); }   // before start()
    Result<void> start();
    void stop();
    ~Outside() { stop(); }
    Outside(const Outside&) = delete;
    Outside& operator=(const Outside&) = delete;

    intake::Intake& intake() { return *intake_; }
    std::string address() const;

  private:
    face::HotlineServices services();
    Result<void> start_onion(ServerOptions options);
    explicit Outside(const Parts& parts) : parts_(parts) {}
    Result<std::string> keys_text() const;
    const Parts parts_;
    std::unique_ptr<intake::Intake> intake_;
    std::unique_ptr<Uploads> uploads_;
    std::unique_ptr<intake::SealedIntake> sealed_;
    partners::RateCounter rates_;
    std::optional<partners::ReportServices> reports_;
    std::unique_ptr<MailWatch> mails_;
    std::unique_ptr<PublicEntries> entries_;
    std::function<bool()> is_ready_;
    std::string signed_desk_key_;
    std::unique_ptr<face::WorkGate> work_;
    std::unique_ptr<face::WorkGate> onion_work_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<Server> onion_server_;   // of an onion service, where one is configured
};

// The keys that intake may hold, read from DIR/keys.
Result<intake::IntakeKeys> read_intake_keys(const std::string& data);

}  // namespace plumbline::app
