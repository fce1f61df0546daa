#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""400 real mails come in, are scanned, linked, decided, worked by a lab and counted; a second start doubles nothing."""
import datetime
import json
import shutil

from process import Serve, run, temporary_folder

data = temporary_folder()
serve = Serve(data, "--demo").wait_ready()
status = serve.wait_processed(400)
print("status:", json.dumps(status))
assert status["tips"] == 400 and status["processed"] == 400 and status["demo"] is True, status
for page in ("/", "/mailbox", "/figures", "/rulebook", "/ledger/checkpoint"):
    code, headers, body = serve.request("GET", page)
    assert code == 200, (page, code)
    if page in ("/", "/mailbox", "/figures", "/rulebook"):
        assert b"demo" in body.lower(), f"{page} does not say that this is demo data"
        assert "set-cookie" not in headers and "default-src 'none'" in headers["content-security-policy"], headers
figures = json.loads(serve.request("GET", "/figures.json")[2])
received = figures["received"]
assert received["total"] == 400 == sum(received["by_group"].values()), figures
by_day = received["by_day"]
assert sum(count for row in by_day for group, count in row.items() if group != "day") == 400, figures
# The mails are spread over 59 times 24 hours until now, one in three and a half: late in the evening none is left for the
# first of the 60 days, soon after midnight none is there yet for the last. Every day between has some.
days = [datetime.date.fromisoformat(row["day"]) for row in by_day]
assert len(by_day) in (59, 60) and (datetime.date.fromisoformat(figures["frame"]["to"]) - days[-1]).days <= 1, figures
assert all(b - a == datetime.timedelta(days=1) for a, b in zip(days, days[1:])), figures
serve.stop()

verified = run("verify", "--data", data, check=0)
print("verify:", verified.stdout.strip().splitlines()[-1])
with open(data + "/figures.json", "w") as out:
    out.write(run("figures", "--data", data, check=0).stdout)
recounted = run("recount", "--data", data, "--figures", data + "/figures.json", check=0)
print("recount:", recounted.stdout.strip().splitlines()[-1])
replayed = run("rules", "replay", "--data", data, check=0)
print("replay:", replayed.stdout.strip().splitlines()[-1])

again = Serve(data, "--demo").wait_ready()
status = again.wait_processed(400)
assert status["tips"] == 400, f"the second start doubled tips: {status}"
again.stop()
run("verify", "--data", data, check=0)
shutil.rmtree(data)
print("demo story ok")
