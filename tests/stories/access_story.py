#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The form in 60 kB in every language, with its style, icon and script (not the sealing worker, loaded behind it); the hotline's pages, with
scripts and without, and the desk's under axe-core (WCAG 2.2 AA) in Debian's Chromium, at 200 and 400 % zoom, and the whole report by
keyboard alone. PLUMBLINE_ACCESS_ALL=1 looks at every page in every language; PLUMBLINE_PICTURES keeps the pictures."""
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys

from process import TOP, Serve, run, temporary_folder

if shutil.which("chromium") is None:
    print("skipped: chromium is not installed")
    sys.exit(77)
walk = TOP / "ui" / "access"
if not (walk / "node_modules").exists():
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=walk, check=True)
data = temporary_folder()
# A signed desk key: only with one does the hotline give out its scripts.
run("keys", "make", "--data", data, check=0)
anchor_key = data + "-anchor.key"
run("keys", "anchor", "--key", anchor_key, check=0)
signed = run("keys", "sign-desk-key", "--key", anchor_key, "--identity", f"{data}/keys/identity.pub", f"{data}/keys/desk.pub", check=0).stdout
pathlib.Path(anchor_key).unlink()
pathlib.Path(f"{data}/keys/desk.signed").write_text(signed)
serve = Serve(data).wait_ready()
environment = {**os.environ, "HOTLINE_URL": serve.ready_event["hotline"], "DESK_URL": serve.ready_event["desk"], "DESK_PASSWORD": serve.password()}
if os.environ.get("PLUMBLINE_ACCESS_ALL"):
    environment["ALL"] = "1"
if os.environ.get("PLUMBLINE_PICTURES"):
    environment["SHOTS"] = os.environ["PLUMBLINE_PICTURES"]
code, _, body = serve.post_form({"text": "A first report, for the desk's pages. Write to jo@example.com.", "category": "fraud.phishing"})
assert code == 200, (code, body[:300])
serve.wait_processed(1)
languages = re.findall(r'hreflang="([^"]+)"', serve.request("GET", "/en/")[2].decode())
assert len(languages) == 12, languages
sizes = {}
for language in languages:
    page = serve.request("GET", f"/{language}/")[2]
    named = set(re.findall(r'<(?:link|script|img)[^>]* (?:href|src)="(/[^"]+)"', page.decode()))
    sizes[language] = sum(len(gzip.compress(body, 6)) for body in [page, *(serve.request("GET", name)[2] for name in named)])
    assert any("/sealing/report.js" in name for name in named), f"{language}: no script is named in {named}"
largest = max(sizes, key=sizes.get)
print(f"access: the form and what it names, gzipped: at most {sizes[largest]} bytes ({largest}), {len(named)} files beside the page")
assert sizes[largest] <= 60_000, sizes
done = subprocess.run(["node", "access.test.mjs"], cwd=walk, timeout=580, env=environment)
serve.stop()
shutil.rmtree(data)
sys.exit(done.returncode)
