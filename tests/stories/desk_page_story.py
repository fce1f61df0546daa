#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The desk's page in Debian's Chromium against a running demo: sign in, queue, tip, verify, answer, at 1400 and 360 px, light and
dark; no console error, no request to another host. PLUMBLINE_PICTURES keeps the pictures."""
import os
import pathlib
import shutil
import subprocess
import sys

from process import TOP, Serve, temporary_folder

if shutil.which("chromium") is None:
    print("skipped: chromium is not installed")
    sys.exit(77)
walk = TOP / "ui" / "desk" / "test"
if not (walk / "node_modules").exists():
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=walk, check=True)
data = temporary_folder()
pictures = pathlib.Path(os.environ.get("PLUMBLINE_PICTURES", data + "/pictures"))
pictures.mkdir(parents=True, exist_ok=True)
serve = Serve(data, "--demo").wait_ready()
serve.wait_processed(400)
done = subprocess.run(["node", "desk.test.mjs"], cwd=walk, timeout=400, env={**os.environ, "DESK_URL": serve.ready_event["desk"], "DESK_PASSWORD": serve.password(), "SHOTS": str(pictures)})
serve.stop()
shutil.rmtree(data)
sys.exit(done.returncode)
