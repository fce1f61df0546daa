// SPDX-License-Identifier: Apache-2.0
// Walks what guards people on the desk page: a flood folded, unfolded and put aside; a name asked for by one, approved by another,
// seen once; a picture that stays a blur until it is asked for; what is due. Pictures of every view go to SHOTS.
//
//   DESK_URL=... DESK_PASSWORD=... SECOND_NAME=ben SECOND_PASSWORD=... TIP=tip_... [SHOTS=DIR] node care.test.mjs
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const { DESK_URL: base, DESK_PASSWORD, SECOND_NAME, SECOND_PASSWORD, TIP: tip } = process.env;
const shots = process.env.SHOTS ?? fs.mkdtempSync(path.join(os.tmpdir(), "care-shots-"));
fs.mkdirSync(shots, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const troubles = [];

async function signed_in(name, password, width = 1200) {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.on("pageerror", (error) => troubles.push(`page error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:") && new URL(request.url()).host !== new URL(base).host) troubles.push(`request to another host: ${request.url()}`);
  });
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(base);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Queue" }).waitFor();
  return page;
}
async function shoot(page, label) {
  const width = page.viewportSize().width;
  for (const size of [width, 360]) {
    await page.setViewportSize({ width: size, height: 900 });
    await page.waitForTimeout(150);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) troubles.push(`${label} at ${size}: ${overflow} px wider than its window`);
    const violations = await page.evaluate(() => window.violations);
    if (violations.length) troubles.push(`${label}: ${violations.join(", ")}`);
    await page.screenshot({ path: path.join(shots, `${label}-${size}.png`), fullPage: true });
  }
  await page.setViewportSize({ width, height: 900 });
}
async function give_reason(page, words, button) {
  await page.locator("textarea:focus").fill(words);
  await page.getByRole("button", { name: button, exact: true }).click();
}

const ada = await signed_in("desk", DESK_PASSWORD);
const ben = await signed_in(SECOND_NAME, SECOND_PASSWORD);

// The flood.
await ada.getByText("near-equal tips").waitFor();
await shoot(ada, "queue-flood");
await ada.getByRole("button", { name: "Unfold" }).click();
await ada.locator(".flood ol li").first().waitFor();
await shoot(ada, "queue-flood-unfolded");
const lines = await ada.locator("tbody tr").count();
await ada.getByRole("button", { name: "Put all aside" }).click();
await give_reason(ada, "The same message, sent by one program.", "Put all aside");
for (let tries = 0; (await ada.locator("tbody tr").count()) !== lines - 1; ++tries) {
  assert.ok(tries < 100, "the line of the flood is gone from the queue");
  await ada.waitForTimeout(100);
}
await ada.getByLabel("Show").selectOption("1");
await ada.getByRole("button", { name: "Bring all back" }).waitFor();
await shoot(ada, "queue-aside");
await ada.getByRole("button", { name: "Bring all back" }).click();
await give_reason(ada, "To see that it can be.", "Bring all back");
await ada.getByText("Nothing waits here.").waitFor();

// The name: asked, approved by another, seen once.
await ada.goto(`${base}/#/tips/${tip}`);
await ada.getByRole("heading", { name: "Who reported" }).waitFor();
await ada.getByRole("button", { name: "Ask to see who reported" }).click();
await give_reason(ada, "The bank asks who holds the account.", "Ask");
await ada.getByText("asks to see it").waitFor();
assert.equal(await ada.getByRole("button", { name: "Approve" }).count(), 0, "one person alone");
await ben.goto(`${base}/#/tips/${tip}`);
await ben.getByRole("button", { name: "Approve" }).waitFor();
await shoot(ben, "identity-asked");
await ben.getByRole("button", { name: "Approve" }).click();
await ben.getByText("has approved").waitFor();
await ada.reload();
await ada.getByRole("button", { name: "Show it, once" }).click();
await ada.getByText("jo.reporter@reachable.example").waitFor();

// The picture.
assert.equal(await ada.locator(".picture img").count(), 0, "a picture is shown unasked");
await ada.getByRole("button", { name: "Show a blur" }).click();
await ada.locator("img.blur").waitFor();
await shoot(ada, "tip-blurred");
await ada.getByRole("button", { name: "Show the picture, gray" }).click();
await ada.getByRole("button", { name: "Hide the picture" }).waitFor();
await ada.getByText("1 picture").waitFor();
await shoot(ada, "tip-shown");
await ada.getByRole("button", { name: "Hide the picture" }).click();

// Mute and hold.
await ada.getByRole("button", { name: "Mute the mailbox" }).click();
await give_reason(ada, "Threats in every message.", "Mute the mailbox");
await ada.getByText("The mailbox is muted: messages").waitFor();
await ada.getByRole("button", { name: "Set a legal hold" }).click();
await give_reason(ada, "A court asks for it.", "Set a legal hold");
await ada.getByText("Legal hold: it is not erased").waitFor();
await shoot(ada, "tip-muted-held");

// What is due: a tip that ben closes (not the held one: it is never erased), in a folder whose rules keep closed tips for no day.
await ben.goto(`${base}/#/queue`);
await ben.locator(`tbody tr:not(:has(.flood)) a.open:not([href$="${tip}"])`).last().click();
await ben.getByLabel("What next").selectOption("closed");
await ben.getByLabel("Reason", { exact: true }).fill("Nothing in it.");
await ben.getByLabel("Why, in plain words for the reporter").fill("There was nothing that we could find out.");
await ben.getByRole("button", { name: "Set the state" }).click();
await ben.getByText("Now: Closed", { exact: true }).waitFor();
await ben.getByRole("link", { name: "Due" }).click();
await ben.getByRole("button", { name: /Erase 1 tip/ }).waitFor();
await shoot(ben, "due");
await ben.getByRole("button", { name: /Erase 1 tip/ }).click();
await give_reason(ben, "The list of today.", "Erase for good");
await ben.getByText("1 tip is erased.").first().waitFor();
await shoot(ben, "due-erased");

await browser.close();
assert.deepEqual(troubles, []);
console.log("care: the walk is done");
