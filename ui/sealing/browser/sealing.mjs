// SPDX-License-Identifier: Apache-2.0
// A report in Chromium, as a reporter sends it: with scripts, with scripts but without WebAssembly, and without scripts. The line
// is cut at 60 % of the upload and comes back. tests/stories/sealing_story.py starts it and looks at what the hotline has.
//
//   HOTLINE=http://127.0.0.1:8080 ACT=send|read OUT=FILE LARGE=BYTES CANARY=TEXT [MODES=on,nowasm,off] [SHOTS=DIR] node sealing.mjs
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const { chromium } = createRequire(new URL("../../desk/test/package.json", import.meta.url))("playwright-core");
const hotline = new URL(process.env.HOTLINE);
const largeBytes = Number(process.env.LARGE ?? 2_000_000);
const canary = process.env.CANARY ?? "canary";
const shots = process.env.SHOTS ?? fs.mkdtempSync(path.join(os.tmpdir(), "sealing-shots-"));
fs.mkdirSync(shots, { recursive: true });
const patience = 60_000 + largeBytes / 1000;
const troubles = [];

// Between browser and hotline: counts what goes up, and cuts every connection once that many bytes have gone.
function openLine() {
  const line = { cutAt: Infinity, sent: 0, cuts: 0, isDead: false, sockets: new Set() };
  line.server = net.createServer((client) => {
    if (line.isDead) return client.destroy();
    const upstream = net.connect(Number(hotline.port), hotline.hostname);
    for (const socket of [client, upstream]) {
      line.sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        line.sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.pipe(client);
    client.on("data", (bytes) => {
      line.sent += bytes.length;
      if (line.sent >= line.cutAt && line.cuts === 0) {
        ++line.cuts;
        line.isDead = true;
        for (const socket of line.sockets) socket.destroy();
        setTimeout(() => (line.isDead = false), 1500);
        return;
      }
      if (!upstream.write(bytes)) {
        client.pause();
        upstream.once("drain", () => client.resume());
      }
    });
  });
  return new Promise((done) => line.server.listen(0, "127.0.0.1", () => done(Object.assign(line, { url: `http://127.0.0.1:${line.server.address().port}` }))));
}

const launch = (flags = []) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...flags],
});

async function openPage(browser, base, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  page.on("console", (message) => {
    // The cut line is an error that the browser reports by itself.
    if (message.type() === "error" && !/net::ERR_|status of 503/.test(message.text())) troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`page error: ${error.message}`));
  page.on("request", (request) => {
    if (/^https?:/.test(request.url()) && new URL(request.url()).host !== new URL(base).host) troubles.push(`request to another host: ${request.url()}`);
  });
  if (options.javaScriptEnabled !== false)
    await page.addInitScript(() => document.addEventListener("securitypolicyviolation", (event) => console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`)));
  return { context, page };
}

async function shoot(page, label) {
  for (const [size, width] of [["wide", 1200], ["narrow", 360]]) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth).catch(() => 0);
    if (overflow > 0) troubles.push(`${label} ${size}: ${overflow} px wider than its window`);
    await page.screenshot({ path: path.join(shots, `${label}-${size}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1200, height: 900 });
}

function makeFiles(mode) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sealing-files-"));
  process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  const small = path.join(folder, "letter.txt");
  fs.writeFileSync(small, `${canary}-${mode}-file write to ${mode}@sealing.example.com\n`.padEnd(50_000, "s"));
  const large = path.join(folder, "large.bin");
  const out = fs.openSync(large, "w");
  for (let at = 0; at < largeBytes; at += 1_000_000) {
    const piece = Buffer.alloc(Math.min(1_000_000, largeBytes - at), createHash("sha256").update(`${mode} ${at}`).digest());
    piece.write(`${canary}-${mode}-file`);
    fs.writeSync(out, piece);
  }
  fs.closeSync(out);
  const hash = (name) => {
    const sum = createHash("sha256");
    const file = fs.openSync(name, "r");
    const piece = Buffer.alloc(4_000_000);
    for (let count; (count = fs.readSync(file, piece)) > 0; ) sum.update(piece.subarray(0, count));
    fs.closeSync(file);
    return sum.digest("hex");
  };
  return { folder, small, large, hashes: [hash(small), hash(large)] };
}

