// SPDX-License-Identifier: Apache-2.0
// What every way in for machine reports needs: the readers with the files that are compiled in, and the sandbox in which mail, XML and
// CSV are read. The readers are made before the sandbox is started: its workers have them by copy on write.
#pragma once
#include <memory>

#include "base/limits.h"
#include "partners/report_taker.h"
#include "sandbox/sandbox.h"

namespace plumbline::app {

Result<reports::ReportReaders> built_in_report_readers();
SandboxTask report_task(const reports::ReportReaders& readers);       // the readers outlive the sandbox
// A sandbox with nothing but that task in it: for the hotline's host. Start it while the process has one thread.
Result<std::unique_ptr<Sandbox>> start_report_sandbox(const reports::ReportReaders& readers, unsigned workers, const Limits& limits);
partners::ReportServices report_services(intake::Intake& intake, Store& store, Clock& clock, const reports::ReportReaders& readers, Sandbox& sandbox, partners::RateCounter& rates);

}  // namespace plumbline::app
