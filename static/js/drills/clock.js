// The clock counts up from the cue. The server says how much is left; the page counts by a clock that nobody can set.

const pad = (number) => String(number).padStart(2, "0");
export const clockText = (seconds) => `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;

export class Clock extends EventTarget {
  // `limit`: from cue to forced end; `within`: until then a lookup counts, a workflow's efficiency is whole.
  constructor(limit, within) {
    super();
    this.limit = limit;
    this.within = within;
    this.left = null;
    this.paused = false;
    this.said = new Set();
  }

  sync(leftMs) {
    if (typeof leftMs !== "number") return;
    this.left = leftMs;
    this.at = performance.now();
    this.timer ??= setInterval(() => this.tick(), 100);
    this.tick();
  }

  leftNow() {
    return this.paused ? this.left : Math.max(0, this.left - (performance.now() - this.at));
  }

  tick() {
    const left = this.leftNow();
    const used = Math.max(0, this.limit - left);
    const toLimit = this.within - used;
    const tone = toLimit <= 0 ? "late" : toLimit <= 10000 ? "soon" : "calm";
    this.dispatchEvent(new CustomEvent("tick", { detail: { seconds: Math.floor(used / 1000), tone } }));
    if (toLimit <= 10000 && toLimit > 0) this.once("soon");
    if (toLimit <= 0) this.once("late");
    if (left <= 0) this.once("end");
  }

  once(what) {
    if (this.said.has(what)) return;
    this.said.add(what);
    this.dispatchEvent(new Event(what));
  }

  stop() {
    clearInterval(this.timer);
  }
}
