// SPDX-License-Identifier: Apache-2.0
// The caller's side. What a confined program may do is tested with the program there is: src/disk_program/*_test.cc.
#include "sandbox/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace plumbline {
namespace {

TEST(Program, WhatCannotBeStartedIsSaid) {
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ProgramCall call;
    call.program = "plumbline-that-is-not-there";
    call.files = {null};
    const ProgramAnswer none = run_program(call);
    ASSERT_TRUE(none.trouble);
    EXPECT_EQ(none.trouble->kind, ErrorKind::unavailable);
    EXPECT_TRUE(none.bytes.empty());
    // Never by path, so never another program.
    call.program = "../../bin/true";
    EXPECT_EQ(run_program(call).trouble->kind, ErrorKind::invalid);
    call.program = "plumbline-that-is-not-there";
    call.files = {};
    EXPECT_TRUE(run_program(call).trouble);
    ::close(null);
}

}  // namespace
}  // namespace plumbline
