#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`plumbline scan` of the disk images of Debian's forensics-samples packages gives every original file by its hash,
those that were deleted marked so. PLUMBLINE_IMAGES=all reads every image; without it two small ones."""
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from process import PROGRAM, run

samples = pathlib.Path("/usr/share/forensics-samples")
if not (samples / "original-files").exists():
    print("skipped: the packages forensics-samples-* are not installed")
    sys.exit(77)
originals = {}
for path in sorted((samples / "original-files").rglob("*")):
    if path.is_file() and not path.is_symlink():
        originals.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)


def without_time(png):
    """A PNG without its tIME chunk: the packages' copies of three pictures have another time in it than the images'."""
    out, at = png[:8], 8
    while at + 12 <= len(png):
        end = at + 12 + int.from_bytes(png[at:at + 4], "big")
        if png[at + 4:at + 8] != b"tIME":
            out += png[at:end]
        at = end
    return hashlib.sha256(out).hexdigest()


timeless = {without_time(path.read_bytes()): path.name for path in (samples / "original-files").rglob("*.png")}
names = ["btrfs", "exfat", "ext2", "ext4", "multiple", "ntfs", "vfat"] if os.environ.get("PLUMBLINE_IMAGES") == "all" else ["ext4", "ntfs"]
failed = False
with tempfile.TemporaryDirectory() as folder:
    for name in names:
        packed = samples / f"fs.{name}.xz"
        if not packed.exists():
            continue
        image = pathlib.Path(folder) / f"{name}.img"
        with image.open("wb") as out:
            subprocess.run(["xz", "-dc", packed], stdout=out, check=True)
        wanted = dict(originals)
        if name == "multiple":
            wanted = {hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in (samples / "original-multiple").iterdir() if path.is_file()}
        found, deleted, pictures = set(), set(), set()
        lines = run("scan", "--jobs", 2, image, check=None).stdout.splitlines()
        for line in lines:
            sighting = json.loads(line)
            if sighting["kind"] == "file" and sighting["value"] in wanted:
                found.add(sighting["value"])
                if "deleted" in sighting["context"]:
                    deleted.add(sighting["value"])
            elif sighting["kind"] == "file" and sighting["text"].lower().endswith(".png") and sighting["where"].split("-")[-1].startswith("fs:"):
                png = subprocess.run([PROGRAM, "scan", "--print", sighting["where"], image], capture_output=True).stdout
                pictures.add(timeless.get(without_time(png)))
        for value in [value for value in wanted.keys() - found if wanted[value] in pictures]:
            del wanted[value]
        missing = sorted(wanted[value] for value in wanted.keys() - found)
        print(f"disk: {name}: {len(found)} of {len(wanted)} originals by hash, {len(deleted)} of them deleted" +
              (f", and {len(originals) - len(wanted)} PNG that differ in their tIME chunk only" if name != "multiple" and len(wanted) < len(originals) else "") + (f"; missing: {', '.join(missing)}" if missing else ""))
        failed |= bool(missing)
        image.unlink()
sys.exit(1 if failed else 0)
