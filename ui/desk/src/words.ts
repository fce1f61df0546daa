// SPDX-License-Identifier: Apache-2.0
// How things are said on the page: states, severities, kinds, times, sizes and money.
import type { SeverityName } from "./api";

const state_words: Record<string, string> = {
  received: "Received",
  decided: "Decided",
  opened: "Opened",
  with_lab: "With a lab",
  answered: "Answered",
  referred: "Referred",
  closed: "Closed",
};
export const states = Object.keys(state_words);
export const say_state = (state: string): string => state_words[state] ?? state;

const move_words: Record<string, string> = {
  opened: "Take it up again",
  with_lab: "Send to a lab",
  referred: "Refer to another body",
  closed: "Close",
};
export const say_move = (to: string): string => move_words[to] ?? say_state(to);

export const say_severity = (severity: SeverityName | null): string =>
  severity ? severity[0]!.toUpperCase() + severity.slice(1) : "Not decided";

const answer_words: Record<string, string> = {
  still_happening: "Still happening",
  danger_now: "Danger to life now",
  sent_within_72_hours: "Money sent in the last 72 hours",
  victim_is_child: "Victim is a child",
  victim_is_critical_service: "Victim is a critical service",
  victim_is_older: "Victim is an older person",
  victim_is_organisation: "Victim is an organisation",
  synthetic_content: "Machine-made picture or voice used",
  payment_rail: "Paid by",
  contact_channel: "Contact came by",
  reporter_role: "Who reports",
};
export const say_answer = (name: string): string => answer_words[name] ?? say_key(name);

// "recall_payment" and "recall-payment" read "Recall payment".
export function say_key(key: string): string {
  const words = key.replace(/[-_.]+/g, " ").trim();
  return words ? words[0]!.toUpperCase() + words.slice(1) : key;
}

const kind_words: Record<string, string> = {
  email: "E-mail address", url: "Web address", domain: "Domain", ipv4: "IPv4 address", ipv6: "IPv6 address", mac: "MAC address",
  phone: "Phone number", card: "Card number", iban: "IBAN", bic: "BIC", btc: "Bitcoin", bch: "Bitcoin Cash", ltc: "Litecoin",
  doge: "Dogecoin", eth: "Ethereum", tron: "TRON", xmr: "Monero", sol: "Solana", xrp: "XRP", md5: "MD5", sha1: "SHA-1",
  sha256: "SHA-256", sha512: "SHA-512", message_id: "Message id", user_agent: "User agent", handle: "Handle", cve: "CVE",
  jwt: "Token (JWT)", onion: "Onion address", magnet: "Magnet link", file: "File", text: "Near-identical text",
};
export const say_kind = (kind: string): string => kind_words[kind] ?? kind;

// Five families share five colours; each also has its own underline, so that colour is never alone.
export type Family = "person" | "net" | "money" | "hash" | "other";
const families: Record<Family, string[]> = {
  person: ["email", "phone", "handle", "message_id", "user_agent"],
  net: ["url", "domain", "ipv4", "ipv6", "mac", "onion", "magnet"],
  money: ["card", "iban", "bic", "btc", "bch", "ltc", "doge", "eth", "tron", "xmr", "sol", "xrp"],
  hash: ["md5", "sha1", "sha256", "sha512", "file"],
  other: ["cve", "jwt", "text"],
};
export function family_of(kind: string): Family {
  for (const [family, kinds] of Object.entries(families)) if (kinds.includes(kind)) return family as Family;
  return "other";
}

const day_time = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
});
export const say_time = (time: string): string => `${day_time.format(new Date(time))} UTC`;

// "in 3 h", "2 d late"; "2 d ago" where a person has opened the tip, so that nothing is late any more.
export function say_due(deadline: string, now: number, is_overdue: boolean): string {
  const minutes = Math.round((new Date(deadline).getTime() - now) / 60_000);
  const size = Math.abs(minutes);
  const length = size < 60 ? `${size} min` : size < 48 * 60 ? `${Math.round(size / 60)} h` : `${Math.round(size / 1440)} d`;
  return minutes >= 0 ? `in ${length}` : is_overdue ? `${length} late` : `${length} ago`;
}

export function say_size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

// A span that is an estimate: no finer than it can be meant.
export function say_span(seconds: number): string {
  if (seconds >= 48 * 3600) return `${Math.round(seconds / 86400)} days`;
  if (seconds >= 2 * 3600) return `${Math.round(seconds / 3600)} hours`;
  if (seconds >= 120) return `${Math.round(seconds / 60)} minutes`;
  return say_count(Math.round(seconds), "second", "seconds");
}
export function say_money(loss: { minor_units: number; currency: string; digits: number }): string {
  const whole = loss.minor_units / 10 ** loss.digits;
  return `${whole.toLocaleString("en-GB", { minimumFractionDigits: loss.digits, maximumFractionDigits: loss.digits })} ${loss.currency}`;
}

export const say_count = (count: number, one: string, many: string): string =>
  `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

// The end of an id tells tips apart; its start is the time.
export const short_id = (id: string): string => `…${id.slice(-8)}`;
