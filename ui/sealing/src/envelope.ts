// SPDX-License-Identifier: Apache-2.0
// The envelope of docs/formats/envelope.md, as src/seal/ has it: the tip's key wrapped to a desk, parts in chunks, padding,
// blobs sealed to a key, the 12 words and what they derive.
import { wordlist } from "@scure/bip39/wordlists/english";
import { hexOf, isEqual, joined, utf8 } from "./bytes";
import type { Primitives, Random } from "./primitives";
import { contentClassMin, contentClassOf, sizeClassOf } from "./size_class";

export { contentClassOf };
export const chunkPlainBytes = 65536;
export const chunkSealedBytes = chunkPlainBytes + 17;
export const partHeaderBytes = 25;
export const contactPart = 0xfffffffe;
const version = 1;
const blobClassMin = 128;

// ---- ids ----

// A tip's id (UUIDv7, RFC 9562) whose time is the start of an hour: nothing finer is told.
export function makeTipId(hour: Date, random: Random): Uint8Array {
  const id = random(16);
  const view = new DataView(id.buffer);
  const millis = hour.getTime();
  if (millis % 3_600_000 !== 0) throw new Error("a tip's id tells the hour and no more");
  view.setUint16(0, Math.floor(millis / 2 ** 32));
  view.setUint32(2, millis % 2 ** 32);
  id[6] = 0x70 | (id[6] & 0x0f);
  id[8] = 0x80 | (id[8] & 0x3f);
  return id;
}
export function tipText(id: Uint8Array): string {
  const hex = hexOf(id);
  return `tip_${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

// ---- sizes ----

export function sealedBytesOf(plainBytes: number): number {
  return partHeaderBytes + plainBytes + 17 * Math.max(1, Math.ceil(plainBytes / chunkPlainBytes));
}
function padded(plain: Uint8Array, smallest: number): Uint8Array {
  const all = new Uint8Array(sizeClassOf(plain.length, smallest));
  all.set(plain);
  all[plain.length] = 0x80;
  return all;
}
function unpadded(bytes: Uint8Array, smallest: number): Uint8Array {
  let size = bytes.length;
  while (size > 0 && bytes[size - 1] === 0) --size;
  if (size === 0 || bytes[size - 1] !== 0x80 || sizeClassOf(size - 1, smallest) !== bytes.length) throw new Error("padding");
  return bytes.subarray(0, size - 1);
}

// ---- the tip's key ----

function sealBox(p: Primitives, to: Uint8Array, plain: Uint8Array, random: Random): Uint8Array {
  const once = random(32);
  const oncePublic = p.publicKeyOf(once);
  const nonce = p.blake2b(24, joined(oncePublic, to));
  return joined(oncePublic, p.box(plain, nonce, to, once));
}

export function wrapTipKey(p: Primitives, key: Uint8Array, tip: Uint8Array, to: Uint8Array, random: Random): Uint8Array {
  return sealBox(p, to, joined(Uint8Array.of(version), tip, key), random);
}

// ---- parts ----

function placeOf(tip: Uint8Array, part: number, chunk: number): Uint8Array {
  const place = new Uint8Array(29);
  const view = new DataView(place.buffer);
  place[0] = version;
  place.set(tip, 1);
  view.setUint32(17, part);
  view.setUint32(21, Math.floor(chunk / 2 ** 32));
  view.setUint32(25, chunk % 2 ** 32);
  return place;
}

// Seals one part chunk by chunk. All but the last chunk have 65,536 bytes; an empty last one only in an empty part.
export class PartSealer {
  private readonly stream;
  private chunk = 0;
  private isOver = false;
  constructor(p: Primitives, key: Uint8Array, private readonly tip: Uint8Array, private readonly part: number, private readonly streamHeader: Uint8Array) {
    this.stream = p.stream(key, streamHeader);
  }
  head(): Uint8Array {
    return joined(Uint8Array.of(version), this.streamHeader);
  }
  push(plain: Uint8Array, isLast: boolean): Uint8Array {
    if (this.isOver || plain.length > chunkPlainBytes || (!isLast && plain.length !== chunkPlainBytes)) throw new Error("a chunk of another size");
    if (isLast && plain.length === 0 && this.chunk > 0) throw new Error("an empty last chunk");
    this.isOver = isLast;
    return this.stream.push(plain, placeOf(this.tip, this.part, this.chunk++), isLast);
  }
}

export function sealPart(p: Primitives, key: Uint8Array, tip: Uint8Array, part: number, plain: Uint8Array, random: Random): Uint8Array {
  const sealer = new PartSealer(p, key, tip, part, random(24));
  const pieces = [sealer.head()];
  let at = 0;
  do {
    const chunk = plain.subarray(at, at + chunkPlainBytes);
    at += chunk.length;
    pieces.push(sealer.push(chunk, at >= plain.length));
  } while (at < plain.length);
  return joined(...pieces);
}
export function sealContent(p: Primitives, key: Uint8Array, tip: Uint8Array, plain: Uint8Array, random: Random): Uint8Array {
  return sealPart(p, key, tip, 0, padded(plain, contentClassMin), random);
}

// Opens a whole part; throws where it was cut, changed, reordered or moved.
export function openPart(p: Primitives, key: Uint8Array, tip: Uint8Array, part: number, sealed: Uint8Array): Uint8Array {
  if (sealed.length < partHeaderBytes + 17 || sealed[0] !== version) throw new Error("a part is cut, or of another version");
  const stream = p.openingStream(key, sealed.subarray(1, partHeaderBytes));
  const pieces: Uint8Array[] = [];
  let number = 0;
  for (let at = partHeaderBytes; at < sealed.length; at += chunkSealedBytes, ++number) {
    const chunk = sealed.subarray(at, at + chunkSealedBytes);
    const opened = stream.pull(chunk, placeOf(tip, part, number));
    const isLast = at + chunkSealedBytes >= sealed.length;
    if (!opened || opened.isLast !== isLast || (isLast && opened.plain.length === 0 && number > 0)) throw new Error(`chunk ${number} does not open`);
    pieces.push(opened.plain);
  }
  return joined(...pieces);
}
export function openContent(p: Primitives, key: Uint8Array, tip: Uint8Array, sealed: Uint8Array): Uint8Array {
  return unpadded(openPart(p, key, tip, 0, sealed), contentClassMin);
}

// ---- blobs sealed to a key: messages ----

export function sealTo(p: Primitives, to: Uint8Array, context: string, plain: Uint8Array, random: Random): Uint8Array {
  const name = utf8(context);
  return sealBox(p, to, joined(Uint8Array.of(version, name.length), name, padded(plain, blobClassMin)), random);
}
export function openSealed(p: Primitives, secret: Uint8Array, context: string, sealed: Uint8Array): Uint8Array {
  const all = p.openBox(sealed, p.publicKeyOf(secret), secret);
  if (!all) throw new Error("a message does not open");
  const name = utf8(context);
  if (all[0] !== version || all[1] !== name.length || !isEqual(all.subarray(2, 2 + name.length), name)) throw new Error("a message of another place");
  return unpadded(all.subarray(2 + name.length), blobClassMin);
}

// ---- the 12 words ----

export function wordsFrom(p: Primitives, bits: Uint8Array): string {
  const all = joined(bits, p.sha256(bits).subarray(0, 1));
  const words: string[] = [];
  for (let word = 0; word < 12; ++word) {
    let index = 0;
    for (let bit = 11 * word; bit < 11 * word + 11; ++bit) index = (index << 1) | ((all[bit >> 3] >> (7 - (bit & 7))) & 1);
    words.push(wordlist[index]);
  }
  return words.join(" ");
}

export interface MailboxKeys {
  token: Uint8Array;
  secret: Uint8Array;
  publicKey: Uint8Array;
  id: Uint8Array;
}
export function mailboxKeysOf(p: Primitives, bits: Uint8Array): MailboxKeys {
  const root = p.blake2b(32, utf8("plumbline/mailbox/v1"), bits);
  const token = p.derive(16, 1, "mailbox_", root);
  const secret = p.derive(32, 2, "mailbox_", root);
  return { token, secret, publicKey: p.publicKeyOf(secret), id: p.sha256(token) };
}

// To compare two keys by eye or by ear.
export function fingerprintWords(p: Primitives, key: Uint8Array): string {
  return wordsFrom(p, p.sha256(joined(utf8("plumbline/fingerprint/v1"), Uint8Array.of(0), key)).subarray(0, 16));
}
