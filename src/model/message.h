// SPDX-License-Identifier: Apache-2.0
// What is inside a sealed message of the mailbox, either way (docs/formats/message.md): words, files with their key, and for the
// reporter what became of the tip.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/tip.h"

namespace plumbline {

// What the desk says beside a change of state, for the reporter alone.
struct StepNotice {
    TipState to = TipState::referred;
    std::string whom;                   // to which body it was referred, "" otherwise
    std::string words;                  // why, in plain words
};

struct MessageContent {
    std::string text;                   // "" where there are only files, or only a notice
    std::vector<AttachedFile> files;    // the n-th is part n of the message
    std::string key;                    // base64 of the 32 bytes that its parts are sealed under; "" without files
    std::optional<StepNotice> notice;
};
Json to_json(const MessageContent& content);
Result<MessageContent> message_content_from(const Json& json);   // invalid: names the member

}  // namespace plumbline
