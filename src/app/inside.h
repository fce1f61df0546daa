// SPDX-License-Identifier: Apache-2.0
// The inside of a running desk: what holds the secret key. Opens tips, runs the line, publishes the ledger, serves staff and
// labs. A resource: threads start in start() and end in stop().
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/care.h"
#include "app/config.h"
#include "app/open_store.h"
#include "desk/desk.h"
#include "desk/sign_in.h"
#include "dispatch/lab_desk.h"
#include "face/lab_api.h"
#include "flow/flow.h"
#include "http/server.h"
#include "lab/lab_keys.h"
#include "ledger/publisher.h"
#include "model/category.h"
#include "rulebook/reference_rates.h"
#include "rulebook/rulebook.h"
#include "sandbox/sandbox.h"

namespace plumbline::app {

class Inside {
  public:
    struct Parts {                       // everything outlives it
        const std::string& data;
        const Config& config;
        OpenStore& open;
        Sandbox& sandbox;
        const Categories& categories;
        const rulebook::Rulebook& rulebook;
        const rulebook::ReferenceRates& rates;
        Clock& clock;
        Entropy& entropy;
    };
    // Reads keys, replays the ledger, fills the link board. denied: the desk key wants a passphrase.
    static Result<std::unique_ptr<Inside>> open(const Parts& parts, const std::optional<std::string>& passphrase, bool with_local_lab);
    Result<void> start();                // listeners and threads
    void stop();
    ~Inside() { stop(); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

    std::string desk_address() const;
    std::string lab_address() const;
    const std::string& lab_certificate_sha256() const { return certificate_sha256_; }
    // The first staff member's password where one was made now: to be shown once.
    const std::optional<std::string>& first_password() const { return first_password_; }

  private:
    Inside(const Parts& parts, seal::SecretKey desk_key, seal::SigningKey ledger_key);
    Result<void> open_local_lab();
    Result<void> listen();
    void start_line(unsigned number);

    const Parts parts_;
    const seal::SecretKey desk_key_;
    const seal::SigningKey ledger_key_;
    vault::TipOpener opener_;
    flow::LinkBoard links_;
    std::optional<evidence::WarningLists> warnings_;
    std::unique_ptr<ledger::TilePublisher> publisher_;
    std::unique_ptr<desk::DeskService> desk_;
    std::unique_ptr<desk::SignIn> sign_in_;
    std::unique_ptr<Care> care_;
    dispatch::StoreLabDesk lab_desk_;
    face::LabApi lab_api_;
    std::optional<lab::LabKeys> local_lab_;
    std::optional<std::string> first_password_;
    std::string certificate_sha256_;
    std::unique_ptr<Server> desk_server_;
    std::unique_ptr<Server> lab_server_;
    std::jthread publishing_;            // ends after the workers, so that their last entries are published
    std::vector<std::jthread> threads_;  // last: they end first
};

}  // namespace plumbline::app
