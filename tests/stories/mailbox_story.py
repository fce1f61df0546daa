#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The whole circle without scripts: a report with a file, 12 words and a signed proof; the desk opens the tip and answers; the words
open the answer; a message goes back; nothing of it needs a cookie at the hotline."""
import html
import json
import pathlib
import re
import shutil
import urllib.parse

from process import Serve, run, temporary_folder

data = temporary_folder()
serve = Serve(data).wait_ready()
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


def form(path):
    return serve.request("POST", path, urllib.parse.urlencode({"words": " ".join(words)}), {"Content-Type": "application/x-www-form-urlencoded"})


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
verified = run("verify", "--data", data, check=0)
print("mailbox: report, 12 words, answer and message went both ways without a script or a cookie;", verified.stdout.strip().splitlines()[-1])
shutil.rmtree(data)
