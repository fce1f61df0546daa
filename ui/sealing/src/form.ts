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
const answers = ["still_happening", "danger_now", "sent_within_72_hours", "victim_is_child"];

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

// "1234", "1,234.50", "1.234,50", "1 234,50": what can be read in two ways is asked for again.
function minorUnits(amount: string, digits: number): number | null {
  const plain = amount.trim().replace(/[\s'’]/g, "");
  const found = /^(\d{1,3}(?:[.,]\d{3})+|\d+)(?:([.,])(\d{1,3}))?$/.exec(plain);
  if (!found) return null;
  const [, whole, mark, decimals = ""] = found;
  if (decimals.length > digits || (mark && whole.includes(mark))) return null;
  if (/^\d{1,3}[.,]\d{3}$/.test(whole) && !mark) return null;
  const number = Number(whole.replace(/[.,]/g, "")) * 10 ** digits + Number(decimals.padEnd(digits, "0") || 0);
  return Number.isSafeInteger(number) ? number : null;
}

function ownValuesIn(text: string, contact: string): string {
  return contact.split(/[ \t\r\n,;]+/).filter((word) => utf8(word).length >= 5 && text.includes(word)).join(" ");
}

function readLoss(form: HTMLFormElement, problems: FieldProblem[]): { minor_units: number; currency: string } | null {
  const amount = valueOf(form, "amount").trim();
  const currency = valueOf(form, "currency").trim().toUpperCase();
  if (!amount && !currency) return null;
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

export function readForm(form: HTMLFormElement, limits: Record<string, number>): ReadForm {
  const problems: FieldProblem[] = [];
  const text = valueOf(form, "text");
  const contact = valueOf(form, "contact");
  const files = filesOf(form);
  if (!text.trim() && files.length === 0) problems.push({ field: "text", text: t("need_text") });
  const long = (field: string, value: string, max: number) => {
    const count = utf8(value).length;
    if (count > max) problems.push({ field, text: t("too_long", { count, max }) });
  };
  long("text", text, limits.text_bytes);
  long("contact", contact, limits.field_bytes);
  if (files.length > limits.files) problems.push({ field: "files", text: t("too_many", { max: limits.files }) });
  for (const file of files) if (file.size > limits.file_bytes) problems.push({ field: "files", text: t("too_large", { name: file.name, max: sizeText(limits.file_bytes) }) });
  const all = files.reduce((sum, file) => sum + file.size, 0);
  if (all > limits.tip_bytes) problems.push({ field: "files", text: t("too_large", { name: sizeText(all), max: sizeText(limits.tip_bytes) }) });
  const content: ReportContent = { text, category: valueOf(form, "category") || "other.unclassified" };
  for (const name of answers) content[name] = valueOf(form, name) || "unknown";
  content.victim_is_critical_service = valueOf(form, "victim_is_critical_service") || "unknown";
  content.loss = readLoss(form, problems);
  content.origin = { country: "", language: document.documentElement.lang, partner: "" };
  return { content, contact, ownValues: ownValuesIn(text, contact), files, problems };
}
