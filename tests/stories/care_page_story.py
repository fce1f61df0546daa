#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What guards people, on the desk's page in Debian's Chromium (ui/desk/test/care.test.mjs). PLUMBLINE_PICTURES keeps the pictures."""
import atexit
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import zlib

from process import TOP, Serve, run, temporary_folder

if shutil.which("chromium") is None:
    print("skipped: chromium is not installed")
    sys.exit(77)
walk = TOP / "ui" / "desk" / "test"
if not (walk / "node_modules").exists():
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=walk, check=True)
data = temporary_folder()
pictures = pathlib.Path(os.environ.get("PLUMBLINE_PICTURES", data + "/pictures"))
pathlib.Path(data, "retention.json").write_text('{"days": 0}')


def png(width, height):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    rows = b"".join(b"\0" + bytes(200 if (x // 40 + y // 40) % 2 else (x * 255) // width for x in range(width)) for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


serve = Serve(data)


@atexit.register
def leave_nothing():
    if serve.process.poll() is None:
        serve.process.kill()
        serve.process.wait()
    shutil.rmtree(data, ignore_errors=True)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
serve.wait_ready()
said = ("This hotline is a fraud and everybody who works there should be ashamed of it. We will send this message again and again until "
        "somebody answers us, and we have all the time in the world to do so.")
for i in range(60):
    assert serve.post_form({"text": f"{said} Number {i}.", "category": "other.unclassified"})[0] in (200, 201)
assert serve.post_form({"text": "They sent a letter that looks like one of my bank, and I gave them the code. Now the money is gone.", "category": "fraud.impostor"})[0] in (200, 201)
code, _, _ = serve.post_form({"text": "They took a picture of me and want money for it.", "category": "fraud.phishing", "contact": "jo.reporter@reachable.example"}, [("photo.png", "image/png", png(600, 400))])
assert code in (200, 201), code
serve.wait_processed(62)
second = run("staff", "add", "--data", data, "--name", "ben", check=0).stdout.strip()
lines = run("tips", "--data", data, "--open", "--format", "jsonl", check=0).stdout.splitlines()
tip = next(row["id"] for row in map(json.loads, lines) if row["content"]["files"])
done = subprocess.run(["node", "care.test.mjs"], cwd=walk, timeout=300, env={**os.environ, "DESK_URL": serve.ready_event["desk"], "DESK_PASSWORD": serve.password(),
                                                                             "SECOND_NAME": "ben", "SECOND_PASSWORD": second, "TIP": tip, "SHOTS": str(pictures)})
serve.stop()
sys.exit(done.returncode)
