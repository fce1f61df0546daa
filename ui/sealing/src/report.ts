// SPDX-License-Identifier: Apache-2.0
// The report page with scripts on: one question a screen or all at once, remembered on this device, sealed here before a byte
// leaves. Where anything that it needs is missing, the form stays what it is without scripts.
import { forgetAll, forgetDraft, isKept, loadDraft, pinnedAnchor, saveDraft, setKept, type Draft } from "./draft";
import { make, show } from "./elements";
import { readForm, type ReadForm } from "./form";
import { Sealer } from "./sealer";
import type { Report, SendingState } from "./sealing_work";
import { contentClass, sizeText, t } from "./words";

const saveAfterMillis = 300;
const escapesMillis = 2000;

class ReportPage {
  private readonly sealer: Sealer;
  private readonly questions: HTMLElement[];
  private readonly panel = make("section", { class: "sealing", "aria-live": "off" });
  private readonly tools = make("div", { class: "tools" });
  private readonly steps = make("nav", { class: "steps-bar", hidden: true });
  private readonly note = make("p", { class: "hint", role: "status" });
  private sending: SendingState | null = null;
  private at = 0;
  private saving = 0;
  private hear: (report: Report) => void = () => {};

  constructor(private readonly form: HTMLFormElement, script: HTMLElement) {
    this.anchor = script.dataset.anchor ?? "";
    this.sealer = new Sealer(script);
    this.sealer.onReport((report) => this.hear(report));
    this.questions = Array.from(form.querySelectorAll<HTMLElement>(".question"));
  }
  private readonly anchor: string;

