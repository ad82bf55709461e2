// Sends one action after another, each until the server has acknowledged it; the same action keeps its op id, so that
// it is taken once however often it is sent. What is not acknowledged yet survives a reload.

import { newId } from "../new_id.js";

const TIMEOUT = 8000;
const PAUSED = 3000;
const RETRY = [400, 800, 1500, 3000, 5000];

export class Link extends EventTarget {
  // `key` names where actions wait through a reload; without one they are forgotten with the page.
  constructor({ url, csrf, key = null }) {
    super();
    this.url = url;
    this.csrf = csrf;
    this.key = key;
    this.waiting = this.kept();
    this.flying = false;
    this.failures = 0;
    this.lag = null; // of the last action: from the hand's move to what it showed
  }

  kept() {
    if (!this.key) return [];
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "[]").map((op) => ({ op, settle: null }));
    } catch {
      return [];
    }
  }

  keep() {
    if (!this.key) return;
    try {
      if (this.waiting.length) sessionStorage.setItem(this.key, JSON.stringify(this.waiting.map((one) => one.op)));
      else sessionStorage.removeItem(this.key);
    } catch {
      // private windows may refuse; the page itself still holds the actions
    }
  }

  // Resolves to the reply's body once acknowledged; to {error, status} where the server refuses it for good.
  send(kind, data = {}) {
    const op = { op: newId(), kind, data };
    const began = performance.now();
    return new Promise((resolve) => {
      this.waiting.push({ op, settle: resolve, began });
      this.keep();
      this.tell("waiting");
      this.run();
    });
  }

  shown(began) {
    this.lag = Math.round(performance.now() - began);
  }

  async run() {
    if (this.flying || !this.waiting.length) return;
    this.flying = true;
    clearTimeout(this.timer);
    const first = this.waiting[0];
    if (first.op.lag_ms === undefined && this.lag !== null) {
      first.op.lag_ms = this.lag;
      this.lag = null;
    }
    const reply = await this.post(first.op);
    this.flying = false;
    if (!reply || reply.status >= 500 || reply.status === 429 || [0, 400, 401].includes(reply.status)) {
      this.failures += 1;
      this.tell("failed", { status: reply?.status ?? 0 });
      this.timer = setTimeout(() => this.run(), RETRY[Math.min(this.failures, RETRY.length) - 1]);
      return;
    }
    this.failures = 0;
    if (reply.body?.reason === "paused") {
      this.tell("answered", { status: reply.status, ...reply.body }); // nothing was taken; it waits until the clock runs
      this.timer = setTimeout(() => this.run(), PAUSED);
      return;
    }
    this.waiting.shift();
    this.keep();
    const body = { status: reply.status, ...(reply.body ?? {}) };
    this.tell("answered", body);
    first.settle?.(body);
    if (first.began !== undefined) requestAnimationFrame(() => this.shown(first.began)); // once it is painted
    this.run();
  }

  async post(op) {
    try {
      const reply = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.csrf },
        body: JSON.stringify(op),
        credentials: "same-origin",
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT),
      });
      return { status: reply.status, body: await reply.json().catch(() => null) };
    } catch {
      return null;
    }
  }

  get size() {
    return this.waiting.length;
  }

  // Resolves when nothing waits any more, or after `most` milliseconds.
  async drained(most) {
    const until = performance.now() + most;
    while (this.waiting.length && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    return !this.waiting.length;
  }

  hurry() {
    this.failures = 0;
    this.run();
  }

  tell(what, detail = {}) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}
