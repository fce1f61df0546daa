// SPDX-License-Identifier: Apache-2.0
// What the page remembers, on this device alone. In the tab (sessionStorage: it survives a reload and a lost line, and closing
// the tab forgets it) unless the reporter asks to keep it (localStorage). Files are never kept.
import type { SendingState } from "./sealing_work";

export interface Draft {
  fields: Record<string, string>;
  sending: SendingState | null;
}
const draftName = "plumbline.draft";
const keepName = "plumbline.keep";
const anchorName = "plumbline.anchor";

// A browser that refuses storage remembers nothing; the page works all the same.
function quietly<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch {
    return otherwise;
  }
}

export const isKept = (): boolean => quietly(() => localStorage.getItem(keepName) === "yes", false);

export function loadDraft(): Draft | null {
  return quietly(() => {
    const text = sessionStorage.getItem(draftName) ?? localStorage.getItem(draftName);
    return text ? (JSON.parse(text) as Draft) : null;
  }, null);
}
export function saveDraft(draft: Draft): void {
  quietly(() => {
    const text = JSON.stringify(draft);
    sessionStorage.setItem(draftName, text);
    if (isKept()) localStorage.setItem(draftName, text);
  }, undefined);
}
export function setKept(isKeeping: boolean): void {
  quietly(() => {
    if (isKeeping) localStorage.setItem(keepName, "yes");
    else {
      localStorage.removeItem(keepName);
      localStorage.removeItem(draftName);
    }
  }, undefined);
}
export function forgetDraft(): void {
  quietly(() => sessionStorage.removeItem(draftName), undefined);
  quietly(() => localStorage.removeItem(draftName), undefined);
}
// All of it: as if this device had never been here.
export function forgetAll(): void {
  quietly(() => sessionStorage.clear(), undefined);
  quietly(() => [draftName, keepName, anchorName].forEach((name) => localStorage.removeItem(name)), undefined);
}

// The signing key's words of the first visit; null where there was none.
export function pinnedAnchor(now: { key: string; words: string }): { key: string; words: string } | null {
  return quietly(() => {
    const text = localStorage.getItem(anchorName);
    if (text) return JSON.parse(text);
    localStorage.setItem(anchorName, JSON.stringify(now));
    return null;
  }, null);
}
