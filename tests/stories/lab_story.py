#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A lab as a process of its own, over HTTPS with its own key: works a job that the desk sealed to it; a lab that is killed
loses its lease and another one takes the job; a stranger's key is refused."""
import os
import shutil
import subprocess
import time

from process import PROGRAM, SHARED, TOP, Serve, run, temporary_folder

data = temporary_folder()
run("keys", "make", "--data", data, check=0)
with open(f"{data}/plumbline.toml", "w") as out:
    out.write("[lab]\nworkers = 0\n[limits]\nlease_seconds = 5\n")
lines = {}
for name in ("north", "south", "stranger"):
    lines[name] = run("keys", "lab", "--key", f"{data}/{name}.key", "--name", name, check=0).stdout.strip()
for name in ("north", "south"):
    run("keys", "trust", "--data", data, lines[name], check=0)
serve = Serve(data).wait_ready()
mail = b"From: a@example.com\r\nTo: b@example.org\r\nSubject: pay\r\n\r\nSend it to DE89370400440532013000 or see http://pay.example.net/now\r\n"
# The first job takes seconds, so that a lab can be killed in the middle of it.
long_mail = mail + b"\r\n".join(b"line %d: write to user%d@example.com or see http://host%d.example.net/path" % (n, n, n) for n in range(400000))
for number in range(3):
    code, _, body = serve.post_form({"text": f"mail {number}", "category": "fraud.phishing", "danger_now": "yes" if number == 0 else "no"},
                                    [("letter.eml", "message/rfc822", long_mail if number == 0 else mail)])
    assert code in (200, 201), body[:500]
status = serve.wait_processed(3)
assert status["jobs_waiting"] == 3, status


def lab(name, *more, **keywords):
    return [PROGRAM, "lab", "--server", "https://" + serve.address("lab"), "--fingerprint", serve.ready_event["lab_certificate_sha256"], "--key", f"{data}/{name}.key", *more]


stranger = subprocess.run(lab("stranger", "--once"), capture_output=True, text=True, timeout=60)
assert stranger.returncode == 3, stranger
assert serve.status()["jobs_done"] == 0

# A lab that is killed in the middle of a job: its lease runs out and the job is taken again.
stalled = subprocess.Popen(lab("north"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
until = time.monotonic() + 20
while serve.status()["jobs_waiting"] == 3 and time.monotonic() < until:
    time.sleep(0.01)
stalled.kill()
stalled.wait()
status = serve.status()
assert status["jobs_waiting"] < 3, "the lab leased nothing"
assert status["jobs_done"] == 0, f"the lab was quicker than its end: {status}"
until = time.monotonic() + 60
while serve.status()["jobs_done"] < 3 and time.monotonic() < until:
    worked = subprocess.run(lab("south", "--once"), capture_output=True, text=True, timeout=60)
    assert worked.returncode == 0, worked
    time.sleep(0.5)
status = serve.status()
assert status["jobs_done"] == 3 and status["jobs_waiting"] == 0, status
serve.stop()
run("verify", "--data", data, check=0)
print("lab: 3 jobs done once each over HTTPS; a killed lab's job was taken again; a stranger was refused")
shutil.rmtree(data)
