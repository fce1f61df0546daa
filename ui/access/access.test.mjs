// SPDX-License-Identifier: Apache-2.0
// Every page of the hotline, and the desk's, under axe-core (WCAG 2.2 AA), at 200 % and 400 % zoom, and the whole report by keyboard
// alone: tab, space, enter and arrows from the first page to the receipt and into the mailbox.
//
//   HOTLINE_URL=... [DESK_URL=... DESK_PASSWORD=...] [ALL=1] [SHOTS=DIR] node access.test.mjs
//
// Without ALL the report page is looked at in every language, the others in three. The scripts are kept away from all but
// with_scripts(): what needs none must be as good.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";

const hotline = process.env.HOTLINE_URL;
const all = Boolean(process.env.ALL);
const shots = process.env.SHOTS;
if (shots) fs.mkdirSync(shots, { recursive: true });
const axe_source = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const languages = ["en", "zh-Hans", "zh-Hant", "es", "fr", "ar", "hi", "pt", "ru", "de", "ja", "id"];
const three = all ? languages : ["en", "ar", "zh-Hans"];
const troubles = [];
const counted = { axe: 0, zoom: 0 };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function open_page(options = {}) {
  const { scripts = false, ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...rest });
  if (!scripts) await context.route(/\.m?js(\?|$)/, (route) => route.abort());
  const page = await context.newPage();
  page.on("request", (request) => {
    if (/^https?:/.test(request.url()) && new URL(request.url()).host !== new URL(options.base ?? hotline).host) troubles.push(`request to another host: ${request.url()}`);
  });
  return { context, page };
}

async function axe(page, label) {
  counted.axe += 1;
  await page.evaluate(axe_source);
  const found = await page.evaluate(() =>
    axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] }));
  for (const violation of found.violations)
    for (const node of violation.nodes.slice(0, 3)) troubles.push(`${label}: ${violation.id}: ${node.target.join(" ")}: ${violation.help}`);
}

async function fits(page, label) {
  counted.zoom += 1;
  const wide = await page.evaluate(() => {
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (over <= 0) return "";
    const worst = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 || e.getBoundingClientRect().left < -1);
    return `${over} px wider than its window: ${worst.slice(0, 3).map((e) => e.outerHTML.slice(0, 80)).join(" | ")}`;
  });
  if (wide) troubles.push(`${label}: ${wide}`);
}

async function shoot(page, label) {
  if (shots) await page.screenshot({ path: path.join(shots, `${label}.png`), fullPage: true });
}

// Axe as it stands, then the two zooms: 1280 px of window at 200 % and at 400 % are 640 and 320 px of page.
async function look(page, label) {
  await axe(page, label);
  await shoot(page, `${label}-wide`);
  for (const width of [640, 320]) {
    await page.setViewportSize({ width, height: 700 });
    await fits(page, `${label} at ${width}`);
  }
  await page.setViewportSize({ width: 360, height: 700 });
  await shoot(page, `${label}-narrow`);
  await page.setViewportSize({ width: 1200, height: 900 });
}

async function go(page, address) {
  const answer = await page.goto(hotline + address);
  assert.ok(answer.status() < 500, `${address}: ${answer.status()}`);
}

// Sends a form and waits for the answer with its style: a click alone ends while the answer is still coming.
async function send(page, button) {
  await Promise.all([page.waitForEvent("load"), page.click(button)]);
}

// The pages that a GET gives, and the ones behind a form.
async function pages_of(language) {
  const { context, page } = await open_page();
  for (const [name, address] of [["mailbox", "/mailbox"], ["rulebook", "/rulebook"], ["figures", "/figures"], ["nowhere", "/nowhere"]]) {
    await go(page, `/${language}${address}`);
    await look(page, `${language}-${name}`);
  }
  await go(page, `/${language}/`);
  await page.fill("#text", "Someone called and took money.");
  await page.check("input[name=sent_within_72_hours][value=yes]");
  await page.check("input[name=danger_now][value=yes]");
  await page.fill("#recall_card_last_four", "4111 1111 1111 1111");
  await page.fill("#amount", "1.234");
  await page.fill("#currency", "EUR");
  await send(page, "#report button[type=submit]");
  assert.ok(await page.locator("[role=alert]").count(), `${language}: no list of errors`);
  await look(page, `${language}-refused`);
  await page.fill("#recall_card_last_four", "1111");
  await page.fill("#amount", "1234");
  await send(page, "#report button[type=submit]");
  const words = await page.locator("ol.words li").allTextContents();
  assert.equal(words.length, 12, `${language}: no words`);
  await look(page, `${language}-receipt`);
  await go(page, `/${language}/mailbox`);
  await page.fill("#words", "abandon ability");
  await send(page, "main form button[type=submit]");
  assert.ok(await page.locator("main .wrong, main [role=alert]").count(), `${language}: two words are taken for twelve`);
  await look(page, `${language}-mailbox-wrong`);
  await page.fill("#words", words.join(" "));
  await send(page, "main form button[type=submit]");
  assert.ok(await page.locator("#state-title").count(), `${language}: the words open no mailbox`);
  await look(page, `${language}-mailbox-open`);
  await context.close();
}

