// SPDX-License-Identifier: Apache-2.0
// Reads the form as a tip's content, by the rules that the hotline has for its own (face/tip_fields.cc), told in the page.
import { utf8 } from "./bytes";
import { sizeText, t } from "./words";
import type { ReportContent } from "./sealing_work";

export interface FieldProblem {
  field: string;
  text: string;
}
export interface ReadForm {
  content: ReportContent;
  contact: string;
  ownValues: string;
  files: File[];
  problems: FieldProblem[];
}
// What has a rule of its own below; every other field goes into the content under its name, as it was chosen.
const ownRule = new Set(["text", "category", "amount", "currency", "contact", "files"]);

export function valueOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value.replace(/\r\n?/g, "\n") : "";
}
export function filesOf(form: HTMLFormElement): File[] {
  return Array.from(form.querySelectorAll<HTMLInputElement>("input[type=file]")).flatMap((input) => Array.from(input.files ?? []));
}

function digitsOf(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

// Digits and marks as people type them elsewhere: Arabic, Persian, Devanagari, full width.
function plainDigits(text: string): string {
  const zeros = [0x660, 0x6f0, 0x966, 0xff10];
  const digits = Array.from(text, (letter) => {
    const code = letter.codePointAt(0)!;
    const zero = zeros.find((one) => code >= one && code < one + 10);
    return zero === undefined ? letter : String(code - zero);
  }).join("");
  return digits.replace(/[\u066b\uff0e]/g, ".").replace(/\u066c/g, "").replace(/\uff0c/g, ",");
}

// "1234", "1,234.50", "1.234,50", "12,34,567": what can be read in two ways is asked for again.
function minorUnits(amount: string, digits: number): number | null {
  const plain = plainDigits(amount).replace(/[\s'’$€£¥₹]/g, "");
  const found = /^(\d{1,3}(?:,\d{2,3})+|\d{1,3}(?:\.\d{3})+|\d+)(?:([.,])(\d{1,3}))?$/.exec(plain);
  if (!found) return null;
  const [, whole, mark, decimals = ""] = found;
  const meant = decimals.length > digits ? decimals.replace(/0+$/, "") : decimals;
  if (meant.length > digits || (mark && whole.includes(mark))) return null;
  // "1.234" and "1,234": thousands or decimals.
  if (digits > 0 && /^[1-9]\d{0,2}[.,]\d{3}$/.test(plain)) return null;
  const number = Number(whole.replace(/[.,]/g, "") + meant.padEnd(digits, "0"));
  return Number.isSafeInteger(number) ? number : null;
}

function ownValuesIn(text: string, contact: string): string {
  return contact.split(/[ \t\r\n,;]+/).filter((word) => utf8(word).length >= 5 && text.includes(word)).join(" ");
}

function readLoss(form: HTMLFormElement, problems: FieldProblem[]): { minor_units: number; currency: string } | null {
  const amount = valueOf(form, "amount").trim();
  const currency = valueOf(form, "currency").trim().toUpperCase();
  if (!amount) return null;
  let digits = 2;
  try {
    if (!/^[A-Z]{3}$/.test(currency)) throw new Error();
    digits = digitsOf(currency);
  } catch {
    problems.push({ field: "currency", text: t("bad_currency") });
    return null;
  }
  const units = minorUnits(amount, digits);
  if (units === null) problems.push({ field: "amount", text: t("bad_amount") });
  return units === null ? null : { minor_units: units, currency };
}

function readOthers(form: HTMLFormElement, content: ReportContent, long: (field: string, value: string) => void, problems: FieldProblem[]): void {
  const recall: Record<string, string> = {};
  for (const [name, given] of new FormData(form)) {
    if (typeof given !== "string" || ownRule.has(name)) continue;
    const value = given.trim();
    if (value === "" || value === "unknown") continue;
    long(name, value);
    if (!name.startsWith("recall_")) {
      content[name] = value;
    } else if (name === "recall_card_last_four") {
      // A card's whole number is never taken.
      const digits = value.replace(/\D/g, "");
      if (digits.length === 4 && /^[\d*xX. -]+$/.test(value)) recall.card_last_four = digits;
      else problems.push({ field: name, text: t("bad_card") });
    } else {
      recall[name.slice("recall_".length)] = value;
    }
  }
  if (Object.keys(recall).length > 0) content.recall = recall;
}

export function readForm(form: HTMLFormElement, limits: Record<string, number>): ReadForm {
  const problems: FieldProblem[] = [];
  const text = valueOf(form, "text");
  const contact = valueOf(form, "contact");
  const files = filesOf(form);
  if (!text.trim() && files.length === 0) problems.push({ field: "text", text: t("need_text") });
  const long = (field: string, value: string, max = limits.field_bytes) => {
    const count = utf8(value).length;
    if (count > max) problems.push({ field, text: t("too_long", { count, max }) });
  };
  long("text", text, limits.text_bytes);
  long("contact", contact);
  if (files.length > limits.files) problems.push({ field: "files", text: t("too_many", { max: limits.files }) });
  for (const file of files) if (file.size > limits.file_bytes) problems.push({ field: "files", text: t("too_large", { name: file.name, max: sizeText(limits.file_bytes) }) });
  const all = files.reduce((sum, file) => sum + file.size, 0);
  if (all > limits.tip_bytes) problems.push({ field: "files", text: t("too_large", { name: sizeText(all), max: sizeText(limits.tip_bytes) }) });
  const content: ReportContent = { text, category: valueOf(form, "category") || "other.unclassified" };
  readOthers(form, content, long, problems);
  content.loss = readLoss(form, problems);
  content.origin = { country: "", language: document.documentElement.lang, partner: "" };
  return { content, contact, ownValues: ownValuesIn(text, contact), files, problems };
}
