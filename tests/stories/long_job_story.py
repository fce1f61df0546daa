#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Evidence that no lab can hold: a sparse image comes in with `import --evidence`, a lab reads it in ranges and is killed with
kill -9, another one goes on where it stood; the finding counts every address, and memory stays flat.
PLUMBLINE_LONG_JOB_MIB sets the size (default 256; 8192 is the long form)."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import threading
import time

from process import PROGRAM, Serve, run, temporary_folder

MIB = 1 << 20
size = int(os.environ.get("PLUMBLINE_LONG_JOB_MIB", "256"))
data = temporary_folder()
run("keys", "make", "--data", data, check=0)
with open(f"{data}/plumbline.toml", "w") as out:
    out.write("[lab]\nworkers = 0\n[limits]\nlease_seconds = 10\n")
for name in ("north", "south"):
    run("keys", "trust", "--data", data, run("keys", "lab", "--key", f"{data}/{name}.key", "--name", name, check=0).stdout.strip(), check=0)
image = pathlib.Path(data, "image.raw")
wanted = set()
with open(image, "wb") as out:
    out.truncate(size * MIB)
    for place in range(0, size, max(1, size // 64)):
        out.seek(place * MIB + 700_000)
        out.write(f" write to user{place}@example.com today ".encode())
        wanted.add(f"user{place}@example.com")
serve = Serve(data).wait_ready()
started = time.monotonic()
run("import", "--data", data, "--evidence", str(image), check=0, timeout=3600)
taken_in = time.monotonic() - started
status = serve.wait_processed(1)
assert status["jobs_waiting"] == 1, status


def lab(name, *more):
    return subprocess.Popen([PROGRAM, "lab", "--server", "https://" + serve.address("lab"), "--fingerprint", serve.ready_event["lab_certificate_sha256"],
                             "--key", f"{data}/{name}.key", "--hold-mib", "16", "--bookmark-seconds", os.environ.get("PLUMBLINE_LONG_JOB_BOOKMARKS", "0"), *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def tree(pid):
    """A process and all below it."""
    below = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        try:
            for child in (task / "children").read_text().split():
                below += tree(int(child))
        except OSError:
            pass
    return below


def memory_mib(pid):
    """PSS of a process and all below it, in which pages that several share count once, and its files in memory whole."""
    total = 0
    try:
        for number in os.listdir(f"/proc/{pid}/fd"):
            if os.readlink(f"/proc/{pid}/fd/{number}").startswith("/memfd:"):
                total += os.stat(f"/proc/{pid}/fd/{number}").st_blocks // 2
    except OSError:
        pass
    for one in tree(pid):
        try:
            for line in pathlib.Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                total += int(line.split()[1]) if line.startswith("Pss:") else 0
        except OSError:
            pass
    return total / 1024


cookies = {}


def desk(method, path, body=None):
    headers = {"Content-Type": "application/json", "X-Plumbline-Desk": "1", **cookies}
    code, answer_headers, answer = serve.request(method, path, json.dumps(body) if body is not None else None, headers, face="desk")
    if "set-cookie" in answer_headers:
        cookies["Cookie"] = answer_headers["set-cookie"].split(";")[0]
    assert code == 200, (code, answer[:300])
    return json.loads(answer)


def job_of(tip):
    return next(job for job in desk("GET", f"/api/desk/tips/{tip}")["jobs"] if job["skill"] == "examine-file")


desk("POST", "/api/desk/sign-in", {"name": "desk", "password": serve.password()})
tip = desk("GET", "/api/desk/queue?state=any&order=deadline&offset=0&count=10")["rows"][0]["id"]

north = lab("north")
most, until, seen = 0, time.monotonic() + 1200, None
while time.monotonic() < until:
    most = max(most, memory_mib(north.pid))
    seen = job_of(tip)["progress"]
    if seen and seen["done_bytes"] >= size * MIB // 5:
        break
    time.sleep(0.02)
assert seen and seen["done_bytes"] < seen["all_bytes"] == size * MIB, seen
north.kill()
north.wait()
assert serve.status()["jobs_done"] == 0

south = lab("south")
log = []
threading.Thread(target=lambda: log.extend(south.stderr), daemon=True).start()
while serve.status()["jobs_done"] == 0 and time.monotonic() < until:
    most = max(most, memory_mib(south.pid))
    time.sleep(0.1)
south.terminate()
south.wait(60)
time.sleep(0.2)
resumed = next(json.loads(line) for line in log if '"lab.job_resumed"' in line)
assert int(resumed["at"]) >= seen["done_bytes"] and int(resumed["size"]) == size * MIB, resumed
job = job_of(tip)
assert job["state"] == "done" and job["progress"] is None, job
# Each address once, and their domain once.
assert job["finding"]["sightings"] == len(wanted) + 1, (job, len(wanted))
whole = hashlib.sha256()
with open(image, "rb") as source:
    while piece := source.read(16 * MIB):
        whole.update(piece)
statement = next(row["opening"]["statement"] for row in desk("GET", f"/api/desk/tips/{tip}")["custody"] if row["kind"] == "custody.finding")
assert whole.hexdigest() in statement, statement
serve.stop()
run("verify", "--data", data, check=0, timeout=3600)
assert most < 400, most
print(f"long job: {size} MiB taken in in {taken_in:.0f} s; a lab was killed at {seen['done_bytes'] // MIB} MiB ({seen['bytes_per_second'] / 1e6:.0f} MB/s, {seen['seconds_left']} s left), "
      f"another went on at {int(resumed['at']) // MIB} MiB; {len(wanted)} of {len(wanted)} addresses, SHA-256 equal; {most:.0f} MiB of memory at most")
shutil.rmtree(data)
