#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Text in a picture is a lab's job of its own: made where the setting asks for it, worked by the lab inside, its finding marked as guessed. And values
on a warning list are marked in the tip's evidence, from a file that the setting names."""
import json
import pathlib
import shutil
import sys

from process import TOP, Serve, run, temporary_folder

if not any(pathlib.Path("/usr/share/tesseract-ocr").rglob("eng.traineddata")):
    print("skipped: Tesseract's English data is not installed")
    sys.exit(77)
data = temporary_folder()
run("keys", "make", "--data", data, check=0)
with open(f"{data}/big.json", "w") as out:
    json.dump({"name": "Big sites", "type": "hostname", "list": ["bigsite.com"]}, out)
with open(f"{data}/plumbline.toml", "w") as out:
    out.write(f'[line]\nread_pictures = 1\nwarning_lists = "built-in:{data}/big.json"\n')
serve = Serve(data).wait_ready()
picture = (TOP / "src" / "ocr" / "testdata" / "message.png").read_bytes()
code, _, body = serve.post_form({"text": "they wrote from www.bigsite.com and from own-scam.net", "category": "fraud.phishing", "danger_now": "no"},
                                [("screen.png", "image/png", picture)])
assert code in (200, 201), body[:500]
serve.wait_processed(1)
cookies = {}


def desk(method, path, body=None):
    headers = {"Content-Type": "application/json", "X-Plumbline-Desk": "1", **cookies}
    code, answer_headers, answer = serve.request(method, path, json.dumps(body) if body is not None else None, headers, face="desk")
    if "set-cookie" in answer_headers:
        cookies["Cookie"] = answer_headers["set-cookie"].split(";")[0]
    assert code == 200, (code, answer[:300])
    return json.loads(answer)


desk("POST", "/api/desk/sign-in", {"name": "desk", "password": serve.password()})
tip = desk("GET", "/api/desk/queue?state=any&order=deadline&offset=0&count=10")["rows"][0]["id"]
for _ in range(300):
    page = desk("GET", f"/api/desk/tips/{tip}")
    jobs = {job["skill"]: job for job in page["jobs"]}
    if all(job["state"] == "done" for job in jobs.values()):
        break
    __import__("time").sleep(0.1)
assert set(jobs) == {"line", "examine-file", "read-pictures"}, jobs
guessed = jobs["read-pictures"]["finding"]
assert guessed["is_guess"] and not jobs["examine-file"]["finding"]["is_guess"], jobs
assert guessed["sightings"] >= 3 and guessed["summary"].startswith("text in pictures"), guessed
rows = {row["value"]: row.get("warnings", []) for part in page["parts"] for row in part["sightings"]}
assert rows["www.bigsite.com"] == ["Big sites"] and rows["own-scam.net"] == [], rows
serve.stop()
run("verify", "--data", data, check=0)
print(f"pictures: a job of its own, {guessed['sightings']} sightings, marked as guessed; listed values marked: {sorted(v for v, lists in rows.items() if lists)}")
shutil.rmtree(data)
