// SPDX-License-Identifier: Apache-2.0
// Opens sealed tips with the desk's secret key: content, files, openings of ledger entries, and the desk's own products.
// The hotline role has no such object.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "base/entropy.h"
#include "base/json.h"
#include "model/tip.h"
#include "seal/envelope.h"
#include "seal/keys.h"
#include "store/blobs.h"
#include "store/store.h"

namespace plumbline::flow {

// Any thread.
class TipOpener {
  public:
    TipOpener(Store& store, Blobs& blobs, const seal::SecretKey& desk_key, Entropy& entropy);

    Result<TipContent> content(TipId tip);
    // The bytes of a file part, in pieces; `take` may stop it with an Error. Memory stays flat.
    Result<void> file(TipId tip, std::uint32_t part, const std::function<Result<void>(ByteView)>& take);
    Result<Bytes> file(TipId tip, std::uint32_t part, std::uint64_t bytes_max);

    // Products: sealed with the desk's at-rest key, bound to tip and name.
    Result<std::optional<Json>> product(TipId tip, std::string_view name);
    Product sealed_product(TipId tip, std::string_view name, std::uint32_t version, const Json& value);
    Result<Json> opened(const Product& product);

    const seal::DeskSecrets& secrets() const { return secrets_; }
    const seal::SecretKey& desk_key() const { return desk_key_; }

  private:
    Store& store_;
    Blobs& blobs_;
    const seal::SecretKey& desk_key_;
    Entropy& entropy_;
    seal::DeskSecrets secrets_;
};

}  // namespace plumbline::flow
