#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Style as a test: each rule says what to do instead and why. Run from anywhere; exit 1 where a rule is broken."""
import pathlib
import re
import subprocess
import sys

top = pathlib.Path(__file__).resolve().parent.parent
files = [top / f for f in subprocess.run(["git", "-c", "safe.directory=*", "-C", str(top), "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True).stdout.split("\n") if f]
problems = []

FILE_LINES_MAX, HEADER_LINES_MAX, FUNCTION_LINES_MAX = 500, 300, 70
BANNED_IN_CODE = [
    (r"\bstd::regex\b", "a scanner of its own or RE2", "std::regex costs 5 CPU-seconds a file and recurses on its input"),
    (r"\bstd::shared_ptr\b", "one owner and references", "shared ownership hides who ends what (http/ sessions excepted)"),
    (r"\bthrow\b(?! away|n)", "fail(ErrorKind, ...)", "we throw nothing"),
    (r"\bstd::endl\b", r"'\n'", "it flushes"),
    (r"\b(strcpy|strcat|sprintf|gets)\s*\(", "std::string or fmt::format", "unbounded writes"),
    (r"\bstd::rand\b|\bsrand\(", "Entropy", "not random"),
]
BANNED_NAMES = re.compile(r"(^|[_/])(util|utils|helper|helpers|manager|common|misc)([_.]|$)", re.I)
# The project speaks of itself alone.
BANNED_TEXT = re.compile(r"\b(AI assistant|language model|chatbot|co-authored-by)\b", re.I)


def problem(path, line, text):
    problems.append(f"{path.relative_to(top)}:{line}: {text}")


def check_functions(path, lines):
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and re.match(r"^[A-Za-z_].*\)[^;=]*\{$", line) and not line.startswith(("namespace", "struct", "class", "enum", "TEST", "extern", "BENCHMARK")):
            start = number
        elif start is not None and line.startswith("}"):
            if number - start - 1 > FUNCTION_LINES_MAX:
                problem(path, start, f"a function of {number - start - 1} lines: at most {FUNCTION_LINES_MAX}, split it by what it does")
            start = None


for path in files:
    relative = str(path.relative_to(top))
    if not path.is_file() or "/corpus/" in relative or "/testdata/" in relative or relative.endswith(("package-lock.json", ".png")):
        continue
    if BANNED_NAMES.search(relative):
        problem(path, 1, "name the noun it holds: if only util, helper, manager or common fits, it has two jobs")
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        continue
    if BANNED_TEXT.search(text) and not relative.endswith("tidy.py"):
        problem(path, 1, "text in the project speaks of the project alone")
    if path.suffix not in (".h", ".cc"):
        continue
    lines = text.rstrip("\n").split("\n")
    if not lines[0].startswith("// SPDX-License-Identifier: "):
        problem(path, 1, "first line: // SPDX-License-Identifier: Apache-2.0")
    if path.suffix == ".h" and "#pragma once" not in text:
        problem(path, 1, "a header has #pragma once")
    is_test = re.search(r"_(test|fuzz|bench)\.cc$|_conformance", relative)
    is_table = re.search(r"_table\.(h|cc)$|_list\.cc$", relative)
    limit = HEADER_LINES_MAX if path.suffix == ".h" and not is_test else FILE_LINES_MAX
    if len(lines) > limit * (2 if is_test else 1) and not is_table:
        problem(path, 1, f"{len(lines)} lines: at most {limit}; a file with two jobs is two files")
    if not is_test:
        check_functions(path, lines)
    for number, line in enumerate(lines, 1):
        code = re.sub(r'"(\\.|[^"\\])*"', '""', line).split("//")[0]
        for pattern, instead, why in BANNED_IN_CODE:
            if re.search(pattern, code) and not (("shared_ptr" in pattern) and "/http/" in relative) and not (("throw" in pattern) and is_test):
                problem(path, number, f"{re.search(pattern, code).group(0).strip()}: use {instead} ({why})")
        if re.search(r"\bTODO\b(?!\(#\d+\))", line):
            problem(path, number, "a TODO carries an issue number: TODO(#12)")
        if re.search(r"\bNOLINT\b(?!.*:)", line):
            problem(path, number, "a NOLINT needs its reason")

rooms = sorted({f.relative_to(top / "src").parts[0] for f in files if str(f).startswith(str(top / "src")) and f.is_file()})
for room in rooms:
    if room not in ("app", "base", "model") and not (top / "docs/steps" / f"{room}.md").exists():
        problems.append(f"src/{room}: docs/steps/{room}.md is missing (what it takes, what it gives, its rules)")
formats = top / "src/formats"
if formats.exists():
    for folder in sorted(p for p in formats.iterdir() if p.is_dir()):
        if not list(folder.glob("*_fuzz.cc")):
            problems.append(f"{folder.relative_to(top)}: every format has a fuzz target")
for line in problems:
    print(line)
print(f"{len(files)} files, {len(problems)} problems")
sys.exit(1 if problems else 0)
