// SPDX-License-Identifier: Apache-2.0
// The English that the script has with itself is the pages' own (ui/hotline/languages); the test of room `language` holds the
// other languages against it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

test("English is what the script has with itself", () => {
  const all = JSON.parse(readFileSync(new URL("../../hotline/languages/en.json", import.meta.url), "utf8"));
  const pages = Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith("script.")).map(([key, text]) => [key.slice(7), text]));
  const source = readFileSync(new URL("../src/words.ts", import.meta.url), "utf8");
  const own = Object.fromEntries([...source.matchAll(/^ {2}(\w+): ("(?:[^"\\]|\\.)*"),$/gm)].map(([, key, text]) => [key, JSON.parse(text)]));
  const { noscript, ...rest } = pages;
  assert.ok(noscript);
  assert.deepEqual(own, rest);
});
