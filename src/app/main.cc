// SPDX-License-Identifier: Apache-2.0
// The program: reads the command line, starts the sandbox while there is one thread, and runs the command. Exit codes:
// 0 done, 1 the answer is no, 2 usage, 3 the world failed.
#include <csignal>
#include <cstdio>
#include <exception>

#include "app/command_line.h"
#include "app/commands.h"
#include "base/result.h"

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    using namespace plumbline;
    const app::Parsed parsed = app::parse_command_line(argc, argv);
    if (!parsed.command) {
        std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
        return parsed.exit_code;
    }
    try {
        const Result<int> code = app::run_command(*parsed.command);
        if (!code) {
            std::fprintf(stderr, "plumbline %s: %s\n", parsed.command->name.c_str(), code.error().message.c_str());
            return code.error().kind == ErrorKind::invalid ? 2 : 3;
        }
        // What could not be written was not done.
        if (std::fflush(stdout) != 0) {
            std::fprintf(stderr, "plumbline %s: standard output could not be written\n", parsed.command->name.c_str());
            return 3;
        }
        return *code;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "plumbline %s: %s\n", parsed.command->name.c_str(), error.what());
        return 3;
    }
}
