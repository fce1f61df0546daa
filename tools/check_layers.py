#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks every #include "room/..." under src/ against the rooms' USES (written by CMake to BUILD/rooms.txt)."""
import pathlib
import re
import sys

source, rooms_file = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
uses, test_uses = {}, {}
for line in rooms_file.read_text().split("\n"):
    if not line:
        continue
    name, used, tested = line.split("|")
    uses[name] = [u for u in used.split(",") if u]
    test_uses[name] = [u for u in tested.split(",") if u]

PURE = {"base", "model", "seal", "merkle", "formats", "evidence", "link", "rulebook", "figures", "language", "reports"}
# What a pure room may not touch, and files of it that are doors by name: the log writes, entropy and clocks are given.
IMPURE = re.compile(r'#include <(thread|mutex|fstream|filesystem|condition_variable|sys/socket\.h)>')
LIBRARY_ROOM = [  # each outside library has one room
    (re.compile(r"#include <sqlite3\.h>"), ("store/sqlite",)),
    (re.compile(r"#include <libpq"), ("store/postgres",)),
    (re.compile(r"#include <boost/"), ("http",)),
    (re.compile(r"#include <sodium"), ("seal", "ledger")),
    (re.compile(r"#include <nlohmann/"), ("base",)),
    (re.compile(r"#include <pugixml"), ("rulebook", "reports")),
    (re.compile(r"#include <re2/"), ("reports",)),
    (re.compile(r"#include <(seccomp|linux/seccomp|linux/landlock)"), ("sandbox",)),
]


def room_of(path):
    parts = path.split("/")
    for depth in (2, 1):
        name = "/".join(parts[:depth])
        if name in uses and len(parts) > depth:
            return name
    return None


def below(name):
    seen, todo = set(), [name, *test_uses[name]]
    while todo:
        room = todo.pop()
        if room not in seen:
            seen.add(room)
            todo += uses[room]
    return seen


problems = []
for file in sorted(source.rglob("*")):
    if file.suffix not in (".h", ".cc"):
        continue
    relative = str(file.relative_to(source))
    room = room_of(relative)
    if room is None:
        if not relative.startswith("app/"):
            problems.append(f"src/{relative}: stands in no declared room")
        continue
    is_test = re.search(r"_(test|fuzz|bench)\.cc$|_conformance\.h$|_for_test\.h$|_fixture\.h$|/conformance_|/test_|/naive_", relative) is not None
    allowed = below(room) if is_test else {room, *uses[room]}
    for number, line in enumerate(file.read_text(errors="replace").split("\n"), 1):
        where = f"src/{relative}:{number}"
        match = re.match(r'#include "([^"]+)"', line)
        if match:
            target = room_of(match.group(1))
            if target is None and "/" in match.group(1):
                problems.append(f"{where}: {match.group(1)} is in no declared room")
            elif target is not None and target not in allowed:
                problems.append(f"{where}: room {room} does not USE {target}")
        if room in PURE and not is_test and IMPURE.match(line) and relative != "base/log.cc":
            problems.append(f"{where}: {room} is pure: no {line.split()[1]}")
        for pattern, rooms in LIBRARY_ROOM:
            if pattern.match(line) and room not in rooms and not is_test:
                problems.append(f"{where}: {line.split()[1]} belongs to {' and '.join(rooms)}")
for problem in problems:
    print(problem)
print(f"{len(uses)} rooms, {len(problems)} broken includes")
sys.exit(1 if problems else 0)