async function fill(page, mode, files) {
  await page.locator("[name=text]").fill(`${canary}-${mode} They called and took my money.`);
  if (mode === "on") {
    await page.locator("details.group", { has: page.locator('[value="fraud.payment"]') }).locator("summary").click();
    await page.locator('[name=category][value="fraud.payment"]').check();
    await page.locator("[name=sent_within_72_hours][value=yes]").check();
    await page.locator("[name=recall_card_last_four]").fill("4242");
    await page.locator("[name=amount]").fill("1,234.50");
    await page.locator("[name=currency]").fill("eur");
    await page.locator("[name=victim_is_older]").check();
    await page.locator("[name=contact]").fill(`${canary}@reporter.example.com`);
  }
  await page.locator("input[type=file][name=files]").setInputFiles([files.small, files.large]);
}

async function sendSealed(mode, browser, line) {
  const { context, page } = await openPage(browser, line.url);
  if (mode === "nowasm") await page.addInitScript(() => delete window.WebAssembly);
  const workers = [];
  page.on("worker", (worker) => workers.push(new URL(worker.url()).pathname));
  const files = makeFiles(mode);
  await page.goto(`${line.url}/en/`);
  await page.locator(".seals-here").waitFor();
  assert.equal(await page.evaluate(() => typeof WebAssembly), mode === "on" ? "object" : "undefined");
  if (mode === "on") await shoot(page, `${mode}-form`);
  // One question a screen, and back to all on one page.
  await page.getByRole("button", { name: "one question at a time" }).click();
  assert.equal(await page.locator(".question:visible").count(), 1);
  if (mode === "on") await shoot(page, `${mode}-one`);
  await page.getByRole("button", { name: "Next" }).click();
  assert.equal(await page.locator(".question:visible").count(), 1);
  await page.getByRole("button", { name: "all questions" }).click();
  await fill(page, mode, files);
  // What was typed is there again after the page was loaded anew; files are not.
  await page.waitForTimeout(500);
  await page.reload();
  assert.match(await page.locator("[name=text]").inputValue(), new RegExp(`${canary}-${mode}`));
  assert.equal(await page.locator("[name=category]:checked").inputValue(), mode === "on" ? "fraud.payment" : "other.unclassified");
  await page.locator("input[type=file][name=files]").setInputFiles([files.small, files.large]);
  await page.locator("#report button[type=submit]").click();
  await page.locator("#seal-and-send").waitFor({ timeout: patience });
  assert.equal((await page.locator("#desk-words").textContent()).split(" ").length, 12);
  await shoot(page, `${mode}-review`);
  line.sent = 0;
  line.cutAt = 0.6 * (largeBytes + 50_000);
  await page.locator("#seal-and-send").click();
  if (largeBytes > 20_000_000) await page.waitForTimeout(1000).then(() => shoot(page, `${mode}-sending`));
  await page.locator("#words").waitFor({ timeout: patience });
  assert.equal(line.cuts, 1, "the line was not cut");
  assert.equal(workers.at(-1), mode === "on" ? "/sealing/seal.js" : "/sealing/seal-plain.js");
  if (mode === "on") await shoot(page, `${mode}-stored`);
  const words = await page.locator("#words li").allTextContents();
  assert.equal(words.length, 12);
  assert.equal(await page.evaluate(() => Object.keys(sessionStorage).length + Object.keys(localStorage).filter((name) => name !== "plumbline.anchor").length), 0);
  const cookies = await context.cookies();
  assert.deepEqual(cookies, []);
  await context.close();
  fs.rmSync(files.folder, { recursive: true });
  return { mode, words: words.join(" "), hashes: files.hashes };
}

async function sendPlain(browser) {
  const base = hotline.origin;
  const { context, page } = await openPage(browser, base, { javaScriptEnabled: false });
  const files = makeFiles("off");
  await page.goto(`${base}/en/`);
  await shoot(page, "off-form");
  await fill(page, "off", files);
  await page.locator("#report button[type=submit]").click({ timeout: patience });
  await page.locator("ol.words li").first().waitFor({ timeout: patience });
  const words = await page.locator("ol.words li").allTextContents();
  await context.close();
  fs.rmSync(files.folder, { recursive: true });
  return { mode: "off", words: words.join(" "), hashes: files.hashes };
}

