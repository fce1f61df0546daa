#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes rules/xarf_schemas.json: the published XARF schemas (MIT: xarf/xarf-spec, abusix/xarf) in one file, without what a
check does not read (titles, descriptions, examples), references rewritten to "name#/pointer" within it.

    tools/xarf_schemas.py ../shared/standards > rules/xarf_schemas.json
"""
import json
import pathlib
import posixpath
import sys

root = pathlib.Path(sys.argv[1])
DROPPED = {"$schema", "$id", "title", "description", "examples", "default", "$comment", "x-recommended", "contentEncoding", "deprecated"}
KEPT_NAMES = {"properties", "$defs", "definitions", "patternProperties"}


def shortened(node, name, is_names=False):
    if isinstance(node, list):
        return [shortened(item, name) for item in node]
    if not isinstance(node, dict):
        return node
    out = {}
    for key, value in node.items():
        if is_names:
            if isinstance(value, dict):
                out[key] = shortened(value, name)
        elif key == "$ref":
            path, _, pointer = value.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            out[key] = target.removesuffix(".json").removesuffix(".schema") + "#" + pointer
        elif key in ("enum", "const", "required"):
            out[key] = value
        elif key not in DROPPED:
            out[key] = shortened(value, name, key in KEPT_NAMES)
    return out


schemas = {}
for path in sorted((root / "xarf-spec/schemas/v4").rglob("*.json")):
    name = "v4/" + str(path.relative_to(root / "xarf-spec/schemas/v4")).removesuffix(".json")
    if not name.endswith("xarf-v4-master"):
        schemas[name.replace("_", "-")] = shortened(json.loads(path.read_text()), name)
for version in ("alpha", "1", "2", "3"):
    for path in sorted((root / "abusix-xarf-v3/schemas" / version).glob("*.schema.json")):
        name = version + "/" + path.name.removesuffix(".schema.json")
        if not name.endswith("/xarf"):
            schemas[name] = shortened(json.loads(path.read_text()), name)
print(json.dumps({"from": "xarf/xarf-spec 37820dace8ac, abusix/xarf 56b4d98c6e9e (both MIT; made by tools/xarf_schemas.py)", "schemas": schemas},
                 separators=(",", ":"), ensure_ascii=False))
