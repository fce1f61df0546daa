#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments during an import and live posts: every receipt handed out is there after restart, `verify` says
ok, none is doubled. Rounds: PLUMBLINE_KILL_ROUNDS (default 8); the seed is printed."""
import json
import os
import random
import shutil
import subprocess
import threading
import time

from process import PROGRAM, TOP, Serve, make_token, run, temporary_folder

rounds = int(os.environ.get("PLUMBLINE_KILL_ROUNDS", "8"))
seed = int(os.environ.get("PLUMBLINE_SEED", str(random.randrange(10**6))))
print(f"rounds {rounds}, seed {seed}")
chance = random.Random(seed)
mails = TOP / ".cache" / "demo-mails"
folders = sorted(str(p) for p in mails.iterdir() if p.is_dir()) if mails.exists() else []
data = temporary_folder()
run("keys", "make", "--data", data, check=0)
token = make_token(data)
acknowledged = {}  # tip id -> its marker
import_kills = 0


def poster(serve, number, stop):
    count = 0
    while not stop.is_set():
        marker = f"{number}-{count}-{time.monotonic_ns()}"
        count += 1
        try:
            code, _, body = serve.post_tip(token, {"text": f"They took money. Marker {marker}.", "category": "fraud.payment"}, timeout=5)
        except Exception:
            return  # the server was killed: this tip has no receipt
        if code == 201:
            acknowledged[json.loads(body)["id"]] = marker


for turn in range(rounds):
    serve = Serve(data).wait_ready()
    stop = threading.Event()
    threads = [threading.Thread(target=poster, args=(serve, f"{turn}-{n}", stop)) for n in range(4)]
    for thread in threads:
        thread.start()
    importer = None
    if folders:
        importer = subprocess.Popen([PROGRAM, "import", "--data", data, chance.choice(folders)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(chance.uniform(0.02, 1.2))
    if importer is not None and chance.random() < 0.5:
        importer.kill()
        import_kills += 1
    serve.kill()
    stop.set()
    for thread in threads:
        thread.join()
    if importer is not None:
        importer.kill()
        importer.wait()
    if (turn + 1) % 10 == 0:
        print(f"round {turn + 1}: {len(acknowledged)} receipts", flush=True)

serve = Serve(data).wait_ready()
status = serve.wait_processed(0, seconds=900)
serve.stop()
stored = [json.loads(line) for line in run("verify", "--data", data, "--format", "jsonl", check=0).stdout.splitlines()]
assert stored[-1]["ok"] is True, stored[-1]
tips = {row["id"]: row["content"]["text"] for row in map(json.loads, run("tips", "--data", data, "--open", "--format", "jsonl", check=0).stdout.splitlines())}
missing = [tip for tip, marker in acknowledged.items() if f"Marker {marker}." not in tips.get(tip, "")]
assert not missing, f"{len(missing)} of {len(acknowledged)} acknowledged tips are gone: {missing[:3]}"
posted = [text for text in tips.values() if "Marker " in text]
assert len(posted) == len(set(posted)), "a tip is doubled"
print(f"{rounds} kills of the server ({import_kills} of the import too), {len(acknowledged)} receipts, all there; {status['tips']} tips, none doubled; verify ok")
shutil.rmtree(data)
