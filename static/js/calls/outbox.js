// Sends one message after another, each until the server has acknowledged it; a message keeps its id, so that it is
// taken once however often it is sent. What is not acknowledged yet survives a reload and a closed browser.

import { newId } from "../new_id.js";

const TIMEOUT = 15000; // a modelled customer may take six seconds to answer
const RETRY = [400, 800, 1500, 3000];
const AGAIN = [0, 400, 401, 429]; // the connection, a stale token, signed out, too fast: later it may go through

// {status, body}; status 0 where nothing came back.
export async function post(url, csrf, body) {
  try {
    const reply = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify(body),
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return { status: reply.status, body: (await reply.json().catch(() => null)) ?? {} };
  } catch {
    return { status: 0, body: {} };
  }
}

export class Outbox extends EventTarget {
  // `keep` holds what is not through yet; `known` tells which turns the page has already.
  constructor({ keep, csrf, known }) {
    super();
    this.keep = keep;
    this.csrf = csrf;
    this.known = known;
    this.waiting = keep.items;
    this.failures = 0;
    this.flying = false;
    window.addEventListener("online", () => this.hurry());
  }

  send(url, body) {
    const item = { url, body: { message: newId(), ...body } };
    this.waiting.push(item);
    this.keep.put(item);
    this.tell("queued", item);
    this.run();
  }

  async run() {
    if (this.flying || !this.waiting.length) return;
    this.flying = true;
    clearTimeout(this.timer);
    const [item] = this.waiting;
    this.tell("sending", item);
    const { status, body } = await post(item.url, this.csrf, { ...item.body, after: this.known() });
    this.flying = false;
    if (status >= 500 || AGAIN.includes(status)) {
      this.failures += 1;
      this.tell("failed", { status });
      this.timer = setTimeout(() => this.run(), RETRY[Math.min(this.failures, RETRY.length) - 1]);
      return;
    }
    this.failures = 0;
    this.waiting.shift();
    this.keep.remove(item);
    this.tell(status === 200 ? "acknowledged" : "refused", { item, body, status });
    this.run();
  }

  hurry() {
    this.failures = 0;
    this.run();
  }

  tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}
