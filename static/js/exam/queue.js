// Sends what the store holds: soon after each change, in order, again and again until the server has confirmed it.

import { newId } from "../new_id.js";

const CHOICE_DELAY = 120;
const TYPING_DELAY = 1200; // well under the two seconds within which a change must leave
const TIMEOUT = 8000;
const PAUSED = 3000;
const RETRY = [1000, 2000, 3000, 5000, 8000];

export class Queue extends EventTarget {
  // `send(epoch, ops)` → Response; `epoch` is this page's.
  constructor(store, send) {
    super();
    this.store = store;
    this.send = send;
    this.epoch = 0;
    this.seq = 0;
    this.pending = new Map(); // op id → op
    this.refused = new Map(); // op id → op that the server calls wrong: kept in the store, not sent again by this page
    this.suspects = new Set(); // op ids of a request that was called wrong: each goes alone, to find which it is
    this.flying = new Set();
    this.trip = null; // what is flying; resolves as flush does
    this.failures = 0;
    this.stopped = false;
    this.timer = 0;
    this.dueAt = Infinity;
    this.chain = Promise.resolve();
  }

  // Ops that an earlier page left behind. Where nothing newer was saved meanwhile (from epoch `carriesFrom` on) they
  // are ours to carry on; older ones go out as they are, and the server keeps them as drafts.
  async adopt(epoch, carriesFrom) {
    this.epoch = epoch;
    const left = (await this.store.all()).sort((a, b) => a.epoch - b.epoch || a.seq - b.seq);
    for (const op of left) {
      const adopted = op.epoch >= carriesFrom ? { ...op, epoch, seq: ++this.seq } : op;
      this.pending.set(op.op, adopted);
      await this.store.put(adopted);
    }
    if (left.length) this.soon(0);
    return left.filter((op) => op.epoch >= carriesFrom);
  }

  // A change. An earlier change of the same question that has not left yet, or was refused, is replaced by it.
  async add(position, answer, flagged, typing) {
    const earlier = [...this.pending.values(), ...this.refused.values()].find(
      (op) => op.q === position && op.epoch === this.epoch && !this.flying.has(op.op),
    );
    const op = { op: newId(), epoch: this.epoch, seq: ++this.seq, q: position, a: answer, f: flagged };
    if (earlier) [this.pending, this.refused].forEach((ops) => ops.delete(earlier.op));
    this.pending.set(op.op, op);
    this.tell("waiting");
    // At once, not behind the change before: the store keeps the order, and the page may go at any moment.
    const stored = this.store.put(op, earlier?.op).catch(() => this.tell("unstored"));
    this.chain = Promise.all([this.chain, stored]);
    await this.chain;
    this.soon(typing ? TYPING_DELAY : CHOICE_DELAY);
  }

  // Send within `delay`; a later call never puts an earlier promise off.
  soon(delay) {
    const due = performance.now() + delay;
    if (due >= this.dueAt) return;
    clearTimeout(this.timer);
    this.dueAt = due;
    this.timer = setTimeout(() => this.flush(), delay);
  }

  get size() {
    return this.pending.size;
  }

  // Everything that waits, at once. Resolves to true when nothing waits any more.
  async flush() {
    clearTimeout(this.timer);
    this.dueAt = Infinity;
    await this.chain;
    if (this.flying.size) return this.trip;
    if (this.stopped || !this.pending.size) return !this.pending.size;
    const first = Math.min(...[...this.pending.values()].map((op) => op.epoch));
    const waiting = [...this.pending.values()].filter((op) => op.epoch === first);
    const ops = waiting.slice(0, this.suspects.has(waiting[0].op) ? 1 : 50);
    this.trip = this.carry(first, ops);
    return this.trip;
  }

  async carry(epoch, ops) {
    ops.forEach((op) => this.flying.add(op.op));
    this.tell("saving");
    let reply = null;
    try {
      reply = await this.send(epoch, ops.map(({ op, seq, q, a, f }) => ({ op, seq, q, a, f })), TIMEOUT);
    } catch {
      reply = null; // no network, or no answer in time
    }
    const pause = await this.settle(reply, ops);
    if (this.pending.size && !this.stopped) this.soon(pause);
    return !this.pending.size;
  }

  // Takes the reply to heart; resolves to how long to wait before the rest is sent.
  async settle(reply, ops) {
    ops.forEach((op) => this.flying.delete(op.op));
    if (reply?.status === 422) {
      this.failures = 0;
      if (ops.length > 1) ops.forEach((op) => this.suspects.add(op.op));
      else this.setApart(ops[0]);
      return 0;
    }
    const taken = reply && [200, 202, 409].includes(reply.status) && reply.body?.standing;
    if (!taken) {
      this.failures += 1;
      this.tell("failed", { status: reply?.status ?? 0, body: reply?.body });
      return RETRY[Math.min(this.failures, RETRY.length) - 1];
    }
    this.failures = 0;
    if (reply.body.standing === "paused") {
      this.tell("answered", reply.body); // nothing was taken; the ops wait until the clock runs again
      return PAUSED;
    }
    ops.forEach((op) => this.pending.delete(op.op));
    await this.store.remove(ops.map((op) => op.op)).catch(() => undefined);
    this.tell("answered", { ...reply.body, ops });
    return 0;
  }

  // The store keeps it; a later page offers it once more, in case it was the server that was wrong.
  setApart(op) {
    this.pending.delete(op.op);
    this.refused.set(op.op, op);
    this.tell("refused", { op });
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  tell(what, detail = {}) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}
