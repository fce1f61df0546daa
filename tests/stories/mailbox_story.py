#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The whole circle without scripts: a report with a file, 12 words and a signed proof; the desk opens the tip and answers; the words
open the answer; messages and files go both ways, what was added is read again, the reporter learns where it went and takes it back;
the receipt checks offline. Nothing of it needs a cookie at the hotline."""
import atexit
import html
import json
import pathlib
import re
import shutil
import time
import urllib.parse

from process import Serve, run, temporary_folder

data = temporary_folder()
serve = Serve(data)
atexit.register(lambda: serve.process.poll() is None and serve.process.kill())
serve.wait_ready()
refused = serve.post_form({"text": "<b>typed & kept</b>", "category": "fraud.payment", "amount": "many", "currency": "EUR"})
assert refused[0] in (400, 422) and b"&lt;b&gt;typed &amp; kept&lt;/b&gt;" in refused[2], refused
code, headers, body = serve.post_form({"text": "They called and took 1,200.50 from my account.", "category": "fraud.payment", "amount": "1,200.50", "currency": "EUR",
                                       "still_happening": "yes", "sent_within_72_hours": "yes", "contact": ""}, [("letter.txt", "text/plain", b"call +442079460958 or visit http://bank.example.com/login")])
page = body.decode()
assert code in (200, 201) and "set-cookie" not in headers, (code, page[:1500])
text = html.unescape(re.sub(r"<[^>]+>", " ", page))
words = re.findall(r"<li[^>]*>\s*(?:<[^>]+>)*\s*([a-z]{3,8})\s*(?:<[^>]+>)*\s*</li>", page)
assert len(words) == 12, (words, page[:3000])
serve.wait_processed(1)


def desk(method, path, payload=None, cookie=None):
    extra = {"Content-Type": "application/json", "Plumbline-Desk": "1", "X-Plumbline-Desk": "1"}
    if cookie:
        extra["Cookie"] = cookie
    code, headers, body = serve.request(method, path, json.dumps(payload) if payload is not None else None, extra, face="desk")
    return code, headers, json.loads(body) if body else None


code, headers, answer = desk("POST", "/api/desk/sign-in", {"name": "desk", "password": serve.password()})
assert code == 200, (code, answer)
cookie = headers["set-cookie"].split(";")[0]
assert "HttpOnly" in headers["set-cookie"] and "SameSite=Strict" in headers["set-cookie"]
code, _, queue = desk("GET", "/api/desk/queue", cookie=cookie)
assert code == 200 and len(queue["rows"]) == 1, queue
tip = queue["rows"][0]["id"]
assert desk("GET", "/api/desk/queue")[0] == 401
code, _, opened = desk("POST", f"/api/desk/tips/{tip}/open", {}, cookie)
assert code == 200, opened
code, _, shown = desk("GET", f"/api/desk/tips/{tip}", cookie=cookie)
assert code == 200 and "1,200.50" in json.dumps(shown), shown
assert "recall-payment" in json.dumps(shown["decision"]), shown["decision"]
secret = "Ring your bank at once and say recall."
code, _, sent = desk("POST", f"/api/desk/tips/{tip}/answer", {"text": secret}, cookie)
assert code == 200, (code, sent)


def mailbox(fields):
    return serve.request("POST", "/mailbox", urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})


code, headers, body = mailbox({"words": " ".join(words)})
assert code == 200 and secret in html.unescape(body.decode()) and "set-cookie" not in headers, (code, body[:3000])
wrong = words[:11] + ["abandon" if words[11] != "abandon" else "zoo"]
code, _, body = mailbox({"words": " ".join(wrong)})
assert code in (400, 404, 422) and secret not in body.decode(), (code, body[:500])
found = re.search(r'action="(/en/mailbox/[a-z]+)"', mailbox({"words": " ".join(words)})[2].decode())
assert found, "no way to write back"
code, _, body = serve.request("POST", "/mailbox/message", urllib.parse.urlencode({"words": " ".join(words), "message": "I rang them, reference 4711."}), {"Content-Type": "application/x-www-form-urlencoded"})
assert code in (200, 201, 303), (code, body[:800])
code, _, shown = desk("GET", f"/api/desk/tips/{tip}", cookie=cookie)
assert "reference 4711" in json.dumps(shown["messages"]), shown["messages"]
code, _, checked = desk("GET", f"/api/desk/tips/{tip}/verify", cookie=cookie)
assert code == 200, checked


def form(path, **more):
    return serve.request("POST", path, urllib.parse.urlencode({"words": " ".join(words), **more}), {"Content-Type": "application/x-www-form-urlencoded"})


def multipart(fields, files):
    parts = [f'--b0und\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    for name, data in files:
        parts += [f'--b0und\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode(), data, b"\r\n"]
    return b"".join([*parts, b"--b0und--\r\n"]), {"Content-Type": "multipart/form-data; boundary=b0und"}


# The desk answers with a file; the words open it.
payload = bytes(range(256)) * 1200
body, types = multipart({"text": "Please fill in this form."}, [("form \u00e9.pdf", payload)])
code, _, answer = serve.request("POST", f"/api/desk/tips/{tip}/answer-with-files", body, {**types, "X-Plumbline-Desk": "1", "Cookie": cookie}, face="desk")
assert code == 200, (code, answer)
assert serve.request("POST", f"/api/desk/tips/{tip}/answer-with-files", body, {**types, "Cookie": cookie}, face="desk")[0] == 403
assert serve.request("POST", f"/api/desk/tips/{tip}/answer-with-files", body, {**types, "X-Plumbline-Desk": "1"}, face="desk")[0] == 401
page = mailbox({"words": " ".join(words)})[2].decode()
asked = re.search(r'name="id" value="(msg_[0-9a-f-]+)"><input type="hidden" name="n" value="1"', page)
assert asked and "form é.pdf" in html.unescape(page), page
code, headers, got = form("/mailbox/file", id=asked.group(1), n="1")
assert code == 200 and got == payload and "attachment" in headers["content-disposition"], (code, headers, len(got))

# The reporter adds a file: the line reads the tip again, and the desk sees what is in it.
body, types = multipart({"words": " ".join(words), "message": "They wrote again."}, [("second.txt", b"now pay to thief@second.example.com and http://second.example.net/pay")])
code, _, answer = serve.request("POST", "/mailbox/message", body, types)
assert code == 200, (code, answer[:600])
until = time.monotonic() + 60
while True:
    shown = desk("GET", f"/api/desk/tips/{tip}", cookie=cookie)[2]
    if "thief@second.example.com" in json.dumps([part["sightings"] for part in shown["parts"]]):
        break
    assert time.monotonic() < until, shown["parts"]
    time.sleep(0.1)
added = [file for file in shown["files"] if file["added_hour"]]
assert [file["name"] for file in added] == ["second.txt"] and shown["files"][0]["name"] == "letter.txt", shown["files"]
code, _, body = serve.request("GET", f"/api/desk/tips/{tip}/files/{added[0]['n']}", headers={"Cookie": cookie}, face="desk")
assert code == 200 and b"second.example.net" in body, (code, body)
assert "They wrote again." in json.dumps(shown["messages"]) and not shown["troubles"], shown["troubles"]

# It is referred to a named body, in plain words; the reporter reads both, and takes the report back.
code, _, moved = desk("POST", f"/api/desk/tips/{tip}/state", {"from": "answered", "to": "referred", "reason": "internal: case 17", "whom": "The police of Example Town", "words": "They can look into the account."}, cookie)
assert code == 200, moved
page = html.unescape(mailbox({"words": " ".join(words)})[2].decode())
assert "The police of Example Town" in page and "They can look into the account." in page and "case 17" not in page, page
assert form("/mailbox/withdraw")[0] == 422
assert form("/mailbox/withdraw", confirm="yes")[0] == 200
shown = desk("GET", f"/api/desk/tips/{tip}", cookie=cookie)[2]
assert shown["withdrawn_hour"] and shown["state"] == "referred", shown["withdrawn_hour"]
assert mailbox({"words": " ".join(words)})[0] == 200, "the words stay good"

# What anybody can count: nothing waits in the queue any more.
time.sleep(1.5)
code, _, figures = serve.request("GET", "/figures.json")
waits = json.loads(figures)["waits"]
assert code == 200 and all(row["unopened"] == 0 for row in waits), waits
kept_figures = pathlib.Path(temporary_folder()) / "figures.json"
kept_figures.write_bytes(figures)
assert desk("GET", "/api/desk/due-soon?hours=48", cookie=cookie)[2]["rows"] == []

# What the reporter takes away checks on a machine that has these three files and nothing else; no changed byte of it does.
kept = pathlib.Path(temporary_folder())
for name, (code, _, body) in {"receipt": form("/mailbox/proof"), "proof": form("/mailbox/inclusion"), "keys": serve.request("GET", "/api/v1/keys")}.items():
    assert code == 200, (name, code, body)
    (kept / name).write_bytes(body)
serve.stop()


def offline(receipt="receipt"):
    return run("verify", "--receipt", kept / receipt, "--proof", kept / "proof", "--log-key", kept / "keys", cwd=kept, env={"PATH": ""})


checked_offline = offline()
assert checked_offline.returncode == 0 and "its entry is number 0 of" in checked_offline.stdout, checked_offline
whole = (kept / "receipt").read_bytes()
for at in range(0, len(whole), 41):
    (kept / "changed").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
    assert offline("changed").returncode == 1, at
shutil.rmtree(kept)
recounted = run("recount", "--log", f"{data}/ledger", "--log-key", f"{data}/keys/ledger.pub", "--figures", kept_figures, check=0)
shutil.rmtree(kept_figures.parent)
verified = run("verify", "--data", data, check=0)
print("mailbox: report, 12 words, messages and files went both ways without a script or a cookie;", recounted.stdout.strip(), ";", verified.stdout.strip().splitlines()[-1])
shutil.rmtree(data)
