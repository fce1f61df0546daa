// SPDX-License-Identifier: Apache-2.0
#include "app/seal_command.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

#include "app/assets.h"
#include "app/data_folder.h"
#include "base/json.h"
#include "face/sealed_tip_json.h"
#include "face/tip_fields.h"
#include "http/client.h"
#include "intake/content_check.h"
#include "seal/envelope.h"
#include "seal/identity.h"
#include "seal/mailbox.h"
#include "seal/signed_key.h"

namespace plumbline::app {

namespace {

constexpr std::string_view bundle_title = "plumbline-sealed-tip/1\n";
constexpr std::size_t read_bytes = 1024 * 1024;
constexpr std::size_t patch_bytes = 4 * 1024 * 1024;
constexpr std::size_t header_bytes_max = 8 * 1024 * 1024;
constexpr int tries_max = 6;

// Everything that is decided before the first byte is sealed.
struct Plan {
    TipId tip;
    seal::TipKey key;
    seal::ReceiptSecret secret;
    Json header;                             // of POST /api/v1/sealed-tips, without its parts
    std::vector<Bytes> parts;                // the content; last the identity, where there is one
    std::vector<std::string> files;
    std::vector<std::uint64_t> file_bytes;
    bool has_identity = false;
};
struct Keys {
    std::vector<seal::PublicKey> desks;
    std::optional<seal::PublicKey> identity;
};

Result<Keys> read_keys(const Command& command, Day today) {
    const std::string text = TRY(read_small_file(command.desk_key));
    Keys keys;
    if (text.starts_with("plumbline-signed-desk-key/1")) {
        if (command.key.empty()) return fail(ErrorKind::invalid, "--anchor: say which anchor must have signed {}", command.desk_key);
        const auto read = seal::verify_desk_keys(text, today);
        if (!read) return fail_in(command.desk_key, read.error());
        if (read->by != TRY(read_verify_key(command.key))) return fail(ErrorKind::denied, "{} is not signed by {}", command.desk_key, command.key);
        keys.desks = read->desks;
        keys.identity = read->identity;
    } else {
        keys.desks.push_back(TRY(seal::public_key_from(text, seal::KeyRole::desk)));
    }
    if (!command.identity_key.empty()) keys.identity = TRY(seal::public_key_from(TRY(read_small_file(command.identity_key)), seal::KeyRole::identity));
    return keys;
}

Result<TipContent> read_content(const std::string& path, const Categories& categories, const Limits& limits) {
    std::string text;
    if (path == "-") text = std::string(std::istreambuf_iterator<char>(std::cin), {});
    else text = TRY(read_small_file(path));
    const Json json = TRY(parse_json(text, limits.json_depth_max));
    face::CheckedJson checked = face::check_json(json, categories, limits);
    if (!checked.errors.empty()) return fail(ErrorKind::invalid, "{}: {}: {}", path, checked.errors.front().field, checked.errors.front().text);
    return std::move(checked.content);
}

Result<Plan> make_plan(const Command& command, const Keys& keys, Instant hour, Entropy& entropy) {
    const Limits limits;
    const Categories categories = TRY(built_in_categories());
    TipContent content = TRY(read_content(command.paths.front(), categories, limits));
    IdBytes random;
    entropy.fill(random);
    Plan plan{TipId::make(hour, random), seal::TipKey::random(entropy), seal::ReceiptSecret::random(entropy), Json::object(), {}, {}, {}, false};
    for (std::size_t i = 1; i < command.paths.size(); ++i) {
        std::error_code failed;
        const std::uintmax_t size = std::filesystem::file_size(command.paths[i], failed);
        if (failed) return fail(ErrorKind::not_found, "{}: {}", command.paths[i], failed.message());
        plan.files.push_back(command.paths[i]);
        plan.file_bytes.push_back(size);
        content.files.push_back({std::filesystem::path(command.paths[i]).filename().string(), "", size});
    }
    const Category* category = TRY(intake::check_content(content, categories, limits));
    const seal::MailboxKeys mailbox = seal::mailbox_keys_of(plan.secret);
    content.reporter_key = to_base64(mailbox.public_key.bytes);
    const ReporterIdentity identity{std::exchange(content.contact, "")};
    if (!identity.contact.empty() && !keys.identity) return fail(ErrorKind::invalid, "contact: give --identity, the key that it is sealed to");
    content.own_values = intake::own_values_in(content.text, identity.contact);
    plan.parts.push_back(seal::seal_content(plan.key, plan.tip, view(to_json(content).dump()), entropy));
    plan.has_identity = !identity.contact.empty();
    if (plan.has_identity) plan.parts.push_back(seal::seal_identity(plan.tip, view(to_json(identity).dump()), *keys.identity, entropy));
    plan.header.set("tip", plan.tip.text()).set("group", name_of(category->group)).set("mailbox", seal::mailbox_id_of(mailbox.token).hex());
    plan.header.set("wrapped_keys", to_base64(seal::wrap_tip_key_for(plan.key, plan.tip, keys.desks, entropy))).set("reporter_key", to_base64(mailbox.public_key.bytes));
    return plan;
}

// Gives the sealed bytes of file n (from 1) in pieces.
Result<void> each_sealed_piece(const Plan& plan, std::size_t n, Entropy& entropy, const std::function<Result<void>(ByteView)>& take) {
    const std::string& path = plan.files[n - 1];
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(ErrorKind::not_found, "{}: cannot be read", path);
    seal::PartSealer sealer(plan.key, plan.tip, static_cast<std::uint32_t>(n), entropy);
    std::string buffer(read_bytes, '\0');
    Bytes sealed;
    std::uint64_t total = 0;
    while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0) {
        total += static_cast<std::uint64_t>(file.gcount());
        sealer.push(view(std::string_view(buffer).substr(0, static_cast<std::size_t>(file.gcount()))), sealed);
        TRY(take(sealed));
        sealed.clear();
    }
    if (total != plan.file_bytes[n - 1]) return fail(ErrorKind::conflict, "{}: it changed while it was read", path);
    sealer.finish(sealed);
    return take(sealed);
}

Json part_row(std::uint32_t number) { return Json::object().set("part", number); }

Result<void> write_bundle(const Plan& plan, const std::string& path, Entropy& entropy) {
    Json parts = Json::array();
    parts.push(part_row(0).set("bytes", plan.parts.front().size()));
    for (std::uint32_t n = 1; n <= plan.files.size(); ++n) parts.push(part_row(n).set("bytes", seal::sealed_bytes_of(plan.file_bytes[n - 1])));
    if (plan.has_identity) parts.push(part_row(seal::identity_part).set("bytes", plan.parts.back().size()));
    Json header = plan.header;
    header.set("parts", std::move(parts));
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    const auto put = [&out, &path](ByteView bytes) -> Result<void> {
        out.write(text_of(bytes).data(), static_cast<std::streamsize>(bytes.size()));
        if (!out) return fail(ErrorKind::unavailable, "{}: cannot be written", path);
        return {};
    };
    TRY(put(view(bundle_title)));
    TRY(put(view(header.dump() + "\n")));
    TRY(put(plan.parts.front()));
    for (std::size_t n = 1; n <= plan.files.size(); ++n) TRY(each_sealed_piece(plan, n, entropy, put));
    if (plan.has_identity) TRY(put(plan.parts.back()));
    out.close();
    if (!out) return fail(ErrorKind::unavailable, "{}: cannot be written", path);
    return {};
}

// ---- to a hotline ----

std::string header_of(const ClientAnswer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers)
        if (key == name) return value;
    return "";
}

