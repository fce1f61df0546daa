// SPDX-License-Identifier: Apache-2.0
// The desk's listener for labs: the routes of docs/formats/lab_api.md over a LabDesk. Each request is checked for its
// signature, time and nonce before its body is read.
#pragma once
#include "base/time.h"
#include "dispatch/lab_desk.h"
#include "http/server.h"
#include "lab/request_signature.h"

namespace plumbline::face {

// Remembers nonces, so one LabApi serves one listener, and outlives it. Any thread.
class LabApi {
  public:
    LabApi(dispatch::LabDesk& desk, Clock& clock);   // both outlive it
    void add_routes(Router& router);                 // once

  private:
    Result<lab::CheckedRequest> check(const Request& request);
    Result<dispatch::LabIdentity> check_with_body(const Request& request);
    Result<Response> lease(const Request& request);
    Result<Response> part(const Request& request);
    Result<Response> bookmark(const Request& request);
    Result<Response> renew(const Request& request);
    Result<Response> give_back(const Request& request);

    dispatch::LabDesk& desk_;
    lab::RequestGuard guard_;
};

inline void add_lab_routes(Router& router, LabApi& api) { api.add_routes(router); }

}  // namespace plumbline::face
