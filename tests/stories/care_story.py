#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What guards people, through the program as it runs: a name opens for two people and a reason and for nobody alone; an erased tip
leaves no sealed byte in any file, and `verify` says ok; a tip that was removed without the log's word is found."""
import json
import pathlib
import shutil
import sqlite3
import struct
import zlib

from process import Serve, run, temporary_folder

contact = "jo.reporter@reachable.example"
data = temporary_folder()
serve = Serve(data).wait_ready()


class Desk:
    def __init__(self, name, password):
        code, headers, body = serve.request("POST", "/api/desk/sign-in", json.dumps({"name": name, "password": password}),
                                            {"Content-Type": "application/json", "X-Plumbline-Desk": "1"}, face="desk")
        assert code == 200, (code, body)
        self.cookie = headers["set-cookie"].split(";")[0]

    def get(self, path):
        code, _, body = serve.request("GET", f"/api/desk/{path}", None, {"Cookie": self.cookie}, face="desk")
        return code, body

    def post(self, path, value=None):
        code, _, body = serve.request("POST", f"/api/desk/{path}", json.dumps(value or {}),
                                      {"Content-Type": "application/json", "X-Plumbline-Desk": "1", "Cookie": self.cookie}, face="desk")
        return code, body


def png(width, height):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    rows = b"".join(b"\0" + bytes((x * y) % 256 for x in range(width)) for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + chunk(b"tEXt", b"Comment\0SECRET-OF-THE-FILE") + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


picture = png(300, 200)
code, _, page = serve.post_form({"text": "They took all of it.", "category": "fraud.phishing", "contact": contact},
                                [("photo.png", "image/png", picture), ("big.txt", "text/plain", b"a large file\n" * 20000)])
assert code in (200, 201), (code, page[:500])
serve.wait_processed(1)
ada = Desk("desk", serve.password())
ben = Desk("ben", run("staff", "add", "--data", data, "--name", "ben", check=0).stdout.strip())
tip = json.loads(ada.get("queue")[1])["rows"][0]["id"]

# A name for two.
assert contact not in ada.get(f"tips/{tip}")[1].decode()
assert contact not in run("tips", "--data", data, "--open", "--format", "jsonl", check=0).stdout, "the desk key opens the name"
assert ada.post(f"tips/{tip}/identity/show")[0] == 409
assert ada.post(f"tips/{tip}/identity/ask", {"reason": ""})[0] == 422
assert ada.post(f"tips/{tip}/identity/ask", {"reason": "The bank asks who holds the account."})[0] == 200
assert ada.post(f"tips/{tip}/identity/approve")[0] == 403, "one person alone"
assert ada.post(f"tips/{tip}/identity/show")[0] == 409, "one person alone"
assert ben.post(f"tips/{tip}/identity/approve")[0] == 200
assert ben.post(f"tips/{tip}/identity/show")[0] == 403
code, body = ada.post(f"tips/{tip}/identity/show")
assert code == 200 and json.loads(body)["contact"] == contact, (code, body)
assert ada.post(f"tips/{tip}/identity/show")[0] == 409, "once"
kinds = [entry["kind"] for entry in json.loads(ada.get(f"tips/{tip}")[1])["custody"]]
assert [k for k in kinds if k.startswith("identity.")] == ["identity.asked", "identity.approved", "identity.shown"], kinds
assert contact not in "".join(serve.log)
print("care: a name opened for two people and a reason, once, and for nobody alone; three entries")

# A picture, gray and of our own making.
code, blur = ada.get(f"tips/{tip}/files/1/blurred")
assert code == 200 and blur.startswith(b"\x89PNG") and struct.unpack(">II", blur[16:24]) == (15, 10), (code, blur[:40])
code, shown = ada.post(f"tips/{tip}/files/1/show")
assert code == 200 and struct.unpack(">II", shown[16:24]) == (300, 200) and b"SECRET" not in shown and shown[25] == 0
assert ada.get(f"tips/{tip}/files/2/blurred")[0] in (415, 422, 400, 501), ada.get(f"tips/{tip}/files/2/blurred")
assert json.loads(ada.post("exposure", {"seconds": 20})[1]) == {"seconds": 20, "pictures": 1, "notice": ""}
assert json.loads(ben.get("exposure")[1])["pictures"] == 0
print("care: a picture came blurred, then gray, without a byte of its file; counted for who looked")

# Erasure: the rules of this folder keep a closed tip for no day.
code, _, page = serve.post_form({"text": "Another one, that stays.", "category": "fraud.phishing"})
assert code in (200, 201), code
serve.stop()
pathlib.Path(data, "retention.json").write_text('{"days": 0}')
serve = Serve(data).wait_ready()
serve.wait_processed(2)
ada = Desk("desk", run("staff", "add", "--data", data, "--name", "desk", "--role", "administrator", check=0).stdout.strip())
ada.post(f"tips/{tip}/open")
assert ada.post("retention/erase", {"tips": [tip], "reason": "it is not closed"})[0] == 409
assert ada.post(f"tips/{tip}/state", {"from": "opened", "to": "closed", "reason": "done"})[0] == 200
database = sqlite3.connect(f"{data}/plumbline.db")
number, receipt, wrapped = database.execute("SELECT number, receipt, wrapped_keys FROM tip WHERE state = 7").fetchone()
sealed = [row[0] for row in database.execute("SELECT sealed FROM part WHERE tip = ?1 AND sealed IS NOT NULL UNION ALL SELECT sealed FROM product WHERE tip = ?1 "
                                             "UNION ALL SELECT opening FROM ledger WHERE tip = ?1", [number])]
sealed += [wrapped, [line for line in receipt.splitlines() if line.startswith("salt: ")][0][6:].encode()]
blobs = [row[0].hex() for row in database.execute("SELECT sealed_sha256 FROM part WHERE tip = ?1 AND sealed IS NULL", [number])]
database.close()
assert len(blobs) == 1 and len(sealed) > 8, (blobs, len(sealed))


def found_in_files():
    found = set()
    for path in pathlib.Path(data).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found |= {i for i, piece in enumerate(sealed) if bytes(piece)[:48] in content}
    return found


assert len(found_in_files()) == len(sealed), "the search does not find what is there: it would prove nothing"
assert tip in run("tips", "due", "--data", data, check=0).stdout
assert ada.post(f"tips/{tip}/hold", {"reason": "A court asks for it."})[0] == 200
assert ada.post("retention/erase", {"tips": [tip], "reason": "the list of today"})[0] == 409, "it is held"
assert ada.post(f"tips/{tip}/release", {"reason": "The court is done."})[0] == 200
code, body = ada.post("retention/erase", {"tips": [tip], "reason": "the list of today"})
assert code == 200 and json.loads(body) == {"tips": 1, "log_is_cut": True}, (code, body)
assert found_in_files() == set(), "sealed bytes of an erased tip stand in a file"
assert not list(pathlib.Path(data, "blobs").rglob(blobs[0]))
assert run("tips", "due", "--data", data, check=0).stdout == ""
opened = [entry["opening"]["state"] for entry in json.loads(ada.get(f"tips/{tip}")[1])["custody"]]
assert set(opened[:-1]) == {"missing"} and opened[-1] == "opens", opened
serve.stop()
verified = run("verify", "--data", data, check=0)
print(verified.stdout.strip())
assert verified.stdout.strip().splitlines()[-1].startswith("ok"), verified.stdout
print(f"care: an erased tip: none of {len(sealed)} sealed pieces in any file, its blob gone, verify ok")

# Removed without the log's word, or the log's word without the removal: found.
database = sqlite3.connect(f"{data}/plumbline.db")
database.execute("UPDATE tip SET flags = 0 WHERE number = ?1", [number])
database.commit()
assert run("verify", "--data", data).returncode == 1
database.execute("UPDATE tip SET flags = 8 WHERE number = ?1", [number])
other = database.execute("SELECT number FROM tip WHERE number <> ?1", [number]).fetchone()[0]
database.execute("UPDATE tip SET flags = 8 WHERE number = ?1", [other])
database.commit()
wrong = run("verify", "--data", data)
assert wrong.returncode == 1 and "the log does not say so" in wrong.stdout, wrong.stdout[-1000:]
database.close()
print("care: a tip that was marked erased without the log's word is found")
shutil.rmtree(data)
