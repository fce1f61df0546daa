#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A flood of near-equal tips stands at the desk as one line, and the real ones among them on lines of their own. PLUMBLINE_FLOOD says how
many (default 300)."""
import json
import os
import pathlib
import random
import re
import shutil
import threading
import time

from process import Serve, run, temporary_folder

count = int(os.environ.get("PLUMBLINE_FLOOD", "300"))
data = temporary_folder()
pathlib.Path(data, "plumbline.toml").write_text("[work]\nplain_per_minute = 0\n")   # this program is the flood
serve = Serve(data).wait_ready()
said = ("This hotline is a fraud and everybody who works there should be ashamed of it. We will send this message again and again until "
        "somebody answers us, and we have all the time in the world to do so, whatever you try to do about it today or tomorrow.")
words = ["river", "window", "garden", "yellow", "ladder", "paper", "silver", "cousin", "winter", "pocket"]
real = [
    {"text": said + " But they have my daughter Ana since Tuesday and want money for her until tomorrow night.", "category": "person.extortion"},
    {"text": said + " Number 77 of many.", "category": "other.unclassified", "danger_now": "yes"},
    {"text": said + " Number 78 of many.", "category": "fraud.impostor", "sent_within_72_hours": "yes", "amount": "4200", "currency": "EUR"},
    {"text": said + " Pay to GB33BUKB20201555555555 they said.", "category": "other.unclassified"},
    {"text": "A man rang and said he was from my bank. I gave him the code and now 900 euro are gone from the account that I share with my wife.", "category": "fraud.impostor"},
]
chance = random.Random(7)
flood = [{"text": f"{said} Number {i} of many, says the {chance.choice(words)}.", "category": chance.choice(["other.unclassified", "nuisance.spam"])} for i in range(count)]
categories = {row["code"] for row in json.loads(serve.request("GET", "/api/v1/categories")[2])["categories"]}
for tip in flood + real:
    if tip["category"] not in categories:
        tip["category"] = "other.unclassified"
tips = flood[:]
for tip in real:
    tips.insert(chance.randrange(len(tips)), tip)
ids, lock, begun = {}, threading.Lock(), time.monotonic()


def send(share):
    for tip in share:
        code, _, body = serve.post_form(tip)
        assert code in (200, 201), (code, body)
        with lock:
            ids[tip["text"]] = re.search(r"tip_[0-9a-f-]{36}", body.decode()).group()


threads = [threading.Thread(target=send, args=(tips[i::8],)) for i in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
serve.wait_processed(len(tips), 1800)
print(f"flood: {len(tips)} tips taken in and decided in {time.monotonic() - begun:.1f} s")

code, headers, _ = serve.request("POST", "/api/desk/sign-in", json.dumps({"name": "desk", "password": serve.password()}), {"Content-Type": "application/json", "X-Plumbline-Desk": "1"}, face="desk")
assert code == 200
cookie = headers["set-cookie"].split(";")[0]


def desk(path, value=None):
    begun = time.monotonic()
    kind = {"Cookie": cookie} if value is None else {"Cookie": cookie, "Content-Type": "application/json", "X-Plumbline-Desk": "1"}
    code, _, body = serve.request("GET" if value is None else "POST", f"/api/desk/{path}", None if value is None else json.dumps(value), kind, face="desk", timeout=600)
    assert code == 200, (path, code, body[:500])
    return json.loads(body), time.monotonic() - begun


def show(rows):
    for row in rows:
        folded = f"{row['flood']['tips']:>6} tips" if row["flood"] else "    one tip"
        print(f"  {row['severity']:<8} {row['deadline']}  {folded}  {row['first_line'][:60]}")


page, seconds = desk("queue")
print(f"the queue, {len(page['rows'])} lines, read in {seconds:.2f} s:")
show(page["rows"])
page, seconds = desk("queue")
print(f"read again in {seconds:.2f} s; flat it begins with {len(desk('queue?flat=1&count=200')[0]['rows'])} lines")
floods = [row for row in page["rows"] if row["flood"]]
assert len(floods) == 1 and floods[0]["flood"]["tips"] == count, page["rows"]
alone = {row["id"] for row in page["rows"] if not row["flood"]}
assert alone == {ids[tip["text"]] for tip in real}, "not just the real ones stand alone"
head = floods[0]["id"]
done, seconds = desk(f"floods/{head}/aside", {"reason": "The same message, sent by one program."})
assert done["tips"] == count
print(f"put aside together in {seconds:.1f} s; left in the queue: {len(desk('queue')[0]['rows'])} lines")
assert {row["id"] for row in desk("queue")[0]["rows"]} == alone
assert desk("queue?aside=1")[0]["rows"][0]["flood"]["aside"] == count
done, seconds = desk(f"floods/{head}/back", {"reason": "To see that it can be."})
assert done["tips"] == count and len(desk("queue")[0]["rows"]) == len(page["rows"])
serve.stop()
# A new start reads it all again, and folds it again.
serve = Serve(data).wait_ready()
code, headers, _ = serve.request("POST", "/api/desk/sign-in", json.dumps({"name": "desk", "password": run("staff", "add", "--data", data, "--name", "desk", "--role", "administrator", check=0).stdout.strip()}), {"Content-Type": "application/json", "X-Plumbline-Desk": "1"}, face="desk")
cookie = headers["set-cookie"].split(";")[0]
again = desk("queue")[0]["rows"]
assert [row["flood"]["tips"] for row in again if row["flood"]] == [count] and {row["id"] for row in again if not row["flood"]} == alone
print("after a new start: the same lines")
serve.stop()
shutil.rmtree(data)
