// SPDX-License-Identifier: Apache-2.0
// What the worker does: seals a report with its files, sends it, gives the words and the proof. The page only shows.
import { make_search, type Offer } from "../../hotline/work.js";
import { base64Of, fromBase64, hexOf, utf8 } from "./bytes";
import { contactPart, fingerprintWords, mailboxKeysOf, makeTipId, sealContent, sealPart, contentClassOf, tipText, wordsFrom, wrapTipKey } from "./envelope";
import { systemRandom as random, type Primitives } from "./primitives";
import { checkedSignedKeys } from "./signed_key";
import { answered, OtherFile, Refused, uploadFile, type UploadState } from "./upload";

// What a report is made of, as the page read it from the form.
export interface ReportContent {
  text: string;
  category: string;
  [name: string]: unknown;
}
// What is kept on the device to go on: secret, and forgotten once the report is stored.
export interface SendingState {
  tip: string;
  key: string;
  bits: string;
  files: { name: string; size: number }[];
  uploads: (UploadState | null)[];
}
export interface SendOrder {
  do: "send";
  anchor: string;
  content: ReportContent;
  contact: string;
  ownValues: string;
  group: string;
  files: File[];
  state: SendingState | null;
}
export type Order = SendOrder | { do: "look"; anchor: string };
export type Report =
  | { is: "ready"; library: string }
  | { is: "keys"; fingerprint: string; anchor: string; anchorWords: string; until: string; hour: string; limits: Record<string, number> }
  | { is: "save"; state: SendingState }
  | { is: "progress"; sent: number; total: number; isAgain: boolean }
  | { is: "waiting"; isWaiting: boolean }
  | { is: "stored"; words: string; proof: string; tip: string }
  | { is: "refused"; why: "key" | "other-file" | "refused" | "fault"; text: string };

interface Sealing {
  hour: string;
  desk_keys: string[];
  identity_key: string;
  signed_desk_key: string;
  limits: Record<string, number>;
}

const toBytes = (value: unknown) => utf8(JSON.stringify(value));

// Asks for what to seal with, and refuses what the anchor that the page names has not signed.
async function lookedUp(p: Primitives, anchor: string, waiting: (isWaiting: boolean) => void) {
  const answer = await answered(() => fetch("/api/v1/sealing"), waiting);
  if (!answer.ok) throw new Refused(answer.status, "the hotline does not say what to seal with");
  const sealing: Sealing = await answer.json();
  let keys;
  try {
    keys = checkedSignedKeys(p, sealing.signed_desk_key, sealing.hour.slice(0, 10));
  } catch (error) {
    throw new KeyRefused((error as Error).message);
  }
  if (base64Of(keys.by) !== anchor) throw new KeyRefused("changed");
  return { sealing, keys };
}
class KeyRefused extends Error {}

