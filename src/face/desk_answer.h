// SPDX-License-Identifier: Apache-2.0
// An answer of the desk with files: multipart/form-data, `text` and files of any name, sealed to the reporter as they come.
#pragma once
#include <functional>
#include <memory>

#include "desk/desk.h"
#include "http/server.h"

namespace plumbline::face {

using Refusal = std::function<Response(const Error&)>;
std::unique_ptr<BodySink> refusing(Response response);   // answers before it takes anything
Result<std::unique_ptr<BodySink>> take_answer(desk::DeskService& desk, TipId tip, const desk::Session& who, std::string_view content_type, Refusal refusal);

}  // namespace plumbline::face
