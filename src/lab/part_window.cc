// SPDX-License-Identifier: Apache-2.0
// The opener gives a chunk out when the next one begins, for only then it is known not to be the last. So the hash of the
// sealed bytes is taken where a chunk ends and kept until the opener has come as far.
#include "lab/part_window.h"

#include <algorithm>

#include "seal/secret.h"

namespace plumbline::lab {
namespace {
constexpr std::uint64_t chunks_of_range = 256;     // 16 MiB fetched at a time
constexpr std::uint64_t chunks_of_place = 64;      // a place to go on from every 4 MiB

std::uint64_t chunk_end(std::uint64_t sealed_at) {
    if (sealed_at < seal::part_header_bytes) return seal::part_header_bytes;
    return seal::part_header_bytes + ((sealed_at - seal::part_header_bytes) / seal::chunk_sealed_bytes + 1) * seal::chunk_sealed_bytes;
}
}  // namespace

Json to_json(const ReadingPlace& place) {
    Json json = Json::object();
    json.set("chunk", place.opener.chunk).set("header", to_base64(place.opener.header)).set("nonce", to_base64(place.opener.nonce));
    json.set("sealed_hash", to_base64(place.sealed_hash)).set("plain_hash", to_base64(place.plain_hash));
    return json;
}

Result<ReadingPlace> reading_place_from(const Json& json) {
    ReadingPlace place;
    const std::int64_t chunk = TRY(json.integer_at("chunk"));
    const Bytes header = TRY(from_base64(TRY(json.text_at("header"))));
    const Bytes nonce = TRY(from_base64(TRY(json.text_at("nonce"))));
    if (chunk < 1 || header.size() != place.opener.header.size() || nonce.size() != place.opener.nonce.size())
        return fail(ErrorKind::corrupt, "not a place in a part");
    place.opener.chunk = static_cast<std::uint64_t>(chunk);
    std::copy(header.begin(), header.end(), place.opener.header.begin());
    std::copy(nonce.begin(), nonce.end(), place.opener.nonce.begin());
    place.sealed_hash = TRY(from_base64(TRY(json.text_at("sealed_hash"))));
    place.plain_hash = TRY(from_base64(TRY(json.text_at("plain_hash"))));
    return place;
}

Result<PartWindow> PartWindow::open(const dispatch::LeasePart& part, TipId tip, const seal::TipKey& key, Fetch fetch, const std::optional<ReadingPlace>& from) {
    const std::uint64_t size = TRY(seal::plain_bytes_of(part.sealed_bytes));
    seal::PartOpener opener = from ? seal::PartOpener(key, tip, part.part, from->opener) : seal::PartOpener(key, tip, part.part);
    PartWindow window(part, std::move(fetch), TRY(MemoryFile::make()), std::move(opener));
    window.size_bytes_ = size;
    TRY(window.file_.resize(size));
    if (from) {
        window.sealed_at_ = from->opener.sealed_at();
        window.plain_at_ = window.forgotten_ = from->opener.plain_at();
        if (window.sealed_at_ >= part.sealed_bytes) return fail(ErrorKind::corrupt, "part {}: the place is not in it", part.part);
        window.sealed_hash_ = TRY(Sha256Stream::from_state(from->sealed_hash));
        window.plain_hash_ = TRY(Sha256Stream::from_state(from->plain_hash));
        window.places_.push_back(*from);
    }
    return window;
}

Result<void> PartWindow::keep_plain() {
    plain_hash_.update(plain_);
    TRY(file_.write_at(plain_at_, plain_));
    plain_at_ += plain_.size();
    seal::wipe(plain_);
    plain_.clear();
    return {};
}

Result<void> PartWindow::take(ByteView sealed) {
    while (!sealed.empty()) {
        const bool is_boundary = sealed_at_ > seal::part_header_bytes && chunk_end(sealed_at_ - 1) == sealed_at_ &&
                                 (sealed_at_ - seal::part_header_bytes) / seal::chunk_sealed_bytes % chunks_of_place == 0;
        if (is_boundary) boundary_hash_ = sealed_hash_.state();
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(sealed.size(), chunk_end(sealed_at_) - sealed_at_));
        sealed_hash_.update(sealed.first(count));
        TRY(opener_.push(sealed.first(count), plain_));
        TRY(keep_plain());
        sealed_at_ += count;
        sealed = sealed.subspan(count);
        if (is_boundary) places_.push_back({opener_.place(), boundary_hash_, plain_hash_.state()});
    }
    return {};
}

Result<void> PartWindow::fetch_range() {
    const std::uint64_t count = std::min(part_.sealed_bytes - sealed_at_, chunks_of_range * seal::chunk_sealed_bytes);
    const std::uint64_t end = sealed_at_ + count;
    TRY(fetch_(sealed_at_, count, [&](ByteView piece) -> Result<void> {
        if (piece.size() > end - sealed_at_) return fail(ErrorKind::corrupt, "part {}: more bytes than were asked for", part_.part);
        return take(piece);
    }));
    if (sealed_at_ != end) return fail(ErrorKind::corrupt, "part {}: it ends at byte {}, the lease says {}", part_.part, sealed_at_, part_.sealed_bytes);
    if (sealed_at_ < part_.sealed_bytes) return {};
    TRY(opener_.finish(plain_));
    return keep_plain();
}

Result<void> PartWindow::reach(std::uint64_t end) {
    end = std::min(end, size_bytes_);
    while (plain_at_ < end) TRY(fetch_range());
    return {};
}

void PartWindow::forget(std::uint64_t before) {
    if (before <= forgotten_) return;
    file_.forget(forgotten_, before);
    forgotten_ = before;
    // The last place before what is still there is where reading can go on.
    while (places_.size() > 1 && places_[1].opener.plain_at() <= before) places_.pop_front();
}

std::optional<ReadingPlace> PartWindow::place_before(std::uint64_t plain_at) const {
    for (auto place = places_.rbegin(); place != places_.rend(); ++place)
        if (place->opener.plain_at() <= plain_at) return *place;
    return std::nullopt;
}

Result<Sha256> PartWindow::finish() {
    TRY(reach(size_bytes_));
    if (sealed_hash_.finish() != part_.sealed_sha256) return fail(ErrorKind::corrupt, "part {}: its SHA-256 is not the lease's", part_.part);
    return plain_hash_.finish();
}

}  // namespace plumbline::lab
