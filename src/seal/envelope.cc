// SPDX-License-Identifier: Apache-2.0
#include "seal/envelope.h"

#include <sodium.h>

#include <array>

#include "base/check.h"
#include "seal/batch_keys.h"
#include "seal/box.h"
#include "seal/pad.h"
#include "seal/raw.h"

namespace plumbline::seal {
namespace {
constexpr std::byte envelope_version{1};
constexpr std::size_t stream_header_bytes = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t desks_max = 16;
static_assert(crypto_secretstream_xchacha20poly1305_ABYTES == chunk_sealed_bytes - chunk_plain_bytes);
static_assert(part_header_bytes == 1 + stream_header_bytes);
static_assert(wrapped_key_bytes == 1 + 16 + 32 + box_overhead_bytes);

// What is bound into each chunk: version, tip id, part, chunk; big-endian.
class ChunkPlace {
  public:
    ChunkPlace(const TipId& tip, std::uint32_t part) {
        bytes_[0] = envelope_version;
        std::copy(tip.bytes().begin(), tip.bytes().end(), bytes_.begin() + 1);
        for (std::size_t i = 0; i < 4; ++i) bytes_[17 + i] = static_cast<std::byte>(part >> (24 - 8 * i));
    }
    void set_chunk(std::uint64_t chunk) {
        for (std::size_t i = 0; i < 8; ++i) bytes_[21 + i] = static_cast<std::byte>(chunk >> (56 - 8 * i));
    }
    const std::array<std::byte, 29>& bytes() const { return bytes_; }

  private:
    std::array<std::byte, 29> bytes_{};
};

Bytes wrapped_payload(const TipKey& key, const TipId& tip) {
    Bytes payload{envelope_version};
    append(payload, ByteView(tip.bytes()));
    append(payload, key.bytes());
    return payload;
}
}  // namespace

Bytes wrap_tip_key(const TipKey& key, const TipId& tip, const PublicKey& to, Entropy& entropy) {
    const SecretBytes payload(wrapped_payload(key, tip));
    return seal_box(to, payload.bytes(), entropy);
}

Result<TipKey> unwrap_tip_key(ByteView wrapped, const TipId& tip, const SecretKey& secret) {
    if (wrapped.size() != wrapped_key_bytes) return fail(ErrorKind::corrupt, "a wrapped key has {} bytes", wrapped_key_bytes);
    const SecretBytes payload(TRY(open_box(secret, public_key_of(secret), wrapped)));
    ByteReader reader(payload.bytes());
    if (TRY(reader.u8()) != 1) return fail(ErrorKind::unsupported, "a wrapped key of another version");
    const TipId of = TRY(TipId::from_bytes(TRY(reader.take(16))));
    if (of != tip) return fail(ErrorKind::corrupt, "the wrapped key is of another tip");
    return TipKey::from_bytes(reader.rest());
}

Bytes wrap_tip_key_for(const TipKey& key, const TipId& tip, const std::vector<PublicKey>& desks, Entropy& entropy) {
    CHECK(!desks.empty() && desks.size() <= desks_max);
    Bytes all;
    for (const PublicKey& desk : desks) append(all, wrap_tip_key(key, tip, desk, entropy));
    return all;
}

Result<TipKey> unwrap_tip_key_of(ByteView wrapped_keys, const TipId& tip, const SecretKey& secret) {
    if (is_of_batch(wrapped_keys)) return unwrap_batch_tip_key(wrapped_keys, tip, secret);
    if (wrapped_keys.empty() || wrapped_keys.size() % wrapped_key_bytes != 0 ||
        wrapped_keys.size() > desks_max * wrapped_key_bytes) {
        return fail(ErrorKind::corrupt, "wrapped keys: {} bytes", wrapped_keys.size());
    }
    for (std::size_t at = 0; at < wrapped_keys.size(); at += wrapped_key_bytes) {
        Result<TipKey> key = unwrap_tip_key(wrapped_keys.subspan(at, wrapped_key_bytes), tip, secret);
        if (key || key.error().kind != ErrorKind::denied) return key;
    }
    return fail(ErrorKind::denied, "the tip's key is not sealed to this desk key");
}

std::uint64_t sealed_bytes_of(std::uint64_t plain_bytes) {
    const std::uint64_t chunks = plain_bytes == 0 ? 1 : (plain_bytes + chunk_plain_bytes - 1) / chunk_plain_bytes;
    return part_header_bytes + plain_bytes + chunks * (chunk_sealed_bytes - chunk_plain_bytes);
}

Result<std::uint64_t> plain_bytes_of(std::uint64_t sealed_bytes) {
    constexpr std::uint64_t added = chunk_sealed_bytes - chunk_plain_bytes;
    if (sealed_bytes < part_header_bytes + added) return fail(ErrorKind::corrupt, "a sealed part of {} bytes: cut", sealed_bytes);
    const std::uint64_t body = sealed_bytes - part_header_bytes;
    const std::uint64_t chunks = (body + chunk_sealed_bytes - 1) / chunk_sealed_bytes;
    const std::uint64_t last = body - (chunks - 1) * chunk_sealed_bytes;
    if (last < added || (last == added && chunks > 1)) return fail(ErrorKind::corrupt, "a sealed part of {} bytes: its last chunk is cut", sealed_bytes);
    return body - chunks * added;
}

Result<void> check_part_form(std::uint32_t part, std::byte first, std::uint64_t sealed_bytes) {
    if (first != envelope_version) return fail(ErrorKind::unsupported, "envelope version {}", std::to_integer<unsigned>(first));
    const std::uint64_t plain = TRY(plain_bytes_of(sealed_bytes));
    if (part == 0 && (plain == 0 || size_class_of(plain - 1, content_class_min) != plain))
        return fail(ErrorKind::corrupt, "the content is not padded: it has {} bytes", plain);
    return {};
}

struct PartSealer::State {
    State(const TipId& tip, std::uint32_t part) : place(tip, part) {}
    ~State() {
        sodium_memzero(&stream, sizeof stream);
        wipe(waiting);
    }
    // Seals one chunk onto `out`.
    void seal(ByteView plain, bool is_last, Bytes& out) {
        place.set_chunk(chunk++);
        const std::size_t at = out.size();
        out.resize(at + plain.size() + crypto_secretstream_xchacha20poly1305_ABYTES);
        const unsigned char tag =
            is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
        CHECK(crypto_secretstream_xchacha20poly1305_push(&stream, uchar(std::span(out)) + at, nullptr, uchar(plain), plain.size(),
                                                         uchar(place.bytes()), place.bytes().size(), tag) == 0);
    }

