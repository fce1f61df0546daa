#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`plumbline scan` gives the same bytes for any --jobs, and every sighting can be printed again from its `where`."""
import hashlib
import json
import random
import sys

from process import SHARED, TOP, run

folder = SHARED / "data" / "02-email-spamassassin"
if not folder.exists():
    folder = TOP / ".cache" / "demo-mails" / "spam-1"
outputs = [run("scan", "--jobs", jobs, folder).stdout for jobs in (1, 2, 2)]
assert outputs[0] and outputs.count(outputs[0]) == 3, "the output depends on --jobs"
sightings = [json.loads(line) for line in outputs[0].splitlines()]
print(f"scan: {len(sightings)} sightings, sha256 {hashlib.sha256(outputs[0].encode()).hexdigest()[:16]} at --jobs 1, 2 and 2")
chance = random.Random(7)
for sighting in chance.sample(sightings, min(40, len(sightings))):
    printed = run("scan", "--print", sighting["where"], sighting["file"], check=0).stdout
    assert printed.encode("utf-8", "surrogateescape").decode("utf-8", "replace").rstrip("\n") == sighting["text"] or sighting["kind"] == "file", (sighting, printed)
print("scan: 40 sightings printed again from their place")
