#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A marked sentence and a marked file, posted as a tip, are in no file under the data folder and in no log; the hotline role,
which has no secret key, cannot open them."""
import os
import pathlib
import secrets
import shutil

from process import Serve, run, temporary_folder

sentence = "canary-" + secrets.token_hex(24)
inside = "canary-file-" + secrets.token_hex(24)
indicator = f"{secrets.token_hex(6)}@canary-{secrets.token_hex(4)}.example.com"
big = (f"{inside}\n" * 20000).encode()  # over the size that is kept in a row: it becomes a blob
data = temporary_folder()
serve = Serve(data).wait_ready()
code, _, body = serve.post_form({"text": f"They wrote: {sentence}", "category": "fraud.phishing"},
                                [("letter.txt", "text/plain", f"{inside} {indicator}".encode()), ("big.txt", "text/plain", big)])
assert code in (200, 201), (code, body[:2000])
serve.wait_processed(1)
password = serve.password()
serve.stop()

opened = run("tips", "--data", data, "--open", "--format", "jsonl", check=0).stdout
assert sentence in opened, "the desk cannot read the tip: the canary proves nothing"


def search(needles):
    files = [p for p in pathlib.Path(data).rglob("*") if p.is_file()]
    for path in files:
        content = path.read_bytes()
        for needle in needles:
            assert needle.encode() not in content, f"{needle} stands in {path}"
    return len(files)


needles = [sentence, inside, indicator, password]
count = search(needles)
log = "".join(serve.log)
for needle in needles:
    assert needle not in log, f"{needle} stands in the log"
print(f"canary: in none of {count} files, in none of {len(serve.log)} log lines")

# The hotline role: the same folder without the desk's secret key.
os.rename(f"{data}/keys/desk.key", f"{data}.desk.key")
hotline = Serve(data, verb="hotline").wait_ready()
second = "canary-" + secrets.token_hex(24)
code, _, body = hotline.post_form({"text": second, "category": "other.unclassified"})
assert code in (200, 201), (code, body[:500])
refused = run("tips", "--data", data, "--open")
assert refused.returncode == 3 and sentence not in refused.stdout and second not in refused.stdout, refused
hotline.stop()
search(needles + [second])
os.rename(f"{data}.desk.key", f"{data}/keys/desk.key")
assert second in run("tips", "--data", data, "--open", "--format", "jsonl", check=0).stdout
print("canary: the hotline role took a tip and could open none")
shutil.rmtree(data)
