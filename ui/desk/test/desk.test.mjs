// SPDX-License-Identifier: Apache-2.0
// Walks the desk page in a real browser against a running desk: sign in, queue, tip, verify, answer, state, sign out.
// Fails on a console error, a violation of the page's content security policy, a request to another host, or a view
// that is wider than its window. Pictures of every view, wide and narrow, light and dark, go to SHOTS.
//
//   DESK_URL=http://127.0.0.1:8444 DESK_NAME=desk DESK_PASSWORD=... [SHOTS=DIR] [CHROMIUM=/usr/bin/chromium] node desk.test.mjs
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const base = process.env.DESK_URL;
const password = process.env.DESK_PASSWORD;
const name = process.env.DESK_NAME ?? "desk";
if (!base || !password) {
  console.error("usage: DESK_URL=... DESK_PASSWORD=... [DESK_NAME=desk] [SHOTS=DIR] node desk.test.mjs");
  process.exit(2);
}
const shots = process.env.SHOTS ?? fs.mkdtempSync(path.join(os.tmpdir(), "desk-shots-"));
fs.mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const troubles = [];
const sizes = { wide: { width: 1400, height: 900 }, narrow: { width: 360, height: 740 } };

async function open_page(size, scheme) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: scheme, ignoreHTTPSErrors: true, acceptDownloads: true });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    // The browser reports the answer 401 of the first question "who am I" and of a wrong password as an error of its own.
    if (message.text().startsWith("Failed to load resource") && /\/api\/desk\/(me|sign-in)$/.test(message.location().url)) return;
    troubles.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => troubles.push(`page error: ${error.message}`));
  page.on("request", (request) => {
    if (new URL(request.url()).host !== new URL(base).host) troubles.push(`request to another host: ${request.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`));
  });
  return { context, page };
}
async function shoot(page, label, whole = true) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) {
    const widest = await page.evaluate(() => [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth).map((e) => e.outerHTML.slice(0, 90)).slice(0, 4));
    troubles.push(`${label}: ${overflow} px wider than its window: ${widest.join(" | ")}`);
  }
  const unnamed = await page.evaluate(
    () => [...document.querySelectorAll("button, a[href], input, select, textarea")]
      .filter((e) => !(e.getAttribute("aria-label") || e.textContent?.trim() || e.labels?.length || e.getAttribute("aria-hidden"))).map((e) => e.outerHTML.slice(0, 80)));
  if (unnamed.length) troubles.push(`${label}: no name on ${unnamed.join(" ")}`);
  await page.screenshot({ path: path.join(shots, `${label}.png`), fullPage: whole });
}
async function sign_in(page) {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Queue" }).waitFor();
  await page.locator("tbody tr").first().waitFor();
}

