// SPDX-License-Identifier: Apache-2.0
// The writer of one tip: private to this room.
#pragma once
#include "intake/intake.h"
#include "intake/part_intake.h"

namespace plumbline::intake {

// What all writers of one intake share.
struct IntakeParts {
    Store& store;
    Blobs& blobs;
    Clock& clock;
    Entropy& entropy;
    Categories categories;
    IntakeKeys keys;
    Limits limits;
};

template <class AnyId>
AnyId fresh_id(Instant when, Entropy& entropy) {
    IdBytes random;
    entropy.fill(random);
    return AnyId::make(when, random);
}

std::unique_ptr<TipWriter> make_tip_writer(const IntakeParts& parts, const SubmissionOptions& options);

}  // namespace plumbline::intake
