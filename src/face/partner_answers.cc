// SPDX-License-Identifier: Apache-2.0
#include "face/partner_answers.h"

#include "partners/report_taker.h"

namespace plumbline::face {

Response over_rate(Clock& clock) {
    Response response = Response::problem(429, "too many", "this token's items of the hour are used up");
    return response.with("Retry-After", std::to_string(partners::seconds_to_next_hour(clock.now())));
}

Result<Admission> admit(const HotlineServices& services, const Request& request, std::string_view scope) {
    Admission admission;
    auto token = partners::token_of(services.store, request.header("authorization"));
    if (!token && token.error().kind != ErrorKind::not_found) return fail(std::move(token).error());
    if (!token) {
        Response response = Response::problem(401, "unauthorized", "send Authorization: Bearer with a token of this hotline");
        admission.refusal = response.with("WWW-Authenticate", "Bearer");
        return admission;
    }
    admission.token = std::move(*token);
    if (!partners::has_scope(admission.token, scope)) admission.refusal = Response::problem(403, "denied", fmt::format("this token does not have the scope {}", scope));
    else if (services.reports != nullptr && services.reports->rates.is_used_up(admission.token.partner, admission.token.items_per_hour, services.clock.now()))
        admission.refusal = over_rate(services.clock);
    return admission;
}

}  // namespace plumbline::face
