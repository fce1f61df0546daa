// SPDX-License-Identifier: Apache-2.0
// Makes the batches of one intake: private to this room.
#pragma once
#include "intake/report_batch.h"
#include "intake/tip_writer.h"

namespace plumbline::intake {

std::unique_ptr<ReportBatch> make_report_batch(const IntakeParts& parts, const ReportBatchOptions& options);

}  // namespace plumbline::intake
