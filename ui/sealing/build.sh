#!/bin/sh
# Builds the hotline's scripts into ui/sealing/dist. Installs the pinned packages first where they are missing or older than
# the lock file. Works with Node 18 and newer.
set -eu
cd "$(dirname "$0")"
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund --loglevel=error
    touch node_modules/.package-lock.json
fi
npm run --silent build
for file in report seal seal-plain; do
    test -s "dist/$file.js" && test -s "dist/$file.js.gz" || { echo "ui/sealing: dist/$file.js was not made" >&2; exit 1; }
done
