// What the page notices, for an invigilator to judge: leaving, coming back, pasting, losing the network.

export class Signals {
  constructor() {
    this.waiting = [];
    this.away = false;
    document.addEventListener("visibilitychange", () => this.leave(document.hidden));
    window.addEventListener("blur", () => this.leave(true));
    window.addEventListener("focus", () => this.leave(false));
    document.addEventListener("paste", (event) => {
      this.note("pasted", (event.clipboardData?.getData("text") ?? "").length);
    });
    document.addEventListener("copy", () => this.note("copied", String(window.getSelection()).length));
    window.addEventListener("offline", () => this.note("offline"));
    window.addEventListener("online", () => this.note("online"));
  }

  leave(away) {
    if (away === this.away) return;
    this.away = away;
    this.note(away ? "left" : "returned");
  }

  note(kind, count = 0) {
    this.waiting.push({ kind, at: performance.now(), count });
    this.waiting.splice(0, this.waiting.length - 40);
  }

  take() {
    const now = performance.now();
    return this.waiting.splice(0).map(({ kind, at, count }) => ({ kind, ago: Math.round(now - at), count }));
  }

  giveBack(signals) {
    const now = performance.now();
    this.waiting.unshift(...signals.map(({ kind, ago, count }) => ({ kind, at: now - ago, count })));
  }
}
