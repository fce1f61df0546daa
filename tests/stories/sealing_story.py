#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A tip sealed in the browser with a large and a 50 kB file: with scripts, without WebAssembly, without scripts; the line cut at 60 %
and back; a tab closed and gone on with. What was typed is in no file, log line or core image of the hotline role; the desk
opens it to the last byte and answers; the words open the answer. PLUMBLINE_SEALING_LARGE is the large file's size in bytes (the
long form: 1073741824), PLUMBLINE_PICTURES keeps the pictures."""
import atexit
import hashlib
import json
import mmap
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys

from process import TOP, Serve, run, temporary_folder

for program in ("chromium", "gcore"):
    if shutil.which(program) is None:
        print(f"skipped: {program} is not installed")
        sys.exit(77)
walk = TOP / "ui" / "desk" / "test"
if not (walk / "node_modules").exists():
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=walk, check=True)
large = int(os.environ.get("PLUMBLINE_SEALING_LARGE", "6000000"))
canary = "canary" + secrets.token_hex(12)
data = temporary_folder()
pictures = os.environ.get("PLUMBLINE_PICTURES", data + "-pictures")
sent_file = data + "-sent.json"
started = []


# However it ends: no server runs on, and no core image stays.
@atexit.register
def leave_nothing():
    for serve in started:
        if serve.process.poll() is None:
            serve.process.kill()
            serve.process.wait()
    shutil.rmtree(data, ignore_errors=True)
    for left in pathlib.Path(data).parent.glob(pathlib.Path(data).name + "-*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def start(verb="serve"):
    started.append(Serve(data, verb=verb))
    return started[-1].wait_ready()


def browser(act, serve, modes):
    files = data + "-files"
    os.makedirs(files, exist_ok=True)
    environment = {**os.environ, "TMPDIR": files, "HOTLINE": "http://" + serve.address("hotline"), "ACT": act, "OUT": sent_file, "LARGE": str(large), "CANARY": canary, "MODES": modes, "SHOTS": pictures}
    subprocess.run(["node", str(TOP / "ui/sealing/browser/sealing.mjs")], check=True, timeout=7200, env=environment)


# The keys: the desk's where the desk is, signed by an anchor that neither host holds.
run("keys", "make", "--data", data, check=0)
anchor = run("keys", "anchor", "--key", data + "-anchor.key", check=0).stdout
signed = run("keys", "sign-desk-key", "--key", data + "-anchor.key", "--identity", f"{data}/keys/identity.pub", f"{data}/keys/desk.pub", check=0).stdout
pathlib.Path(f"{data}/keys/anchor.pub").write_text(anchor)
pathlib.Path(f"{data}/keys/desk.signed").write_text(signed)

# The hotline alone: no secret key of the desk, nothing that runs the line.
hotline = start("hotline")
assert hotline.request("GET", "/.well-known/plumbline-desk-key")[2].decode() == signed
browser("send", hotline, "on,nowasm")
sealed = json.loads(pathlib.Path(sent_file).read_text())
core = data + "-core"
subprocess.run(["gcore", "-o", core, str(hotline.process.pid)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
cores = list(pathlib.Path(core).parent.glob(pathlib.Path(core).name + ".*"))
assert cores and cores[0].stat().st_size > 1_000_000, "no core image"
needles = [canary.encode(), *[sent["words"].encode() for sent in sealed]]
looked_at = [path for path in pathlib.Path(data).rglob("*") if path.is_file()] + cores
for path in looked_at:
    if path.stat().st_size == 0:
        continue
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for needle in needles:
            assert content.find(needle) < 0, f"{needle} stands in {path}"
assert not any(needle.decode() in line for line in hotline.log for needle in needles), "the log has it"
print(f"canary: in none of {len(looked_at) - 1} files, in no log line, not in the core image of {cores[0].stat().st_size} bytes")
for path in cores:
    path.unlink()
hotline.stop()

serve = start()
browser("send", serve, "off")
everything = sealed + json.loads(pathlib.Path(sent_file).read_text())
serve.wait_processed(len(everything), seconds=1800)


def desk(method, path, payload=None, cookie=None):
    headers = {"Content-Type": "application/json", "X-Plumbline-Desk": "1", "Plumbline-Desk": "1", **({"Cookie": cookie} if cookie else {})}
    code, headers, body = serve.request(method, path, json.dumps(payload) if payload is not None else None, headers, face="desk", timeout=600)
    return code, headers, body


code, headers, body = desk("POST", "/api/desk/sign-in", {"name": "desk", "password": serve.password()})
assert code == 200, body
cookie = headers["set-cookie"].split(";")[0]
queue = json.loads(desk("GET", "/api/desk/queue", cookie=cookie)[2])["rows"]
assert len(queue) == len(everything), queue
for row in queue:
    desk("POST", f"/api/desk/tips/{row['id']}/open", {}, cookie)
    tip = json.loads(desk("GET", f"/api/desk/tips/{row['id']}", cookie=cookie)[2])
    mode = next(sent["mode"] for sent in everything if f"{canary}-{sent['mode']} " in json.dumps(tip["parts"]))
    sent = next(sent for sent in everything if sent["mode"] == mode)
    for number, wanted in enumerate(sent["hashes"], 1):
        got = hashlib.sha256(desk("GET", f"/api/desk/tips/{row['id']}/files/{number}", cookie=cookie)[2]).hexdigest()
        assert got == wanted, f"{mode}: file {number} is another one"
    assert f"{mode}@sealing.example.com" in json.dumps(tip), f"{mode}: the line did not read its file"
    if mode == "on":
        assert "recall-payment" in json.dumps(tip["decision"]) and "4242" in json.dumps(tip) and "123450" in json.dumps(tip), tip
    code, _, body = desk("POST", f"/api/desk/tips/{row['id']}/answer", {"text": f"answer to {mode}"}, cookie)
    assert code == 200, body
pathlib.Path(sent_file).write_text(json.dumps(everything))
browser("read", serve, "")
serve.stop()
verified = run("verify", "--data", data)
assert verified.returncode == 0, verified.stdout
print(f"sealing: {', '.join(sent['mode'] for sent in everything)}: every file to the last byte, every answer read")

# On the command line: a bundle, taken by import; and the same to a running hotline.
tip_file = data + "-tip.json"
pathlib.Path(tip_file).write_text(json.dumps({"text": f"{canary} from a provider", "category": "fraud.phishing", "contact": "abuse@provider.example.com"}))
evidence = data + "-evidence.txt"
pathlib.Path(evidence).write_text("see http://provider.example.com/x\n" * 9000)
keys = ["--desk-key", f"{data}/keys/desk.signed", "--anchor", f"{data}/keys/anchor.pub"]
words = run("seal", *keys, "--output", data + "-bundle", tip_file, evidence, check=0).stdout.split()
assert len(words) == 12, words
assert canary.encode() not in pathlib.Path(data + "-bundle").read_bytes()
assert "accepted" in run("import", "--data", data, data + "-bundle", check=0).stdout
assert "duplicate" in run("import", "--data", data, data + "-bundle", check=0).stdout
serve = start()
proof = run("seal", *keys, "--server", "http://" + serve.address("hotline"), tip_file, evidence, check=0).stdout
assert "Plumbline proof of receipt" in proof, proof
serve.wait_processed(len(everything) + 2)
serve.stop()
opened = run("tips", "--data", data, "--open", "--format", "jsonl", check=0).stdout
assert opened.count(f"{canary} from a provider") == 2, opened[-2000:]
other = run("keys", "anchor", "--key", data + "-other.key", check=0).stdout
pathlib.Path(data + "-other.pub").write_text(other)
refused = run("seal", "--desk-key", f"{data}/keys/desk.signed", "--anchor", data + "-other.pub", "--output", data + "-x", tip_file)
assert refused.returncode == 3 and "not signed" in refused.stderr, refused
print("sealing: a bundle imported once, a tip handed in to a running hotline, another anchor refused")