    crypto_secretstream_xchacha20poly1305_state stream{};
    ChunkPlace place;
    ByteArray<stream_header_bytes> header{};
    bool has_header_out = false;
    bool is_finished = false;
    std::uint64_t chunk = 0;
    Bytes waiting;  // at most one chunk, not yet sealed: the last one carries another tag
};

PartSealer::PartSealer(const TipKey& key, const TipId& tip, std::uint32_t part, Entropy& entropy)
    : state_(std::make_unique<State>(tip, part)) {
    entropy.fill(state_->header);
    // The same state as init_push makes, with a header that is ours: init_pull only derives from header and key.
    CHECK(crypto_secretstream_xchacha20poly1305_init_pull(&state_->stream, uchar(state_->header), uchar(key.bytes())) == 0);
}
PartSealer::~PartSealer() = default;
PartSealer::PartSealer(PartSealer&&) noexcept = default;
PartSealer& PartSealer::operator=(PartSealer&&) noexcept = default;

void PartSealer::push(ByteView plain, Bytes& out) {
    State& state = *state_;
    CHECK(!state.is_finished);
    if (!state.has_header_out) {
        out.push_back(envelope_version);
        append(out, ByteView(state.header));
        state.has_header_out = true;
    }
    while (!plain.empty()) {
        if (state.waiting.size() == chunk_plain_bytes) {
            state.seal(state.waiting, false, out);
            state.waiting.clear();
        }
        if (state.waiting.empty() && plain.size() > chunk_plain_bytes) {  // whole chunks need no copy
            state.seal(plain.first(chunk_plain_bytes), false, out);
            plain = plain.subspan(chunk_plain_bytes);
            continue;
        }
        if (state.waiting.capacity() == 0) state.waiting.reserve(std::min(plain.size(), chunk_plain_bytes));
        const std::size_t count = std::min(plain.size(), chunk_plain_bytes - state.waiting.size());
        if (state.waiting.capacity() < state.waiting.size() + count) {  // never leave plain text behind in freed memory
            Bytes larger;
            larger.reserve(chunk_plain_bytes);
            append(larger, state.waiting);
            wipe(state.waiting);
            state.waiting = std::move(larger);
        }
        append(state.waiting, plain.first(count));
        plain = plain.subspan(count);
    }
}

void PartSealer::finish(Bytes& out) {
    push({}, out);
    state_->seal(state_->waiting, true, out);
    wipe(state_->waiting);
    state_->waiting.clear();
    state_->is_finished = true;
}

struct PartOpener::State {
    State(const TipKey& tip_key, const TipId& tip, std::uint32_t part) : key(tip_key), place(tip, part) {}
    ~State() { sodium_memzero(&stream, sizeof stream); }

