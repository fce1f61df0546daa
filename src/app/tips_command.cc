// SPDX-License-Identifier: Apache-2.0
#include "app/tips_command.h"

#include <cstdio>

#include "app/data_folder.h"
#include "app/open_store.h"
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
            if (opener) row.set("content", plumbline::to_json(TRY(opener->content(tip.header.id))));
            const std::string line = command.format == "jsonl" || opener ? row.dump()
                : fmt::format("{}  {}  {:<9} {:<9} {}", tip.header.id.text(), to_text(tip.header.received_hour), name_of(tip.state), name_of(tip.header.group), tip.ranking ? name_of(tip.ranking->severity) : "-");
            std::printf("%s\n", line.c_str());
        }
        if (tips.size() < filter.count_max) return 0;
    }
}

}  // namespace plumbline::app
