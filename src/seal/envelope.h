// SPDX-License-Identifier: Apache-2.0
// The envelope of a tip (docs/formats/envelope.md). A fresh key per tip seals its parts: part 0 is the content, padded;
// part n its n-th file. The key is wrapped to each desk key. Version, tip id, part and chunk number are bound into every
// chunk: a part that is cut, reordered or moved to another place or tip does not open.
//
//     const TipKey key = TipKey::random(entropy);
//     const Bytes wrapped = wrap_tip_key(key, tip, desk_public_key, entropy);
//     PartSealer sealer(key, tip, 1, entropy);          // streams; memory is two chunks, whatever the file's size
//     while (...) sealer.push(piece, out);
//     sealer.finish(out);
//
// One thread per object; the functions have no thread rules.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "model/ids.h"
#include "seal/keys.h"

namespace plumbline::seal {

struct TipKeyTag {};
using TipKey = Secret<TipKeyTag, 32>;

inline constexpr std::size_t wrapped_key_bytes = 97;
Bytes wrap_tip_key(const TipKey& key, const TipId& tip, const PublicKey& to, Entropy& entropy);
// denied: not sealed to this key, or damaged. corrupt: it is the key of another tip.
Result<TipKey> unwrap_tip_key(ByteView wrapped, const TipId& tip, const SecretKey& secret);

// For all desk keys, one after the other: what the store keeps. CHECKs 1 to 16 desks.
Bytes wrap_tip_key_for(const TipKey& key, const TipId& tip, const std::vector<PublicKey>& desks, Entropy& entropy);
// Reads what a batch wraps too (seal/batch_keys.h). denied: none of them is for this key.
Result<TipKey> unwrap_tip_key_of(ByteView wrapped_keys, const TipId& tip, const SecretKey& secret);

inline constexpr std::size_t chunk_plain_bytes = 64 * 1024;
inline constexpr std::size_t chunk_sealed_bytes = chunk_plain_bytes + 17;
// The part number under which intake seals the opening {salt(32), statement} of the tip's received entry.
inline constexpr std::uint32_t opening_part = 0xffffffff;
// The part that says who the reporter is, under a key of its own (seal/identity.h).
inline constexpr std::uint32_t identity_part = 0xfffffffe;
inline constexpr std::size_t part_header_bytes = 25;                 // version, then the stream's header
std::uint64_t sealed_bytes_of(std::uint64_t plain_bytes);            // size of a sealed part
// What a host that cannot open a part can tell of it: its version byte and its size. corrupt: no sealed part is so.
// Gives how many bytes it holds. Part 0 has the size of padded content.
Result<std::uint64_t> plain_bytes_of(std::uint64_t sealed_bytes);
Result<void> check_part_form(std::uint32_t part, std::byte first, std::uint64_t sealed_bytes);

class PartSealer {
  public:
    PartSealer(const TipKey& key, const TipId& tip, std::uint32_t part, Entropy& entropy);
    ~PartSealer();
    PartSealer(PartSealer&&) noexcept;
    PartSealer& operator=(PartSealer&&) noexcept;
    void push(ByteView plain, Bytes& out);   // appends what is ready to `out`
    void finish(Bytes& out);                 // once, last; a sealed part without it does not open

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Where an opener stands between two chunks: enough, with the key, to go on from there. Holds no secret.
struct PartPlace {
    std::uint64_t chunk = 0;                          // the next one
    ByteArray<part_header_bytes - 1> header{};
    ByteArray<12> nonce{};                            // counter and running nonce of the stream
    std::uint64_t sealed_at() const { return part_header_bytes + chunk * chunk_sealed_bytes; }   // where the next chunk begins
    std::uint64_t plain_at() const { return chunk * chunk_plain_bytes; }
};

class PartOpener {
  public:
    PartOpener(const TipKey& key, const TipId& tip, std::uint32_t part);
    // Goes on from a place: push() is given the sealed bytes from sealed_at() on. A place of another part opens nothing.
    PartOpener(const TipKey& key, const TipId& tip, std::uint32_t part, const PartPlace& from);
    ~PartOpener();
    PartOpener(PartOpener&&) noexcept;
    PartOpener& operator=(PartOpener&&) noexcept;
    // Appends what checks. corrupt at the first chunk that does not, and for ever after. What was given out before is
    // true but maybe not all: only finish() says that the part is whole.
    Result<void> push(ByteView sealed, Bytes& out);
    Result<void> finish(Bytes& out);
    PartPlace place() const;                          // behind the last chunk that was given out; after the header

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// In one go, for parts that are held in memory.
Bytes seal_part(const TipKey& key, const TipId& tip, std::uint32_t part, ByteView plain, Entropy& entropy);
Result<Bytes> open_part(const TipKey& key, const TipId& tip, std::uint32_t part, ByteView sealed);
// Part 0: padded to 1, 2, 4, ... 64 KiB, then whole 64 KiB, so that its size says little.
Bytes seal_content(const TipKey& key, const TipId& tip, ByteView plain, Entropy& entropy);
Result<Bytes> open_content(const TipKey& key, const TipId& tip, ByteView sealed);

}  // namespace plumbline::seal
