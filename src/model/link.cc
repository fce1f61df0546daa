// SPDX-License-Identifier: Apache-2.0
#include "model/link.h"

namespace plumbline {

Json to_json(const Link& link) {
    Json json = Json::object();
    json.set("other", link.other.text());
    json.set("bits", link.bits);
    Json reasons = Json::array();
    for (const LinkReason& reason : link.reasons) {
        Json row = Json::object();
        row.set("kind", reason.kind);
        row.set("value", reason.value);
        row.set("bits", reason.bits);
        row.set("words", reason.words);
        reasons.push(std::move(row));
    }
    json.set("reasons", std::move(reasons));
    return json;
}

}  // namespace plumbline
