// SPDX-License-Identifier: Apache-2.0
// Builds into dist/: envelope.test.mjs, what the test under node looks at.
import { build } from "esbuild";

await build({ bundle: true, format: "esm", platform: "node", target: ["node18"], entryPoints: { "envelope.test": "src/for_tests.ts" }, outdir: "dist", outExtension: { ".js": ".mjs" }, logLevel: "warning" });
