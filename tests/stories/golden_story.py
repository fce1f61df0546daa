#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each step's product for the files of tests/golden, held against the files beside them. PLUMBLINE_UPDATE=1 writes them anew; the
difference is the review."""
import difflib
import json
import os
import re
import sys

from process import TOP, run

folder = TOP / "tests" / "golden"
failed = checked = 0
for source in sorted(folder.iterdir()):
    if source.suffix == ".out":
        continue
    for step in ("tip", "evidence", "link", "decide", "dispatch", "finding"):
        text = run("flow", source, "--print", step, check=0).stdout
        json.loads(text)
        # What is random by nature: ids. The rulebook's version is its file's hash, which its own tests hold.
        text = re.sub(r"(tip|job|lab|finding)_[0-9a-f-]{36}", r"\1_ID", text)
        text = re.sub(r"sha256:[0-9a-f]{64}", "sha256:RULEBOOK", text)
        expected = folder / f"{source.name}.{step}.out"
        checked += 1
        if os.environ.get("PLUMBLINE_UPDATE") == "1":
            expected.write_text(text)
        elif not expected.exists() or expected.read_text() != text:
            failed += 1
            before = expected.read_text().splitlines() if expected.exists() else []
            print(f"{expected.name} differs:")
            print("\n".join(list(difflib.unified_diff(before, text.splitlines(), "expected", "printed", lineterm="", n=1))[:30]))
print(f"golden: {checked} products, {failed} differ")
sys.exit(1 if failed else 0)
