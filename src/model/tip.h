// SPDX-License-Identifier: Apache-2.0
// A tip: what somebody reports. Its content is sealed from the moment it is taken in; what stands outside the seal is
// TipHeader and nothing more.
#pragma once
#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "model/category.h"
#include "model/ids.h"

namespace plumbline {

// Money in minor units (cents) with its ISO 4217 code.
struct Money {
    std::int64_t minor_units = 0;
    std::string currency;  // "EUR"
    auto operator<=>(const Money&) const = default;
};
// Digits after the point in ISO 4217: 2 for most, 0 for JPY, 3 for KWD. nullopt for an unknown code.
std::optional<int> minor_digits_of(std::string_view currency);

enum class Answer : std::uint8_t { unknown = 0, no = 1, yes = 2 };
std::string_view name_of(Answer answer);
Result<Answer> answer_from(std::string_view text);  // "", "unknown", "no", "yes"

// What money was paid with, how contact was made, and who reports: a word of a list, or "" where it was not said.
inline constexpr std::string_view payment_rails[] = {"bank", "card", "crypto", "gift_card", "cash", "mobile_money", "other"};
inline constexpr std::string_view contact_channels[] = {"email", "sms", "call", "social", "app", "web", "in_person", "post", "other"};
inline constexpr std::string_view reporter_roles[] = {"victim", "on_behalf", "witness", "provider", "researcher"};

// What a bank or payment service needs to call a payment back, as the reporter wrote it; "" where it was not said.
struct Recall {
    std::string account;          // that it was sent from
    std::string sent_to;          // IBAN or account
    std::string card_last_four;
    std::string wallet;           // address that it was sent to
    std::string transaction;      // id or reference
    std::string time;
    bool operator==(const Recall&) const = default;
};
struct RecallField {
    std::string_view name;
    std::string_view label;       // at the desk
    std::string Recall::*member;
};
inline constexpr RecallField recall_fields[] = {
    {"account", "Sent from", &Recall::account},          {"sent_to", "Sent to", &Recall::sent_to},
    {"card_last_four", "Card ends in", &Recall::card_last_four}, {"wallet", "Wallet", &Recall::wallet},
    {"transaction", "Transaction", &Recall::transaction}, {"time", "When", &Recall::time},
};

// Who brought the tip in. On-disk values: do not change.
enum class TipChannel : std::uint8_t { form = 1, api = 2, import = 3, demo = 4 };
std::string_view name_of(TipChannel channel);

// A tip's states. On-disk values: do not change. GLOSSARY.md says what each means.
enum class TipState : std::uint8_t {
    received = 1,   // durable, receipt given, nobody has read it
    decided = 2,    // the line has read it: severity, deadline and queue stand
    opened = 3,     // a person at the desk has opened it
    with_lab = 4,   // a person sent it to a lab for more work, or waits for one
    answered = 5,   // an answer waits for the reporter
    referred = 6,   // passed to another body
    closed = 7,     // a person closed it, with a reason
};
inline constexpr TipState tip_states[] = {TipState::received, TipState::decided,  TipState::opened, TipState::with_lab,
                                          TipState::answered, TipState::referred, TipState::closed};
std::string_view name_of(TipState state);
Result<TipState> tip_state_from(std::string_view text);

// What stands outside the seal.
struct TipHeader {
    TipId id;
    Instant received_hour;        // cut to the hour for tips from the public; the day for what the log publishes
    TipChannel channel = TipChannel::form;
    CategoryGroup group = CategoryGroup::other;
    bool is_demo = false;
};

// A file as the reporter named it. Its bytes are a sealed part of their own (part number = 1 + its place here).
struct AttachedFile {
    std::string name;             // as given, at most Limits::file_name_bytes_max, UTF-8; never used as a path
    std::string media_type;       // as declared, "" where none
    std::uint64_t size_bytes = 0;
};

// Where a tip comes from. The rulebook's types do not include this one: it cannot be passed to decide().
struct Origin {
    std::string country;          // ISO 3166-1 alpha-2, "" unknown
    std::string language;         // BCP 47, "" unknown
    std::string partner;          // name of the API token or import source, "" for the public
};

// The sealed content, part 0 of a tip.
struct TipContent {
    std::string text;             // what happened, in the reporter's words
    std::string category;         // a leaf code
    std::optional<Money> loss;
    Answer still_happening = Answer::unknown;
    Answer danger_now = Answer::unknown;       // danger to life
    Answer sent_within_72_hours = Answer::unknown;
    Answer victim_is_child = Answer::unknown;
    Answer victim_is_critical_service = Answer::unknown;
    // How to reach the reporter. Intake seals it apart (ReporterIdentity) and leaves it empty here; tips from before that have it.
    std::string contact;
    std::string own_values;       // what of it stands in the text anyway: kept out of what tips are linked by
    Answer victim_is_older = Answer::unknown;
    Answer victim_is_organisation = Answer::unknown;
    Answer synthetic_content = Answer::unknown;   // a picture, voice or film made by a machine was used
    std::string payment_rail;
    std::string contact_channel;
    std::string reporter_role;
    Recall recall;
    Origin origin;
    std::vector<AttachedFile> files;
    std::string reporter_key;     // base64 of the mailbox's public key, set by intake: answers go to no other key
};
// Who the reporter is, where they said so: a part of its own, under a key of its own. Two people and a reason open it.
struct ReporterIdentity {
    std::string contact;          // a name, an address, a number: as they wrote it
};
Json to_json(const ReporterIdentity& identity);
Result<ReporterIdentity> reporter_identity_from(const Json& json);

// The attributes that are words of a list.
struct AttributeField {
    std::string_view name;
    std::string TipContent::*member;
    std::span<const std::string_view> words;
    bool has(std::string_view word) const { return word.empty() || std::find(words.begin(), words.end(), word) != words.end(); }
};
inline constexpr AttributeField attribute_fields[] = {
    {"payment_rail", &TipContent::payment_rail, payment_rails},
    {"contact_channel", &TipContent::contact_channel, contact_channels},
    {"reporter_role", &TipContent::reporter_role, reporter_roles},
};
Json to_json(const TipContent& content);
Result<TipContent> tip_content_from(const Json& json);
// The reporter's text, and below it the payment to call back where one is told: what is shown and searched as part 0.
std::string told_text(const TipContent& content);

}  // namespace plumbline
