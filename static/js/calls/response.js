// The response clock: how long the other side has waited, counted on from the server's figure; said in words and
// figures, and by a sign once it is late.

import { $ } from "../drills/build.js";
import { seconds } from "./wording.js";

const SOON = 7000;

export class ResponseClock {
  constructor({ words, limit = null }) {
    this.words = words;
    this.limit = limit;
    this.since = null;
    setInterval(() => this.show(), 100);
  }

  // `waited` milliseconds by now; null: nobody waits.
  set(waited, word) {
    this.since = waited === null ? null : performance.now() - waited;
    $("response-word").textContent = word;
    this.show();
  }

  show() {
    const box = $("response");
    const waited = this.since === null ? 0 : performance.now() - this.since;
    const tone = this.limit === null || this.since === null ? "calm" : waited > this.limit ? "late" : waited > SOON ? "soon" : "calm";
    if (box.dataset.tone !== tone) box.dataset.tone = tone;
    $("response-time").textContent = this.since === null ? "" : `${seconds(waited)} s`;
    const limit = $("response-limit");
    if (limit) limit.textContent = this.since === null ? "" : tone === "late" ? this.words.late : this.words.limit;
  }
}
