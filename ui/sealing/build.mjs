// SPDX-License-Identifier: Apache-2.0
// Builds the hotline's scripts into dist/: report.js (the page), seal.js (the worker with libsodium as WebAssembly) and
// seal-plain.js (the worker without WebAssembly), each beside its gzip form, and envelope.test.mjs for node.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

// libsodium's loader asks whether it runs under node: the branch is never taken in a browser.
const external = ["node:fs", "node:crypto", "node:url", "node:path", "crypto", "fs", "path", "url", "module"];
const page = { bundle: true, minify: true, legalComments: "none", target: ["es2020"], format: "iife", platform: "browser", logLevel: "error", external };
const scripts = ["report", "seal", "seal-plain"];
await build({ ...page, entryPoints: scripts.map((name) => `src/${name}.ts`), outdir: "dist" });
await build({ bundle: true, format: "esm", platform: "node", target: ["node18"], entryPoints: { "envelope.test": "src/for_tests.ts" }, outdir: "dist", outExtension: { ".js": ".mjs" }, logLevel: "warning" });
for (const name of scripts) writeFileSync(`dist/${name}.js.gz`, gzipSync(readFileSync(`dist/${name}.js`), { level: 9 }));
