// SPDX-License-Identifier: Apache-2.0
// The page's own words: from the data block that it carries (language files, keys "script.NAME"), else in English.
import { contentClassOf } from "./size_class";

const english: Record<string, string> = {
  intro: "This page seals your report on this device before anything is sent. Only the desk can open it.",
  leave: "Leave this page now",
  leave_hint: "or press Escape three times. What you typed is forgotten.",
  one: "Show one question at a time",
  all: "Show all questions on one page",
  next: "Next",
  back: "Back",
  step: "Question {number} of {count}",
  keep: "Keep what I type on this device, so that it is here when I come back",
  keep_hint: "Leave this off on a device that others use. Without it, this tab alone remembers, and closing the tab forgets.",
  forget: "Forget what I typed",
  forgotten: "Forgotten.",
  restored: "What you typed before is here again.",
  again: "Please choose your files again: {names}. A web page cannot keep them. Sending goes on where it stopped.",
  review_title: "Before it is sent",
  review_lead: "Everything you wrote and every file is sealed. Outside the seal, the hotline can see only this:",
  outside_group: "The kind of case: {group}",
  outside_size: "About how long your text is: up to {size}",
  outside_files: "{count} files and the size of each: {sizes}",
  outside_no_files: "That there are no files",
  outside_contact: "That you left a way to reach you, not what it is",
  outside_hour: "The hour: {hour}",
  key_title: "Sealed to this desk",
  key_hint: "These 12 words name the desk's key. If the hotline has told you other words, do not send.",
  loading: "The sealing part loads: {percent} %",
  slow: "This browser runs without WebAssembly: sealing works and is slower.",
  send: "Seal and send",
  change: "Change something",
  sealing: "Sealing and sending: {percent} %",
  sealing_again: "Reading the file again to where sending stopped: {percent} %",
  waiting: "The line is lost. It goes on by itself as soon as it is back; keep this page open.",
  stop: "Stop and throw away what was sent",
  stored_title: "Your report is stored",
  stored_lead: "It was sealed on this device. A person at the desk will read it.",
  words_title: "Write down these 12 words",
  words_hint: "They are the only way to see what becomes of your report and to read our answer. They were made on this device; nobody else has them and nobody can send them again.",
  proof: "Save the proof of receipt",
  mailbox: "Look at my report",
  key_refused: "Sending has stopped. The desk's key on this hotline is not signed by the key that this page knows. Nothing was sent.",
  key_changed: "Sending has stopped. The key that signs the desk's key is another one than at your first visit here. Nothing was sent. First: {before}. Now: {now}.",
  other_file: "This is not the file that was begun. Choose the same file again, or throw away what was sent.",
  refused: "The hotline refused it: {text}",
  fault: "This browser could not seal the report: {text}",
  unsealed: "This browser cannot seal. Your report goes through an encrypted connection and is sealed by the hotline when it arrives.",
  need_text: "Write what happened, or choose a file.",
  bad_amount: "Write the amount as 1234 or 1234.50.",
  bad_card: "Write the last four digits of the card and no more.",
  bad_currency: "Write the currency's three letters, like EUR.",
  too_long: "This is too long: {count} bytes, and at most {max} are taken.",
  too_many: "At most {max} files go with one report.",
  too_large: "{name} is too large: at most {max}.",
};

let given: Record<string, string> | null = null;
function patterns(): Record<string, string> {
  if (given) return given;
  const block = document.getElementById("strings");
  try {
    given = block?.textContent ? JSON.parse(block.textContent) : {};
  } catch {
    given = {};
  }
  return given!;
}

export function t(key: string, values: Record<string, string | number> = {}): string {
  const pattern = patterns()[`script.${key}`] ?? patterns()[key] ?? english[key] ?? key;
  return pattern.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  let number = bytes;
  while (number >= 1024 && unit < 3) {
    number /= 1024;
    ++unit;
  }
  return `${new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: number < 10 && unit > 0 ? 1 : 0 }).format(number)} ${units[unit]}`;
}

// About what a text of this length seals to: the content's size class (envelope.ts) with what stands beside the text.
export function contentClass(text: string): number {
  return contentClassOf(new TextEncoder().encode(text).length + 600);
}