// A lost line and a busy hotline are waited for; every other answer is given back.
Result<ClientAnswer> answered(const std::function<Result<ClientAnswer>()>& ask) {
    for (int round = 1;; ++round) {
        auto answer = ask();
        const bool is_passing = answer ? answer->status == 503 : answer.error().kind == ErrorKind::unavailable || answer.error().kind == ErrorKind::timeout;
        if (!is_passing || round >= tries_max) return answer;
        std::this_thread::sleep_for(std::chrono::seconds(1U << round));
    }
}

tl::unexpected<Error> refusal(const ClientAnswer& answer) {
    const auto json = parse_json(answer.body);
    const std::string detail = json ? json->text_at_or("detail", "").value_or("") : "";
    return fail(answer.status == 409 ? ErrorKind::conflict : ErrorKind::invalid, "the hotline answers {}{}{}", answer.status, detail.empty() ? "" : ": ", detail);
}

// One upload, from its beginning to its end; pieces that were on the way when the line broke are sent again from where it stands.
class Upload {
  public:
    static Result<Upload> begin(HttpClient& client, std::uint64_t bytes) {
        const auto answer = TRY(answered([&] { return client.request("POST", "/api/v1/uploads", {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", std::to_string(bytes)}}, {}); }));
        if (answer.status != 201) return refusal(answer);
        return Upload(client, header_of(answer, "location"));
    }
    Result<void> add(ByteView bytes) {
        append(waiting_, bytes);
        return waiting_.size() < patch_bytes ? Result<void>() : flush();
    }
    Result<void> flush() {
        for (int round = 0; !waiting_.empty(); ++round) {
            if (round >= tries_max) return fail(ErrorKind::unavailable, "the hotline does not take the upload");
            const auto answer = client_->request("PATCH", path_, {{"Tus-Resumable", "1.0.0"}, {"Content-Type", "application/offset+octet-stream"}, {"Upload-Offset", std::to_string(offset_)}}, waiting_);
            std::uint64_t at = offset_ + waiting_.size();
            if (!answer || answer->status != 204) {
                if (answer && answer->status != 409 && answer->status != 503) return refusal(*answer);
                const auto head = TRY(answered([&] { return client_->request("HEAD", path_, {{"Tus-Resumable", "1.0.0"}}, {}); }));
                if (head.status != 200) return refusal(head);
                at = std::strtoull(header_of(head, "upload-offset").c_str(), nullptr, 10);
            }
            if (at < offset_ || at > offset_ + waiting_.size()) return fail(ErrorKind::conflict, "the upload stands at another place");
            waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(at - offset_));
            offset_ = at;
        }
        return {};
    }
    std::string secret() const { return path_.substr(path_.rfind('/') + 1); }

  private:
    Upload(HttpClient& client, std::string path) : client_(&client), path_(std::move(path)) {}
    HttpClient* client_;
    std::string path_;
    std::uint64_t offset_ = 0;
    Bytes waiting_;
};

Result<std::string> hand_in(const Plan& plan, HttpClient& client, Entropy& entropy) {
    Json parts = Json::array();
    parts.push(part_row(0).set("sealed", to_base64(plan.parts.front())));
    for (std::uint32_t n = 1; n <= plan.files.size(); ++n) {
        Upload upload = TRY(Upload::begin(client, seal::sealed_bytes_of(plan.file_bytes[n - 1])));
        TRY(each_sealed_piece(plan, n, entropy, [&upload](ByteView piece) { return upload.add(piece); }));
        TRY(upload.flush());
        parts.push(part_row(n).set("upload", upload.secret()));
    }
    if (plan.has_identity) parts.push(part_row(seal::identity_part).set("sealed", to_base64(plan.parts.back())));
    Json body = plan.header;
    body.set("parts", std::move(parts));
    const std::string text = body.dump();
    const auto answer = TRY(answered([&] { return client.request("POST", "/api/v1/sealed-tips", {{"Content-Type", "application/json"}}, view(text)); }));
    if (answer.status != 200 && answer.status != 201) return refusal(answer);
    return TRY(parse_json(answer.body)).text_at("proof");
}

Result<std::unique_ptr<HttpClient>> client_of(const Command& command) {
    ClientOptions options;
    options.base_url = command.server;
    if (!command.fingerprint.empty()) {
        const auto fingerprint = Sha256::from_hex(command.fingerprint);
        if (!fingerprint) return fail(ErrorKind::invalid, "--fingerprint: 64 hexadecimal digits");
        options.certificate_sha256 = *fingerprint;
    }
    return HttpClient::open(options);
}

// The hotline's hour: a clock that runs wrong tells nothing then.
Result<Instant> hour_of_server(HttpClient& client) {
    const auto answer = TRY(answered([&] { return client.request("GET", "/api/v1/sealing", {}, {}); }));
    if (answer.status != 200) return refusal(answer);
    return instant_from(TRY(TRY(parse_json(answer.body)).text_at("hour")));
}

}  // namespace

Result<int> run_seal(const Command& command, Clock& clock, Entropy& entropy) {
    if (command.output.empty() == command.server.empty()) return fail(ErrorKind::invalid, "give --output FILE, or --server URL");
    keep_out_of_dumps();
    const Keys keys = TRY(read_keys(command, day_of(clock.now())));
    std::unique_ptr<HttpClient> client;
    if (!command.server.empty()) client = TRY(client_of(command));
    const Instant hour = client ? TRY(hour_of_server(*client)) : hour_of(clock.now());
    const Plan plan = TRY(make_plan(command, keys, hour, entropy));
    std::string proof;
    if (client) proof = TRY(hand_in(plan, *client, entropy));
    else TRY(write_bundle(plan, command.output, entropy));
    std::printf("%s\n", seal::receipt_words(plan.secret).c_str());
    if (!proof.empty()) std::printf("\n%s", proof.c_str());
    std::fprintf(stderr, client ? "%s is stored. The 12 words open its mailbox; nobody else has them.\n" : "%s is sealed, not handed in yet. The 12 words will open its mailbox; nobody else has them.\n", plan.tip.text().c_str());
    return 0;
}

bool is_sealed_bundle(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string start(bundle_title.size(), '\0');
    return file.read(start.data(), static_cast<std::streamsize>(start.size())) && start == bundle_title;
}

Result<intake::SealedReceipt> import_sealed_bundle(const std::string& path, intake::SealedIntake& sealed) {
    std::ifstream file(path, std::ios::binary);
    file.ignore(static_cast<std::streamsize>(bundle_title.size()));
    std::string line;
    for (int letter = file.get(); letter != '\n'; letter = file.get()) {
        if (letter == std::char_traits<char>::eof() || line.size() >= header_bytes_max) return fail(ErrorKind::invalid, "{}: its header is cut", path);
        line += static_cast<char>(letter);
    }
    const Json header = TRY(parse_json(line));
    auto tip = face::sealed_tip_from(header);
    if (!tip) return fail_in(path, tip.error());
    std::string buffer(read_bytes, '\0');
    const Json* rows = TRY(header.array_at("parts"));
    for (std::size_t i = 0; i < tip->parts.size(); ++i) {
        intake::SealedTipPart& part = tip->parts[i];
        std::uint64_t left = static_cast<std::uint64_t>(TRY(rows->as_array()[i].integer_at("bytes")));
        const bool is_small = part.part == 0 || part.part == seal::identity_part;
        if (is_small && left > header_bytes_max) return fail(ErrorKind::too_large, "{}: part {} has {} bytes", path, part.part, left);
        std::unique_ptr<intake::UploadPieces> pieces;
        if (!is_small) {
            part.upload = TRY(sealed.create_upload(left)).secret;
            pieces = TRY(sealed.append(part.upload, 0));
        }
        while (left > 0) {
            file.read(buffer.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(left, buffer.size())));
            if (file.gcount() <= 0) return fail(ErrorKind::corrupt, "{}: part {} is cut", path, part.part);
            const ByteView piece = view(std::string_view(buffer).substr(0, static_cast<std::size_t>(file.gcount())));
            if (pieces) TRY(pieces->data(piece));
            else append(part.sealed, piece);
            left -= piece.size();
        }
        if (pieces) TRY(pieces->finish());
    }
    return sealed.accept(std::move(*tip));
}

}  // namespace plumbline::app
