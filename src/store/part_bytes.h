// SPDX-License-Identifier: Apache-2.0
// The bytes of a sealed part by offset, whether they stand in the row or in a blob.
#pragma once
#include <algorithm>
#include <functional>
#include <memory>
#include <span>

#include "store/store.h"

namespace plumbline {

using PartBytes = std::function<Result<std::size_t>(std::uint64_t offset, std::span<std::byte> out)>;   // 0 at the end

inline Result<PartBytes> reading(Blobs& blobs, SealedPart part) {
    if (const auto* ref = std::get_if<BlobRef>(&part.where)) {
        // A std::function must be copyable, so its copies share the one reader.
        return PartBytes([reader = std::make_shared<std::unique_ptr<BlobReader>>(TRY(blobs.read(*ref)))](std::uint64_t offset, std::span<std::byte> out) {
            return (*reader)->read(offset, out);
        });
    }
    return PartBytes([bytes = std::make_shared<const Bytes>(std::get<Bytes>(std::move(part.where)))](std::uint64_t offset, std::span<std::byte> out) -> Result<std::size_t> {
        const std::size_t at = static_cast<std::size_t>(std::min<std::uint64_t>(offset, bytes->size()));
        const std::size_t count = std::min(out.size(), bytes->size() - at);
        std::copy_n(bytes->begin() + static_cast<std::ptrdiff_t>(at), count, out.begin());
        return count;
    });
}

}  // namespace plumbline