let tip_address = "";
async function walk_all() {
  const { context, page } = await open_page("wide", "light");
  const answer = await page.goto(base);
  assert.match(answer.headers()["content-security-policy"] ?? "", /default-src 'none'/, "the page has a strict policy");
  await page.getByRole("heading", { name: "Sign in to the desk" }).waitFor();
  await shoot(page, "sign-in-wide");

  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(`not ${password}`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("#trouble:not(:empty)").waitFor();
  await page.waitForTimeout(1500);  // the delay after the first failure is one second
  await sign_in(page);
  const cookies = await context.cookies();
  assert.equal(cookies.length, 1, "one cookie");
  assert.equal(cookies[0].httpOnly, true);
  assert.equal(cookies[0].sameSite, "Strict");
  await shoot(page, "queue-wide", false);

  // The keyboard alone: j twice, k once, then Enter.
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  assert.equal(await page.evaluate(() => document.activeElement?.classList.contains("open")), true, "j and k move in the queue");
  await page.getByLabel("Order").selectOption("severity");
  await page.waitForFunction(() => location.hash.includes("order=severity"));
  await page.getByLabel("Order").selectOption("deadline");
  await page.locator("tbody tr .open").first().focus();

  // The first tip with links shows the most; without one, the first tip.
  const rows = await page.locator("tbody tr").evaluateAll((list) => list.map((row) => Number(/\d+/.exec(row.querySelector(".links")?.textContent ?? "0")?.[0] ?? 0)));
  const at = Math.max(0, rows.findIndex((links) => links > 1));
  await page.locator("tbody tr .open").nth(at).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Custody trail" }).waitFor();
  await page.locator(".marks .chip.state", { hasNotText: "Decided" }).waitFor();
  tip_address = page.url();
  if (rows[at] > 0) await page.locator("figure svg").waitFor();
  await page.waitForTimeout(300);
  await shoot(page, "tip-wide");

  const first_mark = page.locator("mark [role=button]").first();
  if (await first_mark.count()) {
    await first_mark.click();
    await page.locator(".detail dd").first().waitFor();
    await page.keyboard.press("ArrowRight");
    await shoot(page, "tip-mark-wide", false);
  }

  await page.getByRole("button", { name: "Verify" }).click();
  await page.locator(".verdict").waitFor();
  const verdict = (await page.locator(".verdict").textContent()).trim();
  console.log(`verify: ${verdict}`);
  assert.doesNotMatch(verdict, /do not check/, "no entry fails its check");

  const file = page.locator("a[download]").first();
  if (await file.count()) {
    const [download] = await Promise.all([page.waitForEvent("download"), file.click()]);
    assert.ok(await download.path(), "the file comes as a download");
  }

  const words = `Thank you. This answer was written by the desk's test at ${new Date().toISOString()}.`;
  await page.getByLabel("Answer to the reporter").fill(words);
  await page.getByRole("button", { name: "Send the answer" }).click();
  await page.locator(".to_reporter .body", { hasText: words }).waitFor();
  await page.locator(".chip.state", { hasText: "Answered" }).waitFor();
  await shoot(page, "tip-answered-wide");

  await page.getByLabel("What next").selectOption("referred");
  await page.getByLabel("Reason", { exact: true }).fill("Checked by the desk's test.");
  await page.getByLabel("To whom, by name").fill("The police of Example Town");
  await page.getByLabel("Why, in plain words for the reporter").fill("They can look into it.");
  await page.getByRole("button", { name: "Set the state" }).click();
  await page.locator(".chip.state", { hasText: "Referred" }).waitFor();
  await page.getByRole("button", { name: "Verify" }).click();
  await page.locator(".verdict").waitFor();
  assert.doesNotMatch(await page.locator(".verdict").textContent(), /do not check/);

  await page.locator("h1").click();
  await page.keyboard.press("u");
  await page.getByRole("heading", { name: "Queue" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to the desk" }).waitFor();
  const after = await page.evaluate(() => fetch("/api/desk/queue").then((r) => r.status));
  troubles.splice(0, troubles.length, ...troubles.filter((line) => !line.includes("/api/desk/queue")));
  assert.equal(after, 401, "nothing is read without a session");
  await context.close();
}
async function look(size, scheme) {
  const { context, page } = await open_page(size, scheme);
  await page.goto(base);
  await page.getByRole("heading", { name: "Sign in to the desk" }).waitFor();
  await shoot(page, `sign-in-${size}-${scheme}`);
  await sign_in(page);
  await shoot(page, `queue-${size}-${scheme}`, false);
  await page.goto(tip_address);
  await page.getByRole("heading", { name: "Custody trail" }).waitFor();
  await page.waitForTimeout(400);
  await page.getByRole("button", { name: "Verify" }).click();
  await page.locator(".verdict").waitFor();
  await shoot(page, `tip-${size}-${scheme}`);
  await context.close();
}

try {
  await walk_all();
  await look("narrow", "light");
  await look("narrow", "dark");
  await look("wide", "dark");
  assert.deepEqual(troubles, [], "no console error, policy violation, foreign request or overflow");
  console.log(`ok: the desk page works; pictures in ${shots}`);
} finally {
  await browser.close();
}