async function send(p: Primitives, order: SendOrder, tell: (report: Report) => void): Promise<void> {
  const waiting = (isWaiting: boolean) => tell({ is: "waiting", isWaiting });
  const { sealing, keys } = await lookedUp(p, order.anchor, waiting);
  const state: SendingState = order.state ?? {
    tip: hexOf(makeTipId(new Date(sealing.hour), random)),
    key: base64Of(random(32)),
    bits: base64Of(random(16)),
    files: order.files.map((file) => ({ name: file.name, size: file.size })),
    uploads: order.files.map(() => null),
  };
  tell({ is: "save", state });
  const tip = Uint8Array.from(state.tip.match(/../g)!, (pair) => parseInt(pair, 16));
  const key = fromBase64(state.key);
  const mailbox = mailboxKeysOf(p, fromBase64(state.bits));
  const total = order.files.reduce((sum, file) => sum + file.size, 0);
  let before = 0;
  const parts: Record<string, unknown>[] = [];
  for (let at = 0; at < order.files.length; ++at) {
    const file = order.files[at];
    const progress = (isAgain: boolean) => (bytes: number) => tell({ is: "progress", sent: Math.min(total, before + Math.min(bytes, file.size)), total, isAgain });
    const done = await uploadFile(p, key, tip, at + 1, file, state.uploads[at], random, async () => ({}), {
      save: (upload) => {
        state.uploads[at] = upload;
        tell({ is: "save", state });
      },
      sent: progress(false),
      sealedAgain: progress(true),
      waiting,
    });
    before += file.size;
    parts.push({ part: at + 1, upload: done.address.slice(done.address.lastIndexOf("/") + 1) });
  }
  const content = {
    ...order.content,
    contact: "",
    own_values: order.ownValues,
    files: order.files.map((file) => ({ name: file.name, media_type: file.type, size_bytes: file.size })),
    reporter_key: base64Of(mailbox.publicKey),
  };
  parts.unshift({ part: 0, sealed: base64Of(sealContent(p, key, tip, toBytes(content), random)) });
  if (order.contact) parts.push({ part: contactPart, sealed: base64Of(sealedIdentity(p, tip, order.contact, keys.identity)) });
  const wrapped = keys.desks.map((desk) => wrapTipKey(p, key, tip, desk, random));
  const body = JSON.stringify({
    tip: tipText(tip),
    group: order.group,
    wrapped_keys: base64Of(Uint8Array.from(wrapped.flatMap((one) => Array.from(one)))),
    mailbox: hexOf(mailbox.id),
    reporter_key: base64Of(mailbox.publicKey),
    parts,
  });
  // A challenge lives for minutes and an upload for hours, and a solution counts once: it is asked for last, and for each try.
  const answer = await answered(async () => {
    const work = await solvedWork();
    const headers: Record<string, string> = { "Content-Type": "application/json", ...(work === "" ? {} : { "Plumbline-Work": work }) };
    return fetch("/api/v1/sealed-tips", { method: "POST", headers, body });
  }, waiting);
  const told = await answer.json().catch(() => ({}));
  if (answer.status !== 201 && answer.status !== 200) throw new Refused(answer.status, told.detail ?? `status ${answer.status}`);
  tell({ is: "stored", words: wordsFrom(p, fromBase64(state.bits)), proof: told.proof, tip: told.id });
}

// docs/formats/work.md; "" where the hotline asks for none, or does without.
async function solvedWork(): Promise<string> {
  const answer = await fetch("/api/v1/work", { cache: "no-store", credentials: "omit" });
  if (!answer.ok) return "";
  const offer: Offer = await answer.json();
  if (offer.bits === 0) return "";
  const search = make_search(offer);
  while (!search.step(20_000)) await new Promise((done) => setTimeout(done, 0));
  return search.solution();
}

// docs/formats/envelope.md, "The identity part".
function sealedIdentity(p: Primitives, tip: Uint8Array, contact: string, to: Uint8Array): Uint8Array {
  const key = random(32);
  const plain = toBytes({ contact });
  const padded = new Uint8Array(contentClassOf(plain.length));
  padded.set(plain);
  padded[plain.length] = 0x80;
  const part = sealPart(p, key, tip, contactPart, padded, random);
  const wrapped = wrapTipKey(p, key, tip, to, random);
  return Uint8Array.from([...wrapped, ...part]);
}

export function serve(make: () => Promise<Primitives>): void {
  const tell = (report: Report) => postMessage(report);
  const primitives = make();
  primitives.then((p) => tell({ is: "ready", library: p.name }), () => tell({ is: "refused", why: "fault", text: "the sealing library does not start" }));
  addEventListener("message", async (event: MessageEvent<Order>) => {
    try {
      const p = await primitives;
      const order = event.data;
      if (order.do === "send") return await send(p, order, tell);
      const { sealing, keys } = await lookedUp(p, order.anchor, (isWaiting) => tell({ is: "waiting", isWaiting }));
      tell({ is: "keys", fingerprint: fingerprintWords(p, keys.desks[0]), anchor: base64Of(keys.by), anchorWords: fingerprintWords(p, keys.by), until: keys.until, hour: sealing.hour, limits: sealing.limits });
    } catch (error) {
      const why = error instanceof KeyRefused ? "key" : error instanceof OtherFile ? "other-file" : error instanceof Refused ? "refused" : "fault";
      tell({ is: "refused", why, text: error instanceof Error ? error.message : String(error) });
    }
  });
}
