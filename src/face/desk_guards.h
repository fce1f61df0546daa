// SPDX-License-Identifier: Apache-2.0
// What every file of the desk's API shares: who may call, and how a service's answer becomes HTTP. Inside face/ only.
#pragma once
#include <functional>

#include "desk/sign_in.h"
#include "http/server.h"
#include "model/ids.h"

namespace plumbline::face {

struct DeskGuards {
    using Reader = std::function<Response(const Request&, const desk::Session&)>;
    using Actor = std::function<Response(const Request&, const Json& body, const desk::Session&)>;
    std::function<Handler(Reader)> reading;   // signed in
    std::function<Handler(Actor)> acting;     // signed in, from the desk's own page, with an object as JSON
};

// An `invalid` error names its field first ("reason: ..."): the page is told which by a pointer.
Response desk_refusal(const Error& error);
Response desk_answer(Result<Json> result);
Result<TipId> tip_in_path(const Request& request);
Result<std::size_t> number_in_query(const Request& request, std::string_view name, std::size_t otherwise, std::size_t most);

}  // namespace plumbline::face