// The report, by keys alone.
async function by_keyboard(language) {
  const { context, page } = await open_page();
  await go(page, `/${language}/`);
  const at = () => page.evaluate(() => {
    const e = document.activeElement;
    return { id: e.id, name: e.getAttribute("name"), value: e.getAttribute("value"), tag: e.tagName, href: e.getAttribute("href"), type: e.getAttribute("type"),
             outline: getComputedStyle(e).outlineStyle };
  });
  const tab_to = async (what, is_it, key = "Tab") => {
    for (let presses = 0; presses < 150; ++presses) {
      await page.keyboard.press(key);
      const now = await at();
      if (!is_it(now)) continue;
      if (now.outline === "none" && now.tag !== "INPUT") troubles.push(`${language}: ${what} shows no focus`);
      return;
    }
    throw new Error(`${language}: ${what} is not reached by ${key}`);
  };
  await page.keyboard.press("Tab");
  assert.equal((await at()).href, "#main", "the first stop leads past the menus");
  await page.keyboard.press("Enter");
  await tab_to("the text", (e) => e.id === "text");
  await page.keyboard.type("A caller said he was my bank. I sent money.");
  await tab_to("danger", (e) => e.name === "danger_now");
  await page.keyboard.press("ArrowDown");
  assert.equal((await at()).value, "no");
  // A group of the categories opens with enter; the arrows go from "not sure" into what is open.
  await tab_to("the categories", (e) => e.name === "category");
  await tab_to("a group", (e) => e.tag === "SUMMARY");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await tab_to("not sure", (e) => e.name === "category", "Shift+Tab");
  await page.keyboard.press("ArrowDown");
  assert.match((await at()).value, /^fraud\./);
  await tab_to("money sent", (e) => e.name === "sent_within_72_hours");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal((await at()).value, "yes");
  await tab_to("where it went", (e) => e.id === "recall_sent_to");
  await page.keyboard.type("DE89 3704 0044 0532 0130 00");
  await tab_to("the amount", (e) => e.id === "amount");
  await page.keyboard.type("250");
  await page.keyboard.press("Tab");
  await page.keyboard.type("EUR");
  await tab_to("an older person", (e) => e.name === "victim_is_older");
  await page.keyboard.press("Space");
  await tab_to("send", (e) => e.tag === "BUTTON" && e.type === "submit");
  await page.keyboard.press("Enter");
  await page.waitForSelector("ol.words li", { timeout: 20000 });
  const words = await page.locator("ol.words li").allTextContents();
  assert.equal(words.length, 12);
  await tab_to("my report", (e) => e.href === `/${language}/mailbox`);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#words");
  await tab_to("the words", (e) => e.id === "words");
  await page.keyboard.type(words.join(" "));
  await tab_to("open", (e) => e.tag === "BUTTON" && e.type === "submit");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#state-title", { timeout: 20000 });
  await context.close();
}

async function desk_pages() {
  const base = process.env.DESK_URL;
  if (!base) return;
  const { context, page } = await open_page({ scripts: true, base });
  await page.goto(base);
  await page.getByLabel("Name").waitFor();
  await axe(page, "desk-sign-in");
  await page.getByLabel("Name").fill(process.env.DESK_NAME ?? "desk");
  await page.getByLabel("Password").fill(process.env.DESK_PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("tbody tr").first().waitFor();
  await axe(page, "desk-queue");
  await page.locator("tbody tr .open").first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Custody trail" }).waitFor();
  await axe(page, "desk-tip");
  await context.close();
}

// The form in every language.
async function forms() {
  const { context, page } = await open_page();
  for (const language of languages) {
    await go(page, `/${language}/`);
    await look(page, `${language}-report`);
    await page.check("input[name=sent_within_72_hours][value=yes]");
    await axe(page, `${language}-report-lane`);
  }
  await context.close();
}

async function dark_and_forced_colours() {
  for (const [name, options] of [["dark", { colorScheme: "dark" }], ["forced", { forcedColors: "active" }]]) {
    const { context, page } = await open_page(options);
    for (const address of all ? ["/", "/mailbox", "/figures", "/rulebook"] : ["/", "/figures"]) {
      await go(page, `/en${address}`);
      await look(page, `en-${address.slice(1) || "report"}-${name}`);
    }
    await context.close();
  }
}

// With the page's own scripts: all at once, one question a screen, what is missing, the last look, the sealed report's words.
async function with_scripts() {
  const { context, page } = await open_page({ scripts: true });
  for (const language of three) {
    await go(page, `/${language}/`);
    await page.locator(".leave-bar button").waitFor();
    await look(page, `${language}-report-scripts`);
    await page.locator(".tools button").first().click();
    await look(page, `${language}-report-steps`);
    await page.locator(".tools button").first().click();
    await page.click("#report button[type=submit]");
    await page.locator(".sealing .errors").waitFor({ timeout: 20000 });
    await look(page, `${language}-report-missing`);
    await page.fill("#text", "Someone called and took money.");
    await page.click("#report button[type=submit]");
    await page.locator("#seal-and-send").waitFor({ timeout: 20000 });
    await look(page, `${language}-review`);
    await page.click("#seal-and-send");
    await page.locator("ol.words li").first().waitFor({ timeout: 20000 });
    await look(page, `${language}-sealed`);
  }
  await context.close();
}

// Side by side: each has a context of its own, and most of the time is waiting for the browser.
async function each(list, act) {
  for (const item of list) await act(item);
}
await Promise.all([
  forms(),
  with_scripts(),
  each(three, pages_of),
  each(all ? languages : ["en", "ar"], by_keyboard).then(dark_and_forced_colours).then(desk_pages),
]);
await browser.close();
for (const trouble of troubles) console.error(trouble);
console.log(`access: ${counted.axe} pages under axe, ${counted.zoom} at 200 or 400 % zoom, the report by keyboard in ${all ? languages.length : 2} languages: ${troubles.length} troubles`);
process.exit(troubles.length ? 1 : 0);
