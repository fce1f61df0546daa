// SPDX-License-Identifier: Apache-2.0
// The desk's keys as an anchor signed them (docs/formats/signed_key.md).
import { base64Of, fromBase64, utf8 } from "./bytes";
import type { Primitives } from "./primitives";

export interface SignedKeys {
  desks: Uint8Array[];
  identity: Uint8Array;
  from: string;
  until: string;
  by: Uint8Array;
}

// Throws where the text is not in its one spelling or the signature does not fit. `day` is "2026-11-28".
export function checkedSignedKeys(p: Primitives, text: string, day: string): SignedKeys {
  const found = /^plumbline-signed-desk-key\/1\n((?:desk: [A-Za-z0-9+/=]{44}\n){1,16})identity: ([A-Za-z0-9+/=]{44})\nfrom: (\d{4}-\d\d-\d\d)\nuntil: (\d{4}-\d\d-\d\d)\nby: ([A-Za-z0-9+/=]{44})\nsignature: ([A-Za-z0-9+/=]{88})\n$/.exec(text);
  if (!found) throw new Error("unsigned");
  const [, desks, identity, from, until, by, signature] = found;
  const key = fromBase64(by);
  const body = text.slice(0, text.indexOf("signature: "));
  if (!p.verify(fromBase64(signature), utf8(body), key)) throw new Error("unsigned");
  if (day < from || day > until) throw new Error("out of date");
  return { desks: desks.trimEnd().split("\n").map((line) => fromBase64(line.slice(6))), identity: fromBase64(identity), from, until, by: key };
}

export const isSame = (a: Uint8Array, text: string): boolean => base64Of(a) === text;
