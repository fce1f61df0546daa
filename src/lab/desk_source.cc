// SPDX-License-Identifier: Apache-2.0
#include "lab/desk_source.h"

#include "seal/envelope.h"

namespace plumbline::lab {

Result<std::optional<dispatch::LabLease>> DeskSource::lease(const std::vector<std::string>& skills, unsigned wait_seconds) {
    return desk_.lease(identity_, skills, wait_seconds);
}

Result<void> DeskSource::fetch(std::string_view lease, const dispatch::LeasePart& part,
                               const std::function<Result<void>(ByteView)>& take) {
    const auto source = TRY(desk_.part(identity_, lease, part.part, true));
    Bytes buffer(seal::chunk_sealed_bytes);
    for (std::uint64_t offset = 0;;) {
        const std::size_t count = TRY(source->read(offset, buffer));
        if (count == 0) return {};
        TRY(take(ByteView(buffer).first(count)));
        offset += count;
    }
}

Result<dispatch::RenewedLease> DeskSource::renew(std::string_view lease) { return desk_.renew(identity_, lease); }

Result<void> DeskSource::complete(std::string_view lease, ByteView sealed_finding) {
    return desk_.complete(identity_, lease, sealed_finding);
}

Result<void> DeskSource::give_back(std::string_view lease, std::string_view reason, bool is_final) {
    return desk_.give_back(identity_, lease, reason, is_final);
}

}  // namespace plumbline::lab
