// SPDX-License-Identifier: Apache-2.0
#include "app/care.h"

#include <condition_variable>
#include <mutex>

#include "app/assets.h"
#include "app/data_folder.h"
#include "base/log.h"

namespace plumbline::app {

Result<desk::RetentionRules> read_retention(const std::string& data, const Categories& categories) {
    const std::string path = data + "/retention.json";
    const bool is_own = file_exists(path);
    const std::string text = is_own ? TRY(read_small_file(path)) : std::string(TRY(asset("rules/retention.json")));
    auto rules = desk::RetentionRules::from_json(TRY(parse_json(text)), categories);
    if (!rules) return fail_in(is_own ? path : "rules/retention.json", rules.error());
    return rules;
}

Care::Care(const Parts& parts, std::optional<seal::SecretKey> identity_key, desk::RetentionRules rules)
    : identities_({parts.store, parts.blobs, parts.opener, parts.clock, std::move(identity_key)}),
      floods_({parts.store, parts.opener, parts.links, parts.desk, parts.clock}),
      retention_({parts.store, parts.blobs, parts.opener, parts.links, parts.clock, std::move(rules)}),
      pictures_({parts.store, parts.opener, parts.clock, [&sandbox = parts.sandbox](ByteView image, unsigned side_max) {
                     Bytes parameters;
                     append_u32(parameters, side_max);
                     return sandbox.run("picture", image, parameters);
                 }}) {}

Result<std::unique_ptr<Care>> Care::open(const Parts& parts, const std::optional<std::string>& passphrase) {
    std::optional<seal::SecretKey> identity_key;
    auto read = read_identity_secret_key(parts.data, passphrase);
    if (!read && read.error().kind != ErrorKind::not_found) return fail(read.error());
    if (read) identity_key = *read;
    if (!read) log_event(LogLevel::warning, "identity.no_key", {{"error", read.error().message}});
    return std::unique_ptr<Care>(new Care(parts, std::move(identity_key), TRY(read_retention(parts.data, parts.categories))));
}

void Care::erase_when_due(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    const desk::Session rule{{}, "retention rule", "rule", {}, {}};
    while (!stop.stop_requested()) {
        if (const auto done = retention_.erase_due("due by the rules of this desk, which its operator has set to act alone", rule); !done)
            log_event(LogLevel::error, "erase.failed", {{"error", done.error().message}});
        wake.wait_for(lock, stop, std::chrono::hours(1), [] { return false; });
    }
}

}  // namespace plumbline::app
