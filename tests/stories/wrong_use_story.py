#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Wrong arguments, missing folders, unreadable files and wrong passphrases: the message names what and where, and the exit code
says whose fault it is (2 the caller's, 3 the world's)."""
import os
import pathlib
import shutil

from process import run, temporary_folder

folder = temporary_folder()
at = lambda name: os.path.join(folder, name)
for name, text in (("right", "the right one\n"), ("wrong", "a wrong one\n"), ("settings.toml", "[hotline]\nprot = 1\n")):
    pathlib.Path(at(name)).write_text(text)
run("keys", "make", "--data", at("desk"), "--passphrase-file", at("right"), check=0)
run("import", "--data", at("desk"), "/dev/null", check=1)  # makes the store; an empty mail is refused

for code, words, arguments in (
    (2, "nonsense", ["nonsense"]),
    (2, "paths", ["scan"]),
    (3, at("none"), ["scan", at("none")]),
    (3, at("none"), ["verify", "--data", at("none")]),
    (3, at("none"), ["tips", "--data", at("none")]),
    (2, at("none"), ["import", "--data", at("desk"), at("none")]),
    (3, "desk.pub", ["hotline", "--data", at("none")]),
    (3, at("none"), ["lab", "--server", "https://127.0.0.1:1", "--key", at("none")]),
    (2, "lab's line", ["keys", "trust", "--data", at("none"), "garbage"]),
    (2, "prot", ["config", "--config", at("settings.toml")]),
    (3, at("none"), ["config", "--config", at("none")]),
    (2, "70000", ["serve", "--data", at("none"), "--hotline-port", "70000"]),
    (3, "passphrase", ["desk", "--data", at("desk"), "--passphrase-file", at("wrong"), "--desk-port", "0", "--lab-port", "0"]),
    (3, "passphrase", ["desk", "--data", at("desk"), "--desk-port", "0", "--lab-port", "0"]),
    (3, "passphrase", ["verify", "--data", at("desk"), "--passphrase-file", at("wrong")]),
    (3, at("none"), ["tips", "--data", at("desk"), "--open", "--passphrase-file", at("none")]),
    (3, "desk.pub", ["keys", "make", "--data", at("desk")]),
):
    done = run(*arguments, check=code)
    assert words in done.stderr, (arguments, done.stderr)
    print(f"{code}  {done.stderr.strip().splitlines()[-1][:120]}")
assert not os.path.exists(at("none")), "a command that was refused made a folder"

# A secret that others may read is refused by name.
os.chmod(at("desk/keys/receipt.key"), 0o644)
assert "receipt.key" in run("import", "--data", at("desk"), "/dev/null", check=3).stderr
shutil.rmtree(folder)
print("wrong use story ok")
