// SPDX-License-Identifier: Apache-2.0
#include "store/memory/memory_store.h"

#include "store/store_conformance.h"

namespace plumbline::conformance {

INSTANTIATE_TEST_SUITE_P(Memory, StoreConformance,
                         testing::Values(Backend{"memory", [](Blobs& blobs) { return make_memory_store(blobs); }}));

}  // namespace plumbline::conformance
