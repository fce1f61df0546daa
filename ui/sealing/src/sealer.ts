// SPDX-License-Identifier: Apache-2.0
// The worker that seals: its script is fetched first, by its hash and with its progress, then started from the same address.
import { base64Of, joined } from "./bytes";
import type { Order, Report } from "./sealing_work";

interface Policy {
  createScriptURL(url: string): unknown;
}
declare const trustedTypes: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy } | undefined;

let made: Policy | null = null;
// The one kind of address that a script may be started from.
function scriptPolicy(url: string): Policy {
  const own = (asked: string) => {
    if (asked !== url || !asked.startsWith("/sealing/")) throw new TypeError("not the sealing script");
    return asked;
  };
  made ??= typeof trustedTypes === "undefined" ? { createScriptURL: own } : trustedTypes.createPolicy("plumbline-sealing", { createScriptURL: own });
  return made;
}

export class Sealer {
  private worker: Worker | null = null;
  private heard: (report: Report) => void = () => {};
  readonly isSlow = typeof WebAssembly !== "object";

  constructor(private readonly script: HTMLElement) {}

  onReport(heard: (report: Report) => void): void {
    this.heard = heard;
  }
  tell(order: Order): void {
    this.worker?.postMessage(order);
  }
  stop(): void {
    this.worker?.terminate();
    this.worker = null;
  }

  async load(progress: (share: number) => void): Promise<void> {
    if (this.worker) return;
    const kind = this.isSlow ? "plain" : "seal";
    const url = this.script.dataset[kind] ?? "";
    const size = Number(this.script.dataset[`${kind}Size`]);
    const answer = await fetch(url);
    if (!answer.ok || !answer.body) throw new Error(`status ${answer.status}`);
    const reader = answer.body.getReader();
    const pieces: Uint8Array[] = [];
    for (let read = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      read += value.length;
      progress(Math.min(1, read / size));
    }
    // With fetch's own integrity check there would be no progress: it gives nothing before the end.
    if (crypto.subtle) {
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...pieces) as BufferSource));
      if (base64Of(hash) !== this.script.dataset[`${kind}Hash`]) throw new Error("the sealing part is not the one of this page");
    }
    const policy = scriptPolicy(url);
    await new Promise<void>((ready, failed) => {
      const worker = new Worker(policy.createScriptURL(url) as string);
      worker.onerror = () => failed(new Error("the sealing part does not start"));
      worker.onmessage = (event: MessageEvent<Report>) => {
        if (event.data.is === "ready") ready();
        else this.heard(event.data);
      };
      this.worker = worker;
    });
  }
}
