// SPDX-License-Identifier: Apache-2.0
#include "lab/desk_source.h"

#include <algorithm>

#include "seal/envelope.h"

namespace plumbline::lab {

Result<std::optional<dispatch::LabLease>> DeskSource::lease(const std::vector<std::string>& skills, unsigned wait_seconds) {
    return desk_.lease(identity_, skills, wait_seconds);
}

Result<void> DeskSource::fetch(std::string_view lease, const dispatch::LeasePart& part, std::uint64_t offset, std::uint64_t count,
                               const std::function<Result<void>(ByteView)>& take) {
    const auto source = TRY(desk_.part(identity_, lease, part.part, offset == 0));
    Bytes buffer(seal::chunk_sealed_bytes);
    while (count > 0) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(count, buffer.size()));
        const std::size_t got = TRY(source->read(offset, std::span(buffer).first(wanted)));
        if (got == 0) return {};
        TRY(take(ByteView(buffer).first(got)));
        offset += got;
        count -= got;
    }
    return {};
}

Result<dispatch::RenewedLease> DeskSource::renew(std::string_view lease) { return desk_.renew(identity_, lease); }

Result<void> DeskSource::complete(std::string_view lease, ByteView sealed_finding) {
    return desk_.complete(identity_, lease, sealed_finding);
}

Result<void> DeskSource::keep_bookmark(std::string_view lease, ByteView sealed) { return desk_.keep_bookmark(identity_, lease, sealed); }

Result<std::optional<Bytes>> DeskSource::bookmark(std::string_view lease) { return desk_.bookmark(identity_, lease); }

Result<void> DeskSource::give_back(std::string_view lease, std::string_view reason, bool is_final) {
    return desk_.give_back(identity_, lease, reason, is_final);
}

}  // namespace plumbline::lab
