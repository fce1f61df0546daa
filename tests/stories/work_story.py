#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proof of work: the page's own script solves the hotline's challenge; one solution is one tip; without a script the form keeps its
places, and who finds none is answered with all that was typed."""
import json
import pathlib
import shutil
import subprocess

from process import TOP, Serve, temporary_folder

data = temporary_folder()
pathlib.Path(data, "plumbline.toml").write_text("[work]\nbits = 8\nplain_per_minute = 1\n")
serve = Serve(data).wait_ready()


def solution():
    code, _, body = serve.request("GET", "/api/v1/work")
    assert code == 200, (code, body)
    offer = json.loads(body)
    assert offer["bits"] == 8 and offer["puzzles"] == 16, offer
    script = f"const {{make_search}} = require({json.dumps(str(TOP / 'ui/hotline/work.js'))}); const s = make_search({json.dumps(offer)}); while (!s.step(1000)); console.log(s.solution());"
    return subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout.strip()


def send(text, **more):
    code, _, body = serve.post_form({"text": text, "category": "other.unclassified", **more})
    return code, body.decode() if isinstance(body, bytes) else body


worked = solution()
assert send("with work", work=worked)[0] in (200, 201)
assert send("without a script", work="")[0] in (200, 201)           # the one place of this minute
code, page = send("What I typed stays: ünïcode <b>", work="")
assert code == 503 and "What I typed stays: ünïcode &lt;b&gt;" in page, (code, page[:300])
code, page = send("the same work again", work=worked)
assert code == 503 and "the same work again" in page, code
assert send("work once more", work=solution())[0] in (200, 201)
code, headers, body = serve.request("GET", "/work.js")
assert code == 200 and b"plumbline_work" in (body if isinstance(body, bytes) else body.encode())
print("work: one solution is one tip; without a script the form keeps its places and what was typed")
serve.stop()
shutil.rmtree(data)
