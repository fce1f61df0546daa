// SPDX-License-Identifier: Apache-2.0
// What guards people at a running desk, wired: identities, floods, retention, pictures. Any thread after open().
#pragma once
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "app/config.h"
#include "face/care_api.h"
#include "sandbox/sandbox.h"

namespace plumbline::app {

// DIR/retention.json, or the built-in rules where there is none.
Result<desk::RetentionRules> read_retention(const std::string& data, const Categories& categories);

class Care {
  public:
    struct Parts {                       // everything outlives it
        const std::string& data;
        const Config& config;
        Store& store;
        Blobs& blobs;
        vault::TipOpener& opener;
        flow::LinkBoard& links;
        desk::DeskService& desk;
        Sandbox& sandbox;
        const Categories& categories;
        Clock& clock;
    };
    // A desk without keys/identity.key runs; it cannot show who a reporter is, and says so.
    static Result<std::unique_ptr<Care>> open(const Parts& parts, const std::optional<std::string>& passphrase);
    face::CareServices services() { return {identities_, floods_, retention_, pictures_}; }
    // Only where the operator has said so (retention.is_automatic): once an hour, what is due and not held.
    void erase_when_due(const std::stop_token& stop);

  private:
    Care(const Parts& parts, std::optional<seal::SecretKey> identity_key, desk::RetentionRules rules);
    desk::IdentityDesk identities_;
    desk::FloodDesk floods_;
    desk::RetentionDesk retention_;
    desk::PictureDesk pictures_;
};

}  // namespace plumbline::app
