#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A full disk answers 503, loses nothing acknowledged, and the server goes on when there is room again."""
import json
import os
import subprocess
import sys

from process import Serve, make_token, run, temporary_folder

if os.environ.get("PLUMBLINE_IN_MOUNT_NAMESPACE") != "1":
    # A small tmpfs of our own, in a mount namespace of our own.
    # (In a chroot that is no mount point the propagation of mounts cannot be changed; then it is left as it is.)
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    for unshare in (["unshare", "--mount", *as_root], ["unshare", "--mount", "--propagation", "unchanged", *as_root]):
        if subprocess.run([*unshare, "sh", "-c", "mount -t tmpfs -o size=1m none /mnt && umount /mnt"], capture_output=True).returncode == 0:
            break
    else:
        print("skipped: this place allows no mount, so there is no disk to fill")
        sys.exit(77)
    os.environ["PLUMBLINE_IN_MOUNT_NAMESPACE"] = "1"
    os.execvp(unshare[0], [*unshare, sys.executable, __file__])

folder = temporary_folder()
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", folder], check=True)
data = folder + "/data"
run("keys", "make", "--data", data, check=0)
token = make_token(data)
serve = Serve(data).wait_ready()
ballast = folder + "/ballast"
acknowledged, refused = [], 0
for number in range(3000):
    if number == 20:
        with open(ballast, "wb") as out:  # leave about 3 MB
            free = os.statvfs(folder)
            out.write(b"\0" * (free.f_bavail * free.f_frsize - 3_000_000))
    code, headers, body = serve.post_tip(token, {"text": f"number {number} " + "x" * 20000, "category": "fraud.trade"})
    if code == 201:
        acknowledged.append(json.loads(body)["id"])
    else:
        assert code == 503, (code, body)
        assert json.loads(body)["status"] == 503 and "retry-after" in headers, (headers, body)
        refused += 1
        if refused == 20:
            break
assert refused == 20, "the disk did not fill"
form = serve.post_form({"text": "typed on a full disk", "category": "fraud.trade"})
assert form[0] == 503 and b"typed on a full disk" in form[2], form  # a readable page, with what was typed kept
big = serve.post_form({"text": "with a file", "category": "fraud.trade"}, [("big.bin", "application/octet-stream", os.urandom(8_000_000))])
assert big[0] == 503, big[:2]
os.unlink(ballast)
code, _, body = serve.post_tip(token, {"text": "after the disk has room again", "category": "fraud.trade"})
assert code == 201, (code, body)
acknowledged.append(json.loads(body)["id"])
serve.wait_processed(len(acknowledged))
serve.stop()
run("verify", "--data", data, check=0)
tips = {json.loads(line)["id"] for line in run("tips", "--data", data, "--format", "jsonl", check=0).stdout.splitlines()}
assert tips == set(acknowledged), f"{len(set(acknowledged) - tips)} lost, {len(tips - set(acknowledged))} never acknowledged"
print(f"full disk: {len(acknowledged)} acknowledged and there, {refused + 2} refused with 503, verify ok")
subprocess.run(["umount", folder])
