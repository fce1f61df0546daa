// SPDX-License-Identifier: Apache-2.0
#include "lab/lab_messages.h"

#include "seal/envelope.h"

namespace plumbline::lab {
namespace {

constexpr std::size_t skill_bytes_max = 64;
constexpr std::size_t parts_max = 1000;
constexpr unsigned lease_seconds_max = 24 * 3600;

Result<std::uint64_t> bounded_at(const Json& json, std::string_view name, std::uint64_t low, std::uint64_t high) {
    const std::int64_t value = TRY(json.integer_at(name));
    if (value < 0 || static_cast<std::uint64_t>(value) < low || static_cast<std::uint64_t>(value) > high) {
        return fail(ErrorKind::invalid, "{}: from {} to {}", name, low, high);
    }
    return static_cast<std::uint64_t>(value);
}

Result<std::string> lease_text_at(const Json& json) {
    std::string text = TRY(json.text_at("lease"));
    const bool is_plain = text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~") == std::string::npos;
    if (text.empty() || text.size() > dispatch::lease_text_bytes_max || !is_plain) return fail(ErrorKind::invalid, "lease: malformed");
    return text;
}

}  // namespace

Json to_json(const LeaseRequest& request) {
    Json skills = Json::array();
    for (const std::string& skill : request.skills) skills.push(skill);
    Json json = Json::object();
    json.set("skills", std::move(skills)).set("wait_seconds", request.wait_seconds);
    return json;
}

Result<LeaseRequest> lease_request_from(const Json& json) {
    LeaseRequest request;
    for (const Json& skill : TRY(json.array_at("skills"))->as_array()) {
        if (!skill.is_text() || skill.as_text().empty() || skill.as_text().size() > skill_bytes_max) {
            return fail(ErrorKind::invalid, "skills: texts of 1 to {} bytes", skill_bytes_max);
        }
        if (request.skills.size() == dispatch::skills_max) return fail(ErrorKind::too_large, "skills: at most {}", dispatch::skills_max);
        request.skills.push_back(skill.as_text());
    }
    if (request.skills.empty()) return fail(ErrorKind::invalid, "skills: at least one");
    request.wait_seconds = static_cast<unsigned>(TRY(bounded_at(json, "wait_seconds", 0, 3600)));
    return request;
}

Json to_json(const GiveBackRequest& request) {
    Json json = Json::object();
    json.set("reason", request.reason).set("is_final", request.is_final);
    return json;
}

Result<GiveBackRequest> give_back_request_from(const Json& json) {
    GiveBackRequest request{TRY(json.text_at("reason")), TRY(json.bool_at_or("is_final", false))};
    if (request.reason.size() > dispatch::give_back_reason_bytes_max) {
        return fail(ErrorKind::too_large, "reason: at most {} bytes", dispatch::give_back_reason_bytes_max);
    }
    return request;
}

Json to_json(const dispatch::LabLease& lease) {
    Json parts = Json::array();
    for (const dispatch::LeasePart& part : lease.parts) {
        Json one = Json::object();
        parts.push(one.set("part", part.part).set("size", part.sealed_bytes).set("sha256", part.sealed_sha256.hex()));
    }
    Json json = Json::object();
    json.set("lease", lease.text).set("job", lease.job.text()).set("tip", lease.tip.text()).set("skill", lease.skill);
    json.set("fencing_token", lease.fencing_token).set("until", to_text(lease.until)).set("seconds", lease.seconds);
    json.set("desk_key", to_base64(lease.desk_key.bytes)).set("wrapped_key", to_base64(lease.wrapped_key));
    json.set("parts", std::move(parts));
    if (lease.has_bookmark) json.set("has_bookmark", true);
    return json;
}

Result<dispatch::LabLease> lab_lease_from(const Json& json) {
    dispatch::LabLease lease;
    lease.text = TRY(lease_text_at(json));
    lease.job = TRY(JobId::from_text(TRY(json.text_at("job"))));
    lease.tip = TRY(TipId::from_text(TRY(json.text_at("tip"))));
    lease.skill = TRY(json.text_at("skill"));
    lease.fencing_token = TRY(bounded_at(json, "fencing_token", 0, INT64_MAX));
    lease.until = TRY(instant_from(TRY(json.text_at("until"))));
    lease.seconds = static_cast<unsigned>(TRY(bounded_at(json, "seconds", 1, lease_seconds_max)));
    lease.desk_key = TRY(seal::public_key_from_bytes(TRY(from_base64(TRY(json.text_at("desk_key"))))));
    lease.wrapped_key = TRY(from_base64(TRY(json.text_at("wrapped_key"))));
    lease.has_bookmark = TRY(json.bool_at_or("has_bookmark", false));
    for (const Json& one : TRY(json.array_at("parts"))->as_array()) {
        if (lease.parts.size() == parts_max) return fail(ErrorKind::too_large, "parts: at most {}", parts_max);
        dispatch::LeasePart part;
        part.part = static_cast<std::uint32_t>(TRY(bounded_at(one, "part", 1, UINT32_MAX - 1)));
        part.sealed_bytes = TRY(bounded_at(one, "size", 0, INT64_MAX));
        part.sealed_sha256 = TRY(Sha256::from_hex(TRY(one.text_at("sha256"))));
        lease.parts.push_back(part);
    }
    return lease;
}

Json to_json(const dispatch::RenewedLease& lease) {
    Json json = Json::object();
    json.set("lease", lease.text).set("until", to_text(lease.until)).set("seconds", lease.seconds);
    return json;
}

Result<dispatch::RenewedLease> renewed_lease_from(const Json& json) {
    dispatch::RenewedLease lease;
    lease.text = TRY(lease_text_at(json));
    lease.until = TRY(instant_from(TRY(json.text_at("until"))));
    lease.seconds = static_cast<unsigned>(TRY(bounded_at(json, "seconds", 1, lease_seconds_max)));
    return lease;
}

}  // namespace plumbline::lab
