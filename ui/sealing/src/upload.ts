// SPDX-License-Identifier: Apache-2.0
// Sends one file as a sealed part by tus 1.0: sealed in batches as it goes, gone on with after a lost line, a closed tab or a
// killed hotline. What is needed to go on is small: where the upload is, the stream's header, how far it was acknowledged and
// the last check value before that, by which the same file is known again.
import { base64Of, fromBase64, isEqual, joined } from "./bytes";
import { chunkPlainBytes, PartSealer, sealedBytesOf } from "./envelope";
import type { Primitives } from "./primitives";

export interface UploadState {
  address: string;
  header: string;       // base64
  acknowledged: number; // sealed bytes, at the end of a batch
  check: string;        // base64 of the 16 bytes before
}
export class Refused extends Error {
  constructor(readonly status: number, text: string) {
    super(text);
  }
}
// Another file than the one that was begun.
export class OtherFile extends Error {}

const batchChunks = 64;
const waitsMillis = [1000, 2000, 4000, 8000, 15000];
const tus = { "Tus-Resumable": "1.0.0" };

export interface UploadEvents {
  save(state: UploadState): void;
  sent(bytes: number): void;      // of this file, sealed
  sealedAgain(bytes: number): void;
  waiting(isWaiting: boolean): void;
}

const pause = (millis: number) => new Promise((done) => setTimeout(done, millis));

async function problemOf(answer: Response): Promise<Refused> {
  const body = await answer.json().catch(() => ({}));
  return new Refused(answer.status, typeof body.detail === "string" ? body.detail : `status ${answer.status}`);
}

// Asks until there is an answer that is not a fault of the line or of a busy hotline.
export async function answered(ask: () => Promise<Response>, waiting: (isWaiting: boolean) => void): Promise<Response> {
  for (let round = 0; ; ++round) {
    try {
      const answer = await ask();
      if (answer.status < 500) {
        waiting(false);
        return answer;
      }
    } catch {
      // The line is lost.
    }
    waiting(true);
    await pause(waitsMillis[Math.min(round, waitsMillis.length - 1)]);
  }
}

async function begun(size: number, random: Uint8Array, extra: () => Promise<Record<string, string>>, events: UploadEvents): Promise<UploadState> {
  const answer = await answered(async () => fetch("/api/v1/uploads", { method: "POST", headers: { ...tus, ...(await extra()), "Upload-Length": String(size) } }), events.waiting);
  if (answer.status !== 201) throw await problemOf(answer);
  return { address: answer.headers.get("Location") ?? "", header: base64Of(random), acknowledged: 0, check: "" };
}

async function offsetOf(state: UploadState, events: UploadEvents): Promise<number | null> {
  const answer = await answered(() => fetch(state.address, { method: "HEAD", headers: tus }), events.waiting);
  if (answer.status === 404 || answer.status === 410) return null;
  if (answer.status !== 200) throw new Refused(answer.status, `status ${answer.status}`);
  return Number(answer.headers.get("Upload-Offset"));
}

// Puts a batch that stands at `start` to its end, from wherever the hotline has it. null: the upload is gone.
async function put(state: UploadState, batch: Uint8Array, start: number, known: number, events: UploadEvents): Promise<number | null> {
  let offset = known;
  while (offset < start + batch.length) {
    let answer: Response | null = null;
    try {
      answer = await fetch(state.address, { method: "PATCH", headers: { ...tus, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) }, body: batch.subarray(offset - start) as BodyInit });
    } catch {
      events.waiting(true);
      await pause(waitsMillis[0]);
    }
    if (answer?.status === 204) {
      events.waiting(false);
      return Number(answer.headers.get("Upload-Offset"));
    }
    if (answer && answer.status < 500 && answer.status !== 409 && answer.status !== 410) throw await problemOf(answer);
    if (answer && answer.status >= 500) await pause(waitsMillis[1]);
    const at = await offsetOf(state, events);
    if (at === null) return null;
    if (at < start || at > start + batch.length) throw new Refused(409, "the upload stands at another place");
    offset = at;
  }
  return offset;
}

export async function uploadFile(p: Primitives, key: Uint8Array, tip: Uint8Array, part: number, file: Blob, saved: UploadState | null,
                                 random: (bytes: number) => Uint8Array, extra: () => Promise<Record<string, string>>, events: UploadEvents): Promise<UploadState> {
  const size = sealedBytesOf(file.size);
  let state = saved;
  for (;;) {
    let known: number | null = state ? await offsetOf(state, events) : 0;
    if (!state || known === null) {
      state = await begun(size, random(24), extra, events);
      events.save(state);
      known = 0;
    }
    const sealer = new PartSealer(p, key, tip, part, fromBase64(state.header));
    let isGone = false;
    let sealedAt = 0;
    for (let at = 0; at === 0 || at < file.size; at += batchChunks * chunkPlainBytes) {
      const plain = new Uint8Array(await file.slice(at, at + batchChunks * chunkPlainBytes).arrayBuffer());
      const pieces: Uint8Array[] = at === 0 ? [sealer.head()] : [];
      let inside = 0;
      do {
        const chunk = plain.subarray(inside, inside + chunkPlainBytes);
        inside += chunk.length;
        pieces.push(sealer.push(chunk, at + inside >= file.size));
      } while (inside < plain.length);
      const batch = joined(...pieces);
      const end = sealedAt + batch.length;
      if (end === state.acknowledged && !isEqual(batch.subarray(batch.length - 16), fromBase64(state.check))) throw new OtherFile();
      if (end <= known!) {
        events.sealedAgain(end);
      } else {
        const offset = await put(state, batch, sealedAt, Math.max(known!, sealedAt), events);
        if (offset === null) {
          isGone = true;
          break;
        }
        known = offset;
        state = { ...state, acknowledged: end, check: base64Of(batch.subarray(batch.length - 16)) };
        events.save(state);
        events.sent(end);
      }
      sealedAt = end;
    }
    if (!isGone) return state;
    state = null;
  }
}
