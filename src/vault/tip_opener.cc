// SPDX-License-Identifier: Apache-2.0
#include "vault/tip_opener.h"

#include "base/hash.h"
#include "seal/blob.h"
#include "store/part_bytes.h"
#include "vault/packed_text.h"

namespace plumbline::vault {

TipOpener::TipOpener(Store& store, Blobs& blobs, const seal::SecretKey& desk_key, Entropy& entropy)
    : store_(store), blobs_(blobs), desk_key_(desk_key), entropy_(entropy), secrets_(desk_key) {}

Result<seal::TipKey> TipOpener::key_of(TipId tip) {
    {
        const std::lock_guard lock(keys_mutex_);
        for (auto kept = keys_.rbegin(); kept != keys_.rend(); ++kept)
            if (kept->first == tip) return kept->second;
    }
    const Bytes wrapped = TRY(store_.wrapped_keys(tip));
    auto key = seal::unwrap_tip_key_of(wrapped, tip, desk_key_);
    if (!key) return fail_in(tip.text(), key.error());
    const std::lock_guard lock(keys_mutex_);
    keys_.emplace_back(tip, *key);
    if (keys_.size() > keys_kept) keys_.pop_front();
    return key;
}

void TipOpener::forget(TipId tip) {
    const std::lock_guard lock(keys_mutex_);
    std::erase_if(keys_, [tip](const auto& kept) { return kept.first == tip; });
}

namespace {

constexpr std::uint32_t files_named_max = 100'000;   // numbers above are parts of another kind

Result<SealedPart> part_of(Store& store, TipId tip, std::uint32_t number) {
    for (SealedPart& part : TRY(store.parts(tip)))
        if (part.part == number) return std::move(part);
    return fail(ErrorKind::not_found, "{} has no part {}", tip.text(), number);
}

// Gives the sealed bytes in pieces, whether they stand in the row or in a blob.
Result<void> each_piece(Blobs& blobs, const SealedPart& part, const std::function<Result<void>(ByteView)>& take) {
    if (const Bytes* bytes = std::get_if<Bytes>(&part.where)) return take(*bytes);
    const auto reader = TRY(blobs.read(std::get<BlobRef>(part.where)));
    Bytes buffer(seal::chunk_sealed_bytes);
    for (std::uint64_t offset = 0;;) {
        const std::size_t count = TRY(reader->read(offset, buffer));
        if (count == 0) return {};
        TRY(take(ByteView(buffer).first(count)));
        offset += count;
    }
}

}  // namespace

Result<TipContent> TipOpener::content(TipId tip) {
    const seal::TipKey key = TRY(key_of(tip));
    const SealedPart part = TRY(part_of(store_, tip, 0));
    Bytes sealed;
    TRY(each_piece(blobs_, part, [&sealed](ByteView piece) -> Result<void> {
        append(sealed, piece);
        return {};
    }));
    const Bytes plain = TRY(seal::open_content(key, tip, sealed));
    return tip_content_from(TRY(parse_json(text_of(plain))));
}

Result<TipOpener::Readable> TipOpener::readable(TipId tip) {
    Readable read;
    auto opened = content(tip);
    if (opened) {
        read.content = std::move(*opened);
    } else {
        const ErrorKind kind = opened.error().kind;
        const bool is_of_store = kind == ErrorKind::unavailable || kind == ErrorKind::busy || kind == ErrorKind::timeout;
        if (is_of_store || kind == ErrorKind::denied || kind == ErrorKind::not_found) return fail(std::move(opened).error());
        read.unreadable = opened.error().message;
        read.content.category = std::string(category_not_sure);
    }
    for (const SealedPart& part : TRY(store_.parts(tip))) {
        if (part.part == 0 || part.part > files_named_max) continue;
        if (read.content.files.size() < part.part) read.content.files.resize(part.part);
        // One that has no such size will not open: the step that reads it says so.
        read.content.files[part.part - 1].size_bytes = seal::plain_bytes_of(part.sealed_bytes).value_or(0);
    }
    return read;
}

Result<MessageContent> TipOpener::message(const Message& message) { return seal::open_message(desk_key_, message.tip, message.id, message.sealed); }

Result<std::vector<TipOpener::AddedFile>> TipOpener::added_files(TipId tip) {
    std::vector<AddedFile> added;
    for (const Message& stored : TRY(store_.messages_of(tip))) {
        if (stored.direction != MessageDirection::from_reporter) continue;
        // One that does not open has no files that anybody could name; the numbers of the others stay.
        const auto content = message(stored);
        if (!content || content->files.empty()) continue;
        const auto key = seal::files_key_of(*content);
        for (std::uint32_t n = 1; n <= content->files.size(); ++n)
            added.push_back({stored.id, n, content->files[n - 1], key ? std::optional<seal::TipKey>(*key) : std::nullopt, stored.hour});
    }
    return added;
}

Result<TipOpener::Located> TipOpener::locate(TipId tip, std::uint32_t n) {
    for (SealedPart& part : TRY(store_.parts(tip)))
        if (part.part == n) return Located{TRY(key_of(tip)), tip, std::move(part)};
    const std::size_t own = TRY(readable(tip)).content.files.size();
    const std::vector<AddedFile> added = TRY(added_files(tip));
    if (n <= own || n - own > added.size()) return fail(ErrorKind::not_found, "{} has no part {}", tip.text(), n);
    const AddedFile& file = added[n - own - 1];
    if (!file.key) return fail(ErrorKind::corrupt, "{} file {}: its message names no key", tip.text(), n);
    for (SealedPart& part : TRY(store_.message_parts(file.message)))
        if (part.part == file.part) return Located{*file.key, seal::envelope_of(file.message), std::move(part)};
    return fail(ErrorKind::not_found, "{} file {} did not come with its message", tip.text(), n);
}

Result<void> TipOpener::file(TipId tip, std::uint32_t number, const std::function<Result<void>(ByteView)>& take) {
    Located file = TRY(locate(tip, number));
    const std::uint32_t part = file.part.part;
    seal::PartReader reader(file.key, file.envelope, part, TRY(reading(blobs_, std::move(file.part))));
    Bytes plain;
    while (TRY(reader.next(plain))) {
        if (!plain.empty()) TRY(take(plain));
        plain.clear();
    }
    return {};
}

Result<Bytes> TipOpener::file(TipId tip, std::uint32_t number, std::uint64_t bytes_max) {
    Bytes bytes;
    TRY(file(tip, number, [&](ByteView piece) -> Result<void> {
        if (bytes.size() + piece.size() > bytes_max) return fail(ErrorKind::too_large, "part {} has more than {} bytes", number, bytes_max);
        append(bytes, piece);
        return {};
    }));
    return bytes;
}

Result<Json> TipOpener::opened(const Product& product) {
    const Bytes plain = TRY(secrets_.decrypt_product(product.tip, product.name, product.sealed));
    auto text = unpacked(plain);
    if (!text) return fail_in(product.name, text.error());
    return parse_json(*text);
}

Result<std::optional<Json>> TipOpener::product(TipId tip, std::string_view name) {
    const std::optional<Product> product = TRY(store_.product(tip, name));
    if (!product) return std::optional<Json>();
    return std::optional<Json>(TRY(opened(*product)));
}

Product TipOpener::sealed_product(TipId tip, std::string_view name, std::uint32_t version, const Json& value) {
    return sealed_product_text(tip, name, version, value.dump());
}

Product TipOpener::sealed_product_text(TipId tip, std::string_view name, std::uint32_t version, std::string_view json) {
    return Product{tip, std::string(name), version, secrets_.encrypt_product(tip, name, packed(json), entropy_)};
}

namespace {
constexpr std::string_view opening_product = "opening";
}

NewEntry TipOpener::entry(const TipHeader& tip, std::string kind, Day day, const Json& statement) {
    Json whole = Json::object();
    whole.set("tip", tip.id.text());
    for (const auto& [name, value] : statement.as_object()) whole.set(name, value);
    const std::string text = whole.dump();
    Salt salt;
    entropy_.fill(salt);
    NewEntry entry;
    entry.tip = tip.id;
    entry.entry.kind = std::move(kind);
    entry.entry.day = day;
    entry.entry.group = tip.group;
    entry.entry.commitment = commitment_of(salt, view(text));
    Bytes plain = to_bytes(ByteView(salt));
    append(plain, text);
    entry.opening = secrets_.encrypt_product(tip.id, opening_product, plain, entropy_);
    return entry;
}

Result<TipOpener::Opening> TipOpener::opening_of(const StoredEntry& stored) {
    // Erased, or taken away: there is nothing to hold against the commitment. The ledger's own check tells which.
    if (stored.opening.empty()) return fail(ErrorKind::not_found, "entry {}: its opening is gone", stored.index);
    Bytes plain;
    if (stored.entry.kind == kind_of_received() && seal::is_opening_to_desk(stored.opening)) {
        plain = TRY(seal::open_opening(desk_key_, stored.tip, stored.opening));
    } else if (stored.entry.kind == kind_of_received()) {
        const seal::TipKey key = TRY(key_of(stored.tip));
        plain = TRY(seal::open_part(key, stored.tip, seal::opening_part, stored.opening));
    } else if (is_kind_of_reporter(stored.entry.kind)) {
        plain = TRY(seal::open_sealed(desk_key_, reporter_opening_context(stored.tip), stored.opening));
    } else {
        plain = TRY(secrets_.decrypt_product(stored.tip, opening_product, stored.opening));
    }
    Opening opening;
    if (plain.size() < opening.salt.size()) return fail(ErrorKind::corrupt, "entry {}: opening of {} bytes", stored.index, plain.size());
    std::copy_n(plain.begin(), opening.salt.size(), opening.salt.begin());
    opening.statement = text_of(ByteView(plain).subspan(opening.salt.size()));
    if (commitment_of(opening.salt, view(opening.statement)) != stored.entry.commitment)
        return fail(ErrorKind::corrupt, "entry {}: its opening does not fit its commitment", stored.index);
    return opening;
}

}  // namespace plumbline::vault
