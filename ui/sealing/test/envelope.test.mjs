// SPDX-License-Identifier: Apache-2.0
// The known answers that src/seal/vectors_test.cc keeps, made and opened in JavaScript by both sets of primitives: what one
// side seals with the same random bytes is the same to the last byte on the other.
import assert from "node:assert/strict";
import { createHash, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

globalThis.crypto ??= webcrypto;
const here = (name) => new URL(name, import.meta.url);
const e = await import(here("../dist/envelope.test.mjs"));
const known = JSON.parse(readFileSync(here("../../../src/seal/testdata/envelope.json"), "utf8"));
const text = (value) => new TextEncoder().encode(value);

// src/seal/test_entropy.h: SHA-256 of the seed and a counter; what is left of a block is not used again.
function testRandom(seed) {
  let counter = 0;
  return (bytes) => {
    const blocks = [];
    for (let made = 0; made < bytes; made += 32) blocks.push(createHash("sha256").update(`${seed} ${counter++}`).digest());
    return new Uint8Array(Buffer.concat(blocks).subarray(0, bytes));
  };
}
const pattern = (bytes) => Uint8Array.from({ length: bytes }, (_, at) => at % 251);
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

const makers = [e.sodiumPrimitives, async () => e.plainPrimitives()];
for (const make of makers) {
  const p = await make();
  test(`${p.name}: seals the known answers`, () => {
    const random = testRandom("vectors");
    random(16);
    const tip = e.fromHex(known.tip_bytes);
    assert.equal(e.tipText(tip), known.tip);
    const key = random(32);
    assert.equal(e.hexOf(key), known.tip_key);
    for (const part of known.parts) {
      const sealed = e.sealPart(p, key, tip, part.part, pattern(part.plain_bytes), random);
      assert.equal(sha256(sealed), part.sealed_sha256, `part ${part.part}`);
      assert.equal(sealed.length, e.sealedBytesOf(part.plain_bytes));
      assert.deepEqual(e.openPart(p, key, tip, part.part, sealed), pattern(part.plain_bytes));
    }
    assert.equal(e.hexOf(e.sealContent(p, key, tip, text(known.content), random)), known.sealed_content);
    assert.equal(e.hexOf(e.sealPart(p, key, tip, 0xffffffff, text("hello"), random)), known.sealed_opening);
    const secret = random(32);
    const box = known.box;
    assert.equal(e.hexOf(secret), box.desk_secret);
    assert.equal(e.hexOf(p.publicKeyOf(secret)), box.desk_public);
    assert.equal(e.hexOf(e.wrapTipKey(p, key, tip, p.publicKeyOf(secret), random)), box.wrapped_key);
    assert.equal(e.hexOf(e.sealTo(p, p.publicKeyOf(secret), box.context, text(box.message), random)), box.sealed_message);
  });
  test(`${p.name}: opens them, and derives the same words and keys`, () => {
    const key = e.fromHex(known.tip_key);
    const tip = e.fromHex(known.tip_bytes);
    assert.equal(e.textOf(e.openContent(p, key, tip, e.fromHex(known.sealed_content))), known.content);
    const secret = e.fromHex(known.box.desk_secret);
    assert.equal(e.textOf(e.openSealed(p, secret, known.box.context, e.fromHex(known.box.sealed_message))), known.box.message);
    assert.throws(() => e.openSealed(p, secret, "message/2", e.fromHex(known.box.sealed_message)));
    const bits = e.fromHex(known.receipt.bits);
    assert.equal(e.wordsFrom(p, bits), known.receipt.words);
    const mailbox = e.mailboxKeysOf(p, bits);
    assert.equal(e.hexOf(mailbox.token), known.receipt.token);
    assert.equal(e.hexOf(mailbox.id), known.receipt.mailbox_id);
    assert.equal(e.hexOf(mailbox.secret), known.receipt.secret);
    assert.equal(e.hexOf(mailbox.publicKey), known.receipt.public);
  });
  test(`${p.name}: a part that was changed, cut, reordered or moved does not open`, () => {
    const random = testRandom("mutations");
    const key = random(32);
    const tip = e.fromHex(known.tip_bytes);
    const sealed = e.sealPart(p, key, tip, 1, pattern(e.chunkPlainBytes + 500), random);
    for (const at of [0, 1, 24, 25, 26, 1000, e.chunkSealedBytes + 24, e.chunkSealedBytes + 25, sealed.length - 1]) {
      const changed = sealed.slice();
      changed[at] ^= 1;
      assert.throws(() => e.openPart(p, key, tip, 1, changed), `byte ${at}`);
    }
    const swapped = e.joined(sealed.subarray(0, 25), sealed.subarray(25 + e.chunkSealedBytes), sealed.subarray(25, 25 + e.chunkSealedBytes));
    for (const other of [swapped, sealed.subarray(0, sealed.length - 1), sealed.subarray(0, 25 + e.chunkSealedBytes), e.joined(sealed, new Uint8Array(17))])
      assert.throws(() => e.openPart(p, key, tip, 1, other));
    assert.throws(() => e.openPart(p, key, tip, 2, sealed));
    assert.throws(() => e.openPart(p, random(32), tip, 1, sealed));
  });
}

test("both sets of primitives seal the same, over many sizes", async () => {
  const [a, b] = await Promise.all(makers.map((make) => make()));
  for (const size of [0, 1, 15, 16, 17, 31, 63, 64, 65, 1023, 65535, 65536, 65537, 200000]) {
    const random = testRandom(`size ${size}`);
    const key = random(32), tip = random(16), header = random(24);
    const of = (p) => e.sealPart(p, key, tip, 7, pattern(size), () => header);
    assert.deepEqual(of(a), of(b), `${size} bytes`);
  }
});

test("a tip's id tells the hour and no more", () => {
  const id = e.makeTipId(new Date("2026-11-28T18:00:00Z"), testRandom("id"));
  assert.match(e.tipText(id), /^tip_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(e.hexOf(id.subarray(0, 6)), 16), Date.parse("2026-11-28T18:00:00Z"));
  assert.throws(() => e.makeTipId(new Date("2026-11-28T18:00:01Z"), testRandom("id")));
});
