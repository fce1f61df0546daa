#!/usr/bin/env bash
# The desk's page in Debian's Chromium against a running demo: sign in, queue, tip, verify, answer; pictures wide and narrow.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v chromium >/dev/null || { echo "chromium is not installed"; exit 77; }
exec python3 tests/stories/desk_page.py
