#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Machine reports as partners send them: a batch with an answer for each item, a pipe, and a Maildir whose reader is killed at random
moments: no mail is lost, none is counted twice, equal ones are one tip with a count. A partner that is silent shows in `partners`; a
revoked token is refused. The long form (PLUMBLINE_REPORTS_LONG=1): 20 reports a second by form and API for 60 s beside 60,000 XARF in
one batch."""
import http.client
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import random
import subprocess
import threading
import time

from process import PROGRAM, TOP, Serve, run, temporary_folder

loader = importlib.machinery.SourceFileLoader("bench_reports", str(TOP / "bench" / "reports"))
bench = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_reports", loader))
loader.exec_module(bench)
chance = random.Random(int(os.environ.get("PLUMBLINE_SEED", "7")))


def mail(number):
    """A feedback report; every fifth is about the same address on the same day."""
    address = "192.0.2.7" if number % 5 == 0 else f"198.51.{number // 250}.{number % 250}"
    return (f"From: fbl@provider.example\nSubject: report {number}\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
            f"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Story/1\nVersion: 1\nArrival-Date: Thu, 8 Oct 2026 14:00:00 +0000\n"
            f"Source-IP: {address}\n\n--b\nContent-Type: message/rfc822\n\nSubject: spam {number}\n\nbuy\n--b--\n")


def maildir(data):
    folder = pathlib.Path(data) / "mail"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    (pathlib.Path(data) / "plumbline.toml").write_text(f'[mail]\nfolders = "bank-a={folder}"\n')
    return folder


def tips_in(data):
    serve = Serve(data, verb="hotline").wait_ready()
    tips = serve.status()["tips"]
    serve.stop()
    return tips


def verify_after_publishing(data):
    """The hotline appends; the desk publishes what it finds when it starts."""
    Serve(data, verb="desk").wait_ready().stop()
    run("verify", "--data", data, check=0)


def maildir_and_kills():
    data = temporary_folder()
    run("keys", "make", "--data", data, check=0)
    run("keys", "token", "--data", data, "--partner", "bank-a", "--scopes", "reports", "--silent-after", "24", check=0)
    folder = maildir(data)
    mails = 100
    for number in range(mails):
        (folder / "new" / f"{1000 + number}.M{number}.host").write_text(mail(number))
    kills = 0
    while any((folder / "new").iterdir()):
        serve = Serve(data, verb="hotline").wait_ready()
        if kills < 6:
            time.sleep(chance.uniform(0.0, 0.25))
            serve.kill()
            kills += 1
            continue
        deadline = time.monotonic() + 60
        while any((folder / "new").iterdir()) and time.monotonic() < deadline:
            time.sleep(0.1)
        serve.stop()
    assert len(list((folder / "cur").iterdir())) == mails
    # 20 of the 100 name one address: one tip that stands for 20, and 80 others. What was taken twice by a crash counts once.
    assert tips_in(data) == 81, tips_in(data)
    again = subprocess.run([PROGRAM, "deliver", "--data", data, "--partner", "bank-a"], input=mail(0), capture_output=True, text=True)
    answer = json.loads(again.stdout)
    assert again.returncode == 0 and answer["outcome"] == "known" and answer["count"] == 20, answer
    fresh = subprocess.run([PROGRAM, "deliver", "--data", data, "--partner", "bank-a"], input=mail(500), capture_output=True, text=True)
    answer = json.loads(fresh.stdout)
    assert fresh.returncode == 0 and answer["outcome"] == "duplicate" and answer["count"] == 21, answer
    assert subprocess.run([PROGRAM, "deliver", "--data", data, "--partner", "nobody"], input=mail(1), capture_output=True, text=True).returncode == 67
    assert subprocess.run([PROGRAM, "deliver", "--data", data + "-none", "--partner", "bank-a"], input=mail(1), capture_output=True, text=True).returncode == 75
    verify_after_publishing(data)
    print(f"Maildir: {mails} mails, {kills} kills, 81 tips; the pipe knows them")
    return data


def batch_and_tokens(data):
    token = run("keys", "token", "--data", data, "--partner", "cert-x", "--scopes", "reports", "--rate", "500", check=0).stdout.strip()
    serve = Serve(data, verb="hotline").wait_ready()
    items = [json.dumps(bench.xarf(n)) for n in range(200)] + ['{"xarf_version":"4.2.0"}', "nonsense"] + [json.dumps(bench.xarf(0))] * 100
    status, lines = bench.post(serve.address("hotline"), token, "\n".join(items).encode())
    assert status == 200 and json.loads(lines[-1]) == {"accepted": 200, "duplicate": 100, "known": 0, "refused": 2, "over_rate": 0, "unavailable": 0}, lines[-1]
    assert json.loads(lines[200])["pointer"] == "/timestamp" and json.loads(lines[-2])["count"] == 101
    status, lines = bench.post(serve.address("hotline"), token, "\n".join(items[:200] + items[:100]).encode())
    assert json.loads(lines[-1])["over_rate"] == 101, lines[-1]       # 301 of 500 were used before: a line that is no JSON object is no item
    listed = run("keys", "tokens", "--data", data, "--format", "jsonl", check=0).stdout.splitlines()
    name = next(json.loads(line)["token"] for line in listed if '"cert-x"' in line)
    run("keys", "revoke", "--data", data, name, check=0)
    assert bench.post(serve.address("hotline"), token, b"{}")[0] == 401
    serve.stop()
    # Nothing is silent yet: both were heard this hour.
    assert run("partners", "--data", data).returncode == 0
    print("batch: answers item by item; rate and revocation hold")


def long_form():
    data = temporary_folder()
    run("keys", "make", "--data", data, check=0)
    token = run("keys", "token", "--data", data, "--partner", "feed", "--scopes", "reports,tips", check=0).stdout.strip()
    serve = Serve(data, verb="hotline").wait_ready()
    address, done, pages, posts, failures = serve.address("hotline"), threading.Event(), [], [], []
    batch = "\n".join(json.dumps(bench.xarf(n)) for n in range(60_000)).encode()
    outcome = {}

    def send_batch():
        began = time.monotonic()
        outcome["status"], lines = bench.post(address, token, batch)
        outcome["total"], outcome["seconds"] = json.loads(lines[-1]), time.monotonic() - began

    def one(number):
        began = time.monotonic()
        connection = http.client.HTTPConnection(address, timeout=30)
        try:
            if number % 2:
                fields = {"text": f"Somebody took my money, case {number}.", "category": "fraud.payment"}
                body = "".join(f'--line\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()) + "--line--\r\n"
                connection.request("POST", "/report", body, {"Content-Type": "multipart/form-data; boundary=line"})
            else:
                connection.request("POST", "/api/v1/tips", json.dumps({"text": f"They took money, case {number}.", "category": "fraud.payment"}), {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            (posts if answer.status in (200, 201) else failures).append((answer.status, time.monotonic() - began))
        except OSError as error:
            failures.append((str(error), 0))
        finally:
            connection.close()

    def watch_page():
        while not done.is_set():
            began = time.monotonic()
            status, _, _ = serve.request("GET", "/")
            pages.append(time.monotonic() - began)
            assert status == 200
            done.wait(0.1)

    watcher, sender = threading.Thread(target=watch_page), threading.Thread(target=send_batch)
    watcher.start()
    sender.start()
    began, threads = time.monotonic(), []
    for number in range(20 * 60):
        time.sleep(max(0.0, began + number / 20 - time.monotonic()))
        threads.append(threading.Thread(target=one, args=(number,)))
        threads[-1].start()
    for thread in threads + [sender]:
        thread.join()
    done.set()
    watcher.join()
    status = serve.status()
    serve.stop()
    pages.sort()
    waits = sorted(seconds for _, seconds in posts)
    print(json.dumps({"batch": outcome, "posts": len(posts), "failures": failures[:3], "tips": status["tips"], "page_ms": {"count": len(pages), "p50": round(pages[len(pages) // 2] * 1000, 1),
                      "p99": round(pages[int(len(pages) * 0.99)] * 1000, 1), "max": round(pages[-1] * 1000, 1)}, "post_ms_p99": round(waits[int(len(waits) * 0.99)] * 1000, 1), "load": os.getloadavg()[0]}))
    assert not failures, failures[:3]
    assert outcome["total"]["accepted"] == 60_000 and status["tips"] == 60_000 + 1200, (outcome, status)
    verify_after_publishing(data)


batch_and_tokens(maildir_and_kills())
if os.environ.get("PLUMBLINE_REPORTS_LONG"):
    long_form()