    Result<void> open(ByteView sealed, bool is_last, Bytes& out) {
        const std::uint64_t number = chunk;
        place.set_chunk(chunk++);
        if (sealed.size() < crypto_secretstream_xchacha20poly1305_ABYTES) return fail(ErrorKind::corrupt, "chunk {}: cut", number);
        const std::size_t at = out.size();
        const std::size_t plain_size = sealed.size() - crypto_secretstream_xchacha20poly1305_ABYTES;
        out.resize(at + plain_size);
        unsigned char tag = 0;
        const int state = crypto_secretstream_xchacha20poly1305_pull(&stream, uchar(std::span(out)) + at, nullptr, &tag, uchar(sealed),
                                                                     sealed.size(), uchar(place.bytes()), place.bytes().size());
        const unsigned char wanted =
            is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
        // An empty last chunk stands only in an empty part: each part has one spelling.
        if (state != 0 || tag != wanted || (is_last && plain_size == 0 && number > 0)) {
            wipe(std::span(out).subspan(at));
            out.resize(at);
            return fail(ErrorKind::corrupt, "chunk {}: {}", number,
                        state != 0 ? "its bytes do not check" : is_last ? "the end is missing" : "bytes after the end");
        }
        return {};
    }
    Result<void> take(ByteView sealed, Bytes& out) {
        while (!sealed.empty()) {
            const std::size_t wanted = has_header ? chunk_sealed_bytes : part_header_bytes;
            if (waiting.size() == wanted) {
                if (has_header) {
                    if (auto opened = open(waiting, false, out); !opened) return opened;
                } else if (auto started = start(); !started) {
                    return started;
                }
                waiting.clear();
                continue;
            }
            const std::size_t count = std::min(sealed.size(), wanted - waiting.size());
            append(waiting, sealed.first(count));
            sealed = sealed.subspan(count);
        }
        return {};
    }
    Result<void> start() {
        if (waiting[0] != envelope_version) {
            return fail(ErrorKind::unsupported, "envelope version {}", std::to_integer<unsigned>(waiting[0]));
        }
        std::copy_n(waiting.begin() + 1, header.size(), header.begin());
        CHECK(crypto_secretstream_xchacha20poly1305_init_pull(&stream, uchar(header), uchar(key.bytes())) == 0);
        has_header = true;
        return {};
    }

    TipKey key;
    crypto_secretstream_xchacha20poly1305_state stream{};
    ChunkPlace place;
    ByteArray<stream_header_bytes> header{};
    bool has_header = false;
    bool is_over = false;  // finished or failed
    std::uint64_t chunk = 0;
    Bytes waiting;  // at most one sealed chunk
};

PartOpener::PartOpener(const TipKey& key, const TipId& tip, std::uint32_t part)
    : state_(std::make_unique<State>(key, tip, part)) {}
PartOpener::PartOpener(const TipKey& key, const TipId& tip, std::uint32_t part, const PartPlace& from)
    : state_(std::make_unique<State>(key, tip, part)) {
    // Without the tags "rekey" and "final" a chunk changes nothing of the stream but its nonce.
    static_assert(sizeof state_->stream.nonce == sizeof from.nonce);
    state_->header = from.header;
    CHECK(crypto_secretstream_xchacha20poly1305_init_pull(&state_->stream, uchar(from.header), uchar(key.bytes())) == 0);
    std::copy(from.nonce.begin(), from.nonce.end(), std::as_writable_bytes(std::span(state_->stream.nonce)).begin());
    state_->chunk = from.chunk;
    state_->has_header = true;
}
PartPlace PartOpener::place() const {
    CHECK(state_->has_header);
    PartPlace place;
    place.chunk = state_->chunk;
    place.header = state_->header;
    const auto nonce = std::as_bytes(std::span(state_->stream.nonce));
    std::copy(nonce.begin(), nonce.end(), place.nonce.begin());
    return place;
}
PartOpener::~PartOpener() = default;
PartOpener::PartOpener(PartOpener&&) noexcept = default;
PartOpener& PartOpener::operator=(PartOpener&&) noexcept = default;

Result<void> PartOpener::push(ByteView sealed, Bytes& out) {
    if (state_->is_over) return fail(ErrorKind::corrupt, "the part has failed or ended already");
    Result<void> taken = state_->take(sealed, out);
    if (!taken) state_->is_over = true;
    return taken;
}

Result<void> PartOpener::finish(Bytes& out) {
    if (state_->is_over) return fail(ErrorKind::corrupt, "the part has failed or ended already");
    state_->is_over = true;
    if (!state_->has_header) return fail(ErrorKind::corrupt, "the part ends in its header");
    return state_->open(state_->waiting, true, out);
}

Bytes seal_part(const TipKey& key, const TipId& tip, std::uint32_t part, ByteView plain, Entropy& entropy) {
    Bytes out;
    out.reserve(sealed_bytes_of(plain.size()));
    PartSealer sealer(key, tip, part, entropy);
    sealer.push(plain, out);
    sealer.finish(out);
    return out;
}

Result<Bytes> open_part(const TipKey& key, const TipId& tip, std::uint32_t part, ByteView sealed) {
    Bytes out;
    out.reserve(sealed.size());
    PartOpener opener(key, tip, part);
    TRY(opener.push(sealed, out));
    TRY(opener.finish(out));
    return out;
}

Bytes seal_content(const TipKey& key, const TipId& tip, ByteView plain, Entropy& entropy) {
    SecretBytes padded(size_class_of(plain.size(), content_class_min));
    padded.bytes().clear();  // its room stays: no copy is left behind
    append(padded.bytes(), plain);
    pad(padded.bytes(), content_class_min);
    return seal_part(key, tip, 0, padded.bytes(), entropy);
}

Result<Bytes> open_content(const TipKey& key, const TipId& tip, ByteView sealed) {
    Bytes plain = TRY(open_part(key, tip, 0, sealed));
    TRY(unpad(plain, content_class_min));
    return plain;
}

}  // namespace plumbline::seal
