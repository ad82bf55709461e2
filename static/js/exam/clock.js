// The clock: the server says how much time is left, the page counts down by a clock that nobody can set.

const MARKS = [600, 300, 60]; // seconds left at which it is said aloud, and half time

export function clockText(seconds) {
  const pad = (number) => String(number).padStart(2, "0");
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

export class Clock extends EventTarget {
  constructor(face, voice, words, total) {
    super();
    Object.assign(this, { face, voice, words, total });
    this.leftAtSync = 0;
    this.syncedAt = performance.now();
    this.paused = false;
    this.said = new Set();
    this.ended = false;
    setInterval(() => this.tick(), 250);
  }

  // Every reply of the server brings the time left; a longer time than we thought is an extension.
  sync(leftMs, paused) {
    if (typeof leftMs !== "number") return;
    if (leftMs > this.left() + 20000 && this.syncedOnce) {
      this.dispatchEvent(new CustomEvent("extended", { detail: { minutes: Math.round((leftMs - this.left()) / 60000) } }));
      this.said.clear();
    }
    this.syncedOnce = true;
    this.leftAtSync = leftMs;
    this.syncedAt = performance.now();
    this.paused = Boolean(paused);
    if (leftMs > 0) this.ended = false;
    this.tick();
  }

  left() {
    return this.paused ? this.leftAtSync : Math.max(0, this.leftAtSync - (performance.now() - this.syncedAt));
  }

  tick() {
    const seconds = Math.ceil(this.left() / 1000);
    const text = clockText(seconds);
    if (this.face.textContent !== text) this.face.textContent = text;
    this.face.closest("[data-clock]").classList.toggle("clock-short", seconds <= 300);
    this.announce(seconds);
    if (seconds <= 0 && this.syncedOnce && !this.ended && !this.paused) {
      this.ended = true;
      this.dispatchEvent(new Event("end"));
    }
  }

  announce(seconds) {
    const half = Math.floor(this.total / 2);
    for (const mark of [...MARKS, half]) {
      if (seconds <= mark && seconds > mark - 5 && !this.said.has(mark) && mark > 0) {
        this.said.add(mark);
        this.voice.textContent = this.words.left.replace("{minutes}", String(Math.round(mark / 60)));
      }
    }
  }
}