  start(): void {
    this.form.before(make("p", { class: "hint seals-here" }, t("intro")), this.tools);
    this.form.append(this.steps);
    this.form.after(this.panel);
    this.panel.hidden = true;
    this.buildTools();
    this.buildSteps();
    this.restore();
    this.form.noValidate = true;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.review();
    });
    this.form.addEventListener("input", () => this.saveSoon());
    this.form.addEventListener("change", () => this.saveSoon());
    // Behind the page: it is there and works before this is.
    const load = () => void this.load(() => {}).catch(() => {});
    if ("requestIdleCallback" in window) requestIdleCallback(load, { timeout: 5000 });
    else setTimeout(load, 1000);
  }

  // ---- what is remembered ----

  private fields(): Record<string, string> {
    const fields: Record<string, string> = {};
    for (const [name, value] of new FormData(this.form)) if (typeof value === "string") fields[name] = value;
    return fields;
  }
  private save(): void {
    saveDraft({ fields: this.fields(), sending: this.sending });
  }
  private saveSoon(): void {
    clearTimeout(this.saving);
    this.saving = window.setTimeout(() => this.save(), saveAfterMillis);
  }
  private restore(): void {
    const draft: Draft | null = loadDraft();
    if (!draft) return;
    this.sending = draft.sending;
    const isFresh = !this.form.querySelector("[aria-invalid]");
    for (const [name, value] of isFresh ? Object.entries(draft.fields) : []) {
      for (const field of this.form.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") {
          field.checked = field.value === value;
          if (field.checked) field.closest("details")?.setAttribute("open", "");
        }
        else if (field.type !== "file") field.value = value;
      }
    }
    this.note.textContent = t("restored");
    if (this.sending && this.sending.files.length > 0) this.note.textContent += ` ${t("again", { names: this.sending.files.map((file) => file.name).join(", ") })}`;
  }
  private forget(): void {
    clearTimeout(this.saving);
    for (const upload of this.sending?.uploads ?? []) if (upload) void fetch(upload.address, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => {});
    this.sending = null;
    forgetDraft();
    this.form.reset();
    for (const field of this.form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input:not([type=radio]):not([type=checkbox]), textarea")) field.value = "";
    this.note.textContent = t("forgotten");
  }

  // ---- tools ----

  private buildTools(): void {
    const way = make("button", { type: "button", class: "second", click: () => this.setOneAtATime(this.steps.hidden, way) }, t("one"));
    const keep = make("input", { type: "checkbox", id: "keep", checked: isKept(), "aria-describedby": "keep-hint", change: () => {
      setKept(keep.checked);
      this.save();
    } });
    keep.removeAttribute("name");
    this.tools.append(
      make("p", { class: "tool-buttons" }, way, " ", make("button", { type: "button", class: "second", click: () => this.forget() }, t("forget"))),
      make("p", {}, make("label", { class: "choice", for: "keep" }, keep, ` ${t("keep")}`)),
      make("p", { class: "hint", id: "keep-hint" }, t("keep_hint")),
      this.note,
    );
  }

  private buildSteps(): void {
    const number = make("p", { class: "hint", role: "status", id: "step-number" });
    const back = make("button", { type: "button", class: "second", click: () => this.goTo(this.at - 1) }, t("back"));
    const next = make("button", { type: "button", click: () => this.goTo(this.at + 1) }, t("next"));
    this.steps.append(number, make("p", { class: "tool-buttons" }, back, " ", next));
    this.steps.setAttribute("aria-labelledby", "step-number");
    this.showStep = () => {
      number.textContent = t("step", { number: this.at + 1, count: this.questions.length });
      back.hidden = this.at === 0;
      next.hidden = this.at + 1 >= this.questions.length;
      const isLast = next.hidden || this.steps.hidden;
      for (const element of this.form.querySelectorAll<HTMLElement>(".send-row")) element.hidden = !isLast;
    };
    const send = this.form.querySelector("button[type=submit]")?.closest("p");
    send?.classList.add("send-row");
    if (send?.nextElementSibling?.classList.contains("hint")) send.nextElementSibling.classList.add("send-row");
    if (send) send.before(this.steps);
  }
  private showStep: () => void = () => {};

  private setOneAtATime(isOne: boolean, way: HTMLButtonElement): void {
    this.steps.hidden = !isOne;
    way.textContent = t(isOne ? "all" : "one");
    this.goTo(0, false);
  }
  private goTo(at: number, takesFocus = true): void {
    this.at = Math.max(0, Math.min(at, this.questions.length - 1));
    const isOne = !this.steps.hidden;
    this.questions.forEach((question, number) => (question.hidden = isOne && number !== this.at));
    this.showStep();
    if (isOne && takesFocus) this.questions[this.at].querySelector<HTMLElement>("textarea, select, input")?.focus();
  }

  // ---- sealing and sending ----

  private loading: Promise<void> | null = null;
  private loadProgress: (share: number) => void = () => {};
  private load(progress: (share: number) => void): Promise<void> {
    this.loadProgress = progress;
    this.loading ??= this.sealer.load((share) => this.loadProgress(share)).catch((error) => {
      this.loading = null;
      throw error;
    });
    return this.loading;
  }

  // Shows a panel in place of the form; what was typed stays in the form.
  private turn(...children: (Node | string)[]): void {
    this.form.hidden = true;
    this.tools.hidden = true;
    this.panel.hidden = false;
    this.panel.replaceChildren(...children);
    show(this.panel);
  }
  private backToForm(): void {
    this.panel.hidden = true;
    this.form.hidden = false;
    this.tools.hidden = false;
    this.form.scrollIntoView({ block: "start" });
  }

  private async review(): Promise<void> {
    this.save();
    const status = make("p", { role: "status" }, t("loading", { percent: 0 }));
    const bar = make("progress", { max: "100", value: "0" });
    this.turn(make("h2", {}, t("review_title")), status, bar, this.backButton());
    try {
      await this.load((share) => {
        const percent = Math.round(share * 100);
        status.textContent = t("loading", { percent });
        bar.value = percent;
      });
    } catch (error) {
      return this.stopped(t("fault", { text: (error as Error).message }));
    }
    const keys = await this.asked();
    if (!keys) return;
    const before = pinnedAnchor({ key: keys.anchor, words: keys.anchorWords });
    if (before && before.key !== keys.anchor) return this.stopped(t("key_changed", { before: before.words, now: keys.anchorWords }));
    const read = readForm(this.form, keys.limits);
    if (read.problems.length > 0) return this.showProblems(read);
    await this.confirm(read, keys);
  }

  private asked(): Promise<Extract<Report, { is: "keys" }> | null> {
    return new Promise((done) => {
      this.hear = (report) => {
        if (report.is === "keys") return done(report);
        if (report.is !== "refused") return;
        this.stopped(report.why === "key" ? t("key_refused") : t("refused", { text: report.text }));
        done(null);
      };
      this.sealer.tell({ do: "look", anchor: this.anchor });
    });
  }

  private async groupOf(category: string): Promise<{ name: string; title: string }> {
    const option = this.form.querySelector<HTMLOptionElement>(`option[value="${CSS.escape(category)}"]`);
    const choice = this.form.querySelector<HTMLInputElement>(`input[name="category"][value="${CSS.escape(category)}"]`);
    const answer = await fetch("/api/v1/categories");
    const rows: { code: string; group: string }[] = (await answer.json()).categories;
    const name = rows.find((row) => row.code === category)?.group ?? "other";
    const title = option?.closest("optgroup")?.label ?? choice?.closest("details")?.querySelector("summary")?.textContent ?? option?.textContent ?? choice?.closest("label")?.textContent?.trim() ?? name;
    return { name, title };
  }

  // Before anything is sent: what stands outside the seal, and to whom it is sealed.
  private async confirm(read: ReadForm, keys: Extract<Report, { is: "keys" }>): Promise<void> {
    let group;
    try {
      group = await this.groupOf(read.content.category);
    } catch {
      return this.stopped(t("waiting"));
    }
    const outside = make("ul", {}, make("li", {}, t("outside_group", { group: group.title })));
    outside.append(make("li", {}, t("outside_size", { size: sizeText(contentClass(read.content.text)) })));
    const sizes = read.files.map((file) => sizeText(file.size)).join(", ");
    outside.append(make("li", {}, read.files.length > 0 ? t("outside_files", { count: read.files.length, sizes }) : t("outside_no_files")));
    if (read.contact) outside.append(make("li", {}, t("outside_contact")));
    const hour = new Date(keys.hour).toLocaleString(document.documentElement.lang || "en", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
    outside.append(make("li", {}, t("outside_hour", { hour: `${hour} UTC` })));
    const send = make("button", { type: "button", id: "seal-and-send", click: () => this.send(read, group.name) }, t("send"));
    const children: (Node | string)[] = [make("h2", {}, t("review_title")), make("p", {}, t("review_lead")), outside];
    if (this.sealer.isSlow) children.push(make("p", { class: "hint" }, t("slow")));
    children.push(make("details", {}, make("summary", {}, t("key_title")), make("p", { class: "hint" }, t("key_hint")), make("p", { class: "mono", id: "desk-words" }, keys.fingerprint)));
    children.push(make("p", { class: "tool-buttons" }, send, " ", this.backButton()));
    this.turn(...children);
  }

  private backButton(): HTMLButtonElement {
    return make("button", { type: "button", class: "second", click: () => this.backToForm() }, t("change"));
  }

  private showProblems(read: ReadForm): void {
    this.backToForm();
    this.panel.hidden = false;
    const list = make("ul");
    for (const problem of read.problems) list.append(make("li", {}, make("a", { href: `#${problem.field}` }, problem.text)));
    const box = make("div", { class: "errors", role: "alert", tabindex: "-1" }, list);
    this.panel.replaceChildren(box);
    this.form.before(this.panel);
    const at = this.questions.findIndex((question) => question.querySelector(`[name="${read.problems[0].field}"]`));
    if (!this.steps.hidden && at >= 0) this.goTo(at);
    box.focus();
  }

  private send(read: ReadForm, group: string): void {
    const isSame = this.sending && this.sending.files.length === read.files.length && this.sending.files.every((file, at) => file.name === read.files[at].name && file.size === read.files[at].size);
    if (!isSame) this.sending = null;
    const status = make("p", { role: "status", id: "send-status" }, t("sealing", { percent: 0 }));
    const bar = make("progress", { max: "100", value: "0" });
    const line = make("p", { class: "wrong", role: "alert" });
    const stop = make("button", { type: "button", class: "second", click: () => {
      this.sealer.stop();
      this.loading = null;
      this.forget();
      this.backToForm();
    } }, t("stop"));
    this.turn(make("h2", {}, t("send")), status, bar, line, make("p", {}, stop));
    let shown = -1;
    this.hear = (report) => {
      if (report.is === "save") {
        this.sending = report.state;
        this.save();
      } else if (report.is === "progress") {
        const percent = report.total > 0 ? Math.floor((100 * report.sent) / report.total) : 100;
        bar.value = percent;
        if (percent !== shown) status.textContent = t(report.isAgain ? "sealing_again" : "sealing", { percent });
        shown = percent;
      } else if (report.is === "waiting") {
        line.textContent = report.isWaiting ? t("waiting") : "";
      } else if (report.is === "stored") {
        this.stored(report.words, report.proof);
      } else if (report.is === "refused") {
        this.stopped(report.why === "key" ? t("key_refused") : report.why === "other-file" ? t("other_file") : t(report.why, { text: report.text }));
      }
    };
    this.sealer.tell({ do: "send", anchor: this.anchor, content: read.content, contact: read.contact, ownValues: read.ownValues, group, files: read.files, state: this.sending });
  }

  private stopped(text: string): void {
    this.turn(make("h2", {}, t("review_title")), make("p", { class: "errors", role: "alert" }, text), make("p", { class: "tool-buttons" }, this.backButton(), " ",
      make("button", { type: "button", class: "second", click: () => {
        this.forget();
        this.backToForm();
      } }, t("stop"))));
  }

  private stored(words: string, proof: string): void {
    clearTimeout(this.saving);
    forgetDraft();
    this.sending = null;
    const list = make("ol", { class: "words", id: "words" });
    for (const word of words.split(" ")) list.append(make("li", {}, word));
    const saved = URL.createObjectURL(new Blob([proof], { type: "text/plain" }));
    const base = this.form.action.replace(/\/report$/, "");
    document.querySelector("main h1")?.remove();
    document.querySelectorAll("main > .lead, main > .seals-here, main > .emergency").forEach((element) => element.remove());
    this.turn(
      make("h1", {}, t("stored_title")),
      make("p", { class: "lead" }, t("stored_lead")),
      make("div", { class: "card" }, make("h2", {}, t("words_title")), list, make("p", {}, t("words_hint"))),
      make("p", { class: "tool-buttons" }, make("a", { href: saved, download: "proof-of-receipt.txt", class: "button second" }, t("proof")), " ", make("a", { href: `${base}/mailbox`, class: "button second" }, t("mailbox"))),
    );
    this.form.reset();
  }
}

// ---- leaving in a hurry: on every page of the hotline ----

function leave(): void {
  if (!isKept()) forgetAll();
  document.documentElement.replaceChildren();
  location.replace("/blank");
}
function addQuickExit(): void {
  let escapes: number[] = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const now = performance.now();
    escapes = [...escapes.filter((at) => now - at < escapesMillis), now];
    if (escapes.length >= 3) leave();
  });
  const button = make("button", { type: "button", class: "leave", "aria-describedby": "leave-hint", click: leave }, t("leave"));
  document.body.append(make("div", { class: "leave-bar" }, button, make("span", { id: "leave-hint", class: "leave-hint" }, t("leave_hint"))));
}

const script = document.getElementById("sealing-script");
if (script) addQuickExit();
const form = document.getElementById("report");
const isAble = typeof Worker === "function" && typeof fetch === "function" && "arrayBuffer" in Blob.prototype && typeof crypto === "object";
if (script && form instanceof HTMLFormElement && isAble && script.dataset.anchor) new ReportPage(form, script).start();
else if (form && script) form.before(make("p", { class: "hint" }, t("unsealed")));
