#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Starts a demo and runs ui/desk/test/desk.test.mjs and ui/hotline's pages against it in Chromium."""
import os
import shutil
import subprocess
import sys

from process import TOP, Serve, temporary_folder

data = temporary_folder()
pictures = os.environ.get("PLUMBLINE_PICTURES", data + "/pictures")
os.makedirs(pictures, exist_ok=True)
serve = Serve(data, "--demo").wait_ready()
serve.wait_processed(400)
done = subprocess.run(["node", str(TOP / "ui/desk/test/desk.test.mjs")], cwd=TOP / "ui/desk",
                      env={**os.environ, "PLUMBLINE_DESK": serve.ready_event["desk"], "PLUMBLINE_HOTLINE": serve.ready_event["hotline"],
                           "PLUMBLINE_PASSWORD": serve.password(), "PLUMBLINE_PICTURES": pictures})
serve.stop()
shutil.rmtree(data)
sys.exit(done.returncode)
