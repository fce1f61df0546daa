// SPDX-License-Identifier: Apache-2.0
#include "model/wait.h"

#include <algorithm>

namespace plumbline {

namespace {

constexpr std::size_t about_bytes_max = 200;
constexpr std::size_t queue_letters_max = 40;

bool is_plain(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

Result<void> read_word(std::string_view name, std::string_view value, PublicWait& wait) {
    if (name == "received") wait.received = TRY(day_from(value));
    else if (name == "queue") wait.queue = value;
    else if (name == "due") wait.due = TRY(day_from(value));
    else if (name == "opened" && value == "in_time") wait.in_time = true;
    else if (name == "opened" && value == "late") wait.in_time = false;
    else if (name == "was") {
        const std::size_t colon = std::min(value.size(), value.find(':'));
        wait.was_queue = value.substr(0, colon);
        wait.was_due = TRY(day_from(value.substr(std::min(value.size(), colon + 1))));
    } else {
        return fail(ErrorKind::corrupt, "a ledger entry says an unknown word of its wait");
    }
    return {};
}

}  // namespace

std::string kind_of_ranking() { return "tip.ranked"; }

std::string public_queue_name(std::string_view queue) {
    std::string name(queue.substr(0, queue_letters_max));
    std::replace_if(name.begin(), name.end(), [](char letter) { return !is_plain(letter); }, '_');
    return name;
}

std::string about_text(const PublicWait& wait) {
    std::string text;
    const auto add = [&text](std::string word) { text += (text.empty() ? "" : ",") + word; };
    if (wait.received) add("received=" + to_text(*wait.received));
    if (!wait.queue.empty()) add("queue=" + wait.queue);
    if (wait.due) add("due=" + to_text(*wait.due));
    if (wait.in_time) add(*wait.in_time ? "opened=in_time" : "opened=late");
    if (wait.was_due) add(fmt::format("was={}:{}", wait.was_queue, to_text(*wait.was_due)));
    return text;
}

Result<PublicWait> public_wait_from(std::string_view about) {
    PublicWait wait;
    for (std::string_view rest = about; !rest.empty();) {
        const std::string_view word = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        const std::size_t equals = word.find('=');
        if (equals == std::string_view::npos) return fail(ErrorKind::corrupt, "a ledger entry's wait has a word without a value");
        TRY(read_word(word.substr(0, equals), word.substr(equals + 1), wait));
    }
    if (about_text(wait) != about) return fail(ErrorKind::corrupt, "a ledger entry's wait is not in its one spelling");
    return wait;
}

bool is_about_text(std::string_view about) {
    return about.size() <= about_bytes_max && std::all_of(about.begin(), about.end(), [](char letter) { return is_plain(letter) || letter == '=' || letter == ',' || letter == ':'; });
}

}  // namespace plumbline
