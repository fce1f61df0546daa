#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a hand in the data folder changes behind the program's back, `plumbline verify` says: each way of it, one at a time."""
import glob
import hashlib
import json
import os
import shutil
import sqlite3
import time

from process import Serve, run, temporary_folder

data = temporary_folder()
serve = Serve(data).wait_ready()
big = b"a long letter from thief@example.com\n" * 8000
for text, files in (("They took it", [("a.txt", "text/plain", b"pay DE89370400440532013000")]), ("I paid twice", [("b.txt", "text/plain", big)]), ("No file", [])):
    code, _, body = serve.post_form({"text": text, "category": "fraud.phishing"}, files)
    assert code == 200, (code, body[:500])
serve.wait_processed(3)
until = time.monotonic() + 60
while serve.status()["jobs_done"] < 2 and time.monotonic() < until:
    time.sleep(0.1)
ours = {"X-Plumbline-Desk": "1", "Content-Type": "application/json"}
code, headers, _ = serve.request("POST", "/api/desk/sign-in", json.dumps({"name": "desk", "password": serve.password()}), ours, face="desk")
assert code == 200, code
ours["Cookie"] = headers["set-cookie"].split(";")[0]
tip = json.loads(run("tips", "--data", data, "--format", "jsonl", check=0).stdout.splitlines()[0])["id"]
for act, body in (("open", {}), ("answer", {"text": "Keep the letter."})):
    code, _, answer = serve.request("POST", f"/api/desk/tips/{tip}/{act}", json.dumps(body), ours, face="desk")
    assert code == 200, (act, code, answer)
serve.stop()
print(run("verify", "--data", data, check=0).stdout.strip())

first, last = "number = (SELECT min(number) FROM tip)", "number = (SELECT max(number) FROM tip)"
of_first, of_last = (f"tip = (SELECT {end}(number) FROM tip)" for end in ("min", "max"))


def sql(*statements):
    def act(folder):
        base = sqlite3.connect(folder + "/plumbline.db")
        base.execute("PRAGMA ignore_check_constraints = ON")
        changed = sum(base.execute(statement).rowcount for statement in statements)
        assert changed > 0, statements
        base.commit()
        base.close()
    return act


def flipped(table, column, where):
    def act(folder):
        base = sqlite3.connect(folder + "/plumbline.db")
        value = base.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchone()[0]
        value = value[:-1] + bytes([value[-1] ^ 1]) if isinstance(value, bytes) else value.replace("received: 2", "received: 3")
        base.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value,))
        base.commit()
        base.close()
    return act


def swapped(table, column, one, other):
    def act(folder):
        base = sqlite3.connect(folder + "/plumbline.db")
        a, b = (base.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchone()[0] for where in (one, other))
        assert a != b
        for where, value in ((one, b), (other, a)):
            base.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value,))
        base.commit()
        base.close()
    return act


def part_with_its_hash(folder):
    base = sqlite3.connect(folder + "/plumbline.db")
    value = base.execute(f"SELECT sealed FROM part WHERE {of_first} AND part = 0").fetchone()[0]
    value = value[:-1] + bytes([value[-1] ^ 1])
    base.execute(f"UPDATE part SET sealed = ?, sealed_sha256 = ? WHERE {of_first} AND part = 0", (value, hashlib.sha256(value).digest()))
    base.commit()
    base.close()


def blob(act):
    return lambda folder: act(glob.glob(folder + "/blobs/??/??/*")[0])


def message_invented(folder):
    base = sqlite3.connect(folder + "/plumbline.db")
    number = base.execute("SELECT max(number) FROM tip").fetchone()[0]
    base.execute("INSERT INTO message (id, tip, direction, hour, sealed) VALUES (?, ?, 1, 0, ?)", (os.urandom(16), number, os.urandom(60)))
    base.commit()
    base.close()


hands = {
    "tip deleted": sql(*[f"DELETE FROM {t} WHERE {of_last}" for t in ("part", "job", "product")], f"DELETE FROM tip WHERE {last}"),
    "state": sql(f"UPDATE tip SET state = 7 WHERE {last}"),
    "severity": sql(f"UPDATE tip SET severity = severity % 4 + 1 WHERE {first}"),
    "deadline": sql(f"UPDATE tip SET deadline = deadline + 3600000000 WHERE {first}"),
    "queue": sql(f"UPDATE tip SET queue = 'nobody' WHERE {first}"),
    "taken out of the queue": sql(f"UPDATE tip SET severity = 0, deadline = NULL, queue = '' WHERE {first}"),
    "day of receipt": sql(f"UPDATE tip SET received_hour = received_hour - 86400000000 WHERE {first}"),
    "category group": sql(f"UPDATE tip SET category_group = category_group % 11 + 1 WHERE {first}"),
    "demo mark": sql(f"UPDATE tip SET is_demo = 1 WHERE {first}"),
    "receipt": flipped("tip", "receipt", first),
    "receipt of another": swapped("tip", "receipt", first, last),
    "mailbox key": flipped("tip", "reporter_public_key", first),
    "wrapped key": flipped("tip", "wrapped_keys", first),
    "sealed part": flipped("part", "sealed", f"{of_first} AND part = 0"),
    "sealed part and its hash": part_with_its_hash,
    "sealed part and its hash, without the receipt's key": lambda folder: (part_with_its_hash(folder), os.remove(folder + "/keys/receipt.pub")),
    "part deleted": sql(f"DELETE FROM part WHERE {of_first} AND part = 1"),
    "blob cut": blob(lambda path: os.truncate(path, os.path.getsize(path) - 1)),
    "blob deleted": blob(os.remove),
    "commitment": flipped("ledger", "commitment", "number = 1"),
    "opening": flipped("ledger", "opening", "number = 1"),
    "openings swapped": swapped("ledger", "opening", "number = (SELECT min(number) FROM ledger WHERE kind = 'tip.received')",
                                "number = (SELECT max(number) FROM ledger WHERE kind = 'tip.received')"),
    "entries swapped": sql("UPDATE ledger SET number = -1 WHERE number = 0", "UPDATE ledger SET number = 0 WHERE number = 1", "UPDATE ledger SET number = 1 WHERE number = -1"),
    "last entry deleted": sql("DELETE FROM ledger WHERE number = (SELECT max(number) FROM ledger)"),
    "decision of another tip": swapped("product", "sealed", f"{of_first} AND name = 'decision'", f"{of_last} AND name = 'decision'"),
    "decision deleted": sql(f"DELETE FROM product WHERE {of_first} AND name = 'decision'"),
    "facts deleted": sql(f"DELETE FROM product WHERE {of_first} AND name = 'facts'"),
    "evidence changed": flipped("product", "sealed", f"{of_first} AND name = 'evidence'"),
    "finding deleted": sql(f"DELETE FROM product WHERE {of_first} AND name LIKE 'finding/%'"),
    "answer deleted": sql("DELETE FROM message"),
    "answer changed": flipped("message", "sealed", "number = 1"),
    "answer invented": message_invented,
    "checkpoint deleted": lambda folder: os.remove(folder + "/ledger/checkpoint"),
}
for name, hand in hands.items():
    folder = temporary_folder()
    shutil.rmtree(folder)
    shutil.copytree(data, folder)
    hand(folder)
    said = run("verify", "--data", folder, check=1).stdout.splitlines()
    assert said[0].startswith("WRONG  ") and said[-1].startswith("NOT OK"), (name, said)
    print(f"{name}: {said[0][7:110]}")
    shutil.rmtree(folder)
shutil.rmtree(data)
print(f"tamper story ok: {len(hands)} ways")
