// SPDX-License-Identifier: Apache-2.0
// What every door for partners' machines does first: the token, its scope, its rate. Inside face/ only.
#pragma once
#include "face/hotline.h"
#include "partners/access.h"

namespace plumbline::face {

// Answers before it takes anything.
class RefusingSink final : public BodySink {
  public:
    explicit RefusingSink(Response response) : response_(std::move(response)) {}
    Result<void> data(ByteView) override { return fail(ErrorKind::denied, "refused"); }
    Response finish() override { return response_; }
    Response refuse(const Error&) override { return response_; }

  private:
    Response response_;
};

struct Admission {
    TokenRow token;
    std::optional<Response> refusal;    // 401, 403 or 429: then nothing of the body is taken
};
// An Error is the store's.
Result<Admission> admit(const HotlineServices& services, const Request& request, std::string_view scope);
Response over_rate(Clock& clock);

}  // namespace plumbline::face
