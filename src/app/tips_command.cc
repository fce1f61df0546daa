// SPDX-License-Identifier: Apache-2.0
#include "app/tips_command.h"

#include <cstdio>

#include "app/assets.h"
#include "app/care.h"
#include "app/data_folder.h"
#include "app/open_store.h"
#include "desk/sign_in.h"
#include "seal/password.h"
#include "vault/tip_opener.h"

namespace plumbline::app {

namespace {

Json row_of(const TipRow& tip) {
    Json row = Json::object();
    row.set("id", tip.header.id.text());
    row.set("received_hour", to_text(tip.header.received_hour));
    row.set("channel", name_of(tip.header.channel));
    row.set("group", name_of(tip.header.group));
    row.set("state", name_of(tip.state));
    if (tip.ranking) {
        row.set("severity", name_of(tip.ranking->severity));
        row.set("deadline", to_text(tip.ranking->deadline));
        row.set("queue", tip.ranking->queue);
    }
    row.set("demo", tip.header.is_demo);
    return row;
}

}  // namespace

Result<int> run_tips(const Command& command, Entropy& entropy) {
    const std::string data = data_folder_of(command);
    const OpenStore open = TRY(open_store(data, Limits(), false));
    std::optional<seal::SecretKey> key;
    std::optional<vault::TipOpener> opener;
    if (command.open) {
        key = TRY(read_desk_secret_key(data, TRY(read_passphrase(command.passphrase_file))));
        opener.emplace(*open.store, *open.blobs, *key, entropy);
    }
    TipFilter filter;
    filter.count_max = 1000;
    for (;; filter.offset += filter.count_max) {
        const std::vector<TipRow> tips = TRY(open.store->tips(filter));
        for (const TipRow& tip : tips) {
            Json row = row_of(tip);
            if (tip.flags.has(TipFlag::erased)) row.set("erased", true);
            else if (opener) row.set("content", plumbline::to_json(TRY(opener->content(tip.header.id))));
            const std::string line = command.format == "jsonl" || opener ? row.dump()
                : fmt::format("{}  {}  {:<9} {:<9} {}", tip.header.id.text(), to_text(tip.header.received_hour), name_of(tip.state), name_of(tip.header.group), tip.ranking ? name_of(tip.ranking->severity) : "-");
            std::printf("%s\n", line.c_str());
        }
        if (tips.size() < filter.count_max) return 0;
    }
}

Result<int> run_tips_due(const Command& command, Clock& clock, Entropy& entropy) {
    const std::string data = data_folder_of(command);
    const OpenStore open = TRY(open_store(data, Limits(), false));
    const seal::SecretKey key = TRY(read_desk_secret_key(data, TRY(read_passphrase(command.passphrase_file))));
    vault::TipOpener opener(*open.store, *open.blobs, key, entropy);
    flow::LinkBoard links;
    desk::RetentionDesk retention({*open.store, *open.blobs, opener, links, clock, TRY(read_retention(data, TRY(built_in_categories())))});
    const Json due = TRY(retention.due(desk::due_listed_max));
    for (const Json& row : due.find("rows")->as_array()) {
        const std::string line = command.format == "jsonl" ? row.dump()
            : fmt::format("{}  closed {}  kept {} days  due {}  {}{}", TRY(row.text_at("id")), TRY(row.text_at("closed")), TRY(row.integer_at("days")), TRY(row.text_at("due")),
                          TRY(row.text_at("group")), row.find("is_held")->as_bool() ? "  held" : "");
        std::printf("%s\n", line.c_str());
    }
    return 0;
}

Result<int> run_staff_add(const Command& command, Clock& clock, Entropy& entropy) {
    const OpenStore open = TRY(open_store(data_folder_of(command), Limits(), true));
    const std::string password = seal::made_password(entropy);
    TRY(desk::set_staff(*open.store, entropy, clock, command.staff_name, password, command.staff_role));
    std::printf("%s\n", password.c_str());
    return 0;
}

}  // namespace plumbline::app