// A tab that is closed while it sends: the next one knows the report and goes on, when the same file is chosen again.
async function closeAndGoOn(browser, line) {
  const { context, page } = await openPage(browser, line.url);
  const files = makeFiles("closed");
  await page.goto(`${line.url}/en/`);
  await page.locator("#keep").check();
  await fill(page, "closed", files);
  await page.locator("#report button[type=submit]").click();
  await page.locator("#seal-and-send").waitFor({ timeout: patience });
  line.sent = 0;
  line.cuts = 0;
  line.cutAt = 0.6 * (largeBytes + 50_000);
  await page.locator("#seal-and-send").click();
  await page.getByText("The line is lost").waitFor({ timeout: patience });
  await page.close();
  while (line.isDead) await new Promise((done) => setTimeout(done, 200));
  const second = await context.newPage();
  await second.goto(`${line.url}/en/`);
  await second.getByText("Please choose your files again").waitFor();
  await shoot(second, "closed-again");
  await second.locator("input[type=file][name=files]").setInputFiles([files.small, files.large]);
  const before = line.sent;
  await second.locator("#report button[type=submit]").click();
  await second.locator("#seal-and-send").click({ timeout: patience });
  await second.locator("#words").waitFor({ timeout: patience });
  assert.ok(line.sent - before < 0.95 * largeBytes || largeBytes < 8_500_000, `sent ${line.sent - before} again`);
  const words = await second.locator("#words li").allTextContents();
  await context.close();
  fs.rmSync(files.folder, { recursive: true });
  return { mode: "closed", words: words.join(" "), hashes: files.hashes };
}

// Three times Escape leaves nothing.
async function leave(browser) {
  const { context, page } = await openPage(browser, hotline.origin);
  await page.goto(`${hotline.origin}/en/`);
  await page.locator("[name=text]").fill("something");
  await page.waitForTimeout(500);
  for (let i = 0; i < 3; ++i) await page.keyboard.press("Escape");
  await page.waitForURL("**/blank");
  assert.equal(await page.evaluate(() => document.body.textContent.trim() + Object.keys(sessionStorage).length + Object.keys(localStorage).length), "00");
  await context.close();
}

// A hotline whose signing key changed since the first visit: nothing is sent.
async function refuseChangedKey(browser) {
  const { context, page } = await openPage(browser, hotline.origin);
  await page.addInitScript(() => localStorage.setItem("plumbline.anchor", JSON.stringify({ key: "AAAA", words: "another key" })));
  await page.goto(`${hotline.origin}/en/`);
  await page.locator("[name=text]").fill("something");
  await page.locator("#report button[type=submit]").click();
  await page.getByText("another one than at your first visit").waitFor({ timeout: patience });
  await shoot(page, "changed-key");
  await context.close();
}

async function read(browser) {
  for (const sent of JSON.parse(fs.readFileSync(process.env.OUT, "utf8"))) {
    const { context, page } = await openPage(browser, hotline.origin, { javaScriptEnabled: sent.mode !== "off" });
    await page.goto(`${hotline.origin}/en/mailbox`);
    await page.locator("[name=words]").first().fill(sent.words);
    await page.locator("main form button[type=submit]").first().click();
    await page.getByText(`answer to ${sent.mode}`).waitFor({ timeout: 30_000 });
    if (sent.mode === "on") await shoot(page, "on-mailbox");
    await context.close();
  }
}

if (process.env.ACT === "read") {
  const browser = await launch();
  await read(browser);
  await browser.close();
} else {
  const sent = [];
  const modes = (process.env.MODES ?? "on,nowasm,off").split(",");
  for (const mode of modes) {
    const line = await openLine();
    const browser = await launch(mode === "nojit" ? ["--js-flags=--jitless"] : []);
    const started = performance.now();
    sent.push(mode === "off" ? await sendPlain(browser) : await sendSealed(mode, browser, line));
    console.log(`${mode}: ${largeBytes} bytes sealed, sent and stored in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    if (mode === "on") {
      sent.push(await closeAndGoOn(browser, line));
      await leave(browser);
      await refuseChangedKey(browser);
    }
    await browser.close();
    line.server.close();
    for (const socket of line.sockets) socket.destroy();
  }
  fs.writeFileSync(process.env.OUT, JSON.stringify(sent));
}
assert.deepEqual(troubles, []);
console.log(`pictures: ${shots}`);
