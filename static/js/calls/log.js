// The conversation: committed turns in their order, and below them what has not reached the server yet.

import { make } from "../drills/build.js";
import { wording } from "./wording.js";

export class Log {
  // `own`: who speaks at this page; the other side's words stand left.
  constructor({ list, box, words, lang, own }) {
    Object.assign(this, { list, box, words, lang, own });
    this.last = 0;
    this.speaker = null; // of the last words or deed
  }

  // The turns that were not there yet.
  add(turns) {
    const fresh = turns.filter((turn) => turn.seq > this.last);
    for (const turn of fresh) {
      if (turn.speaker === this.own && turn.kind === "say") this.arrived(turn.text);
      this.list.insertBefore(this.element(turn), this.list.querySelector("[data-message]"));
      this.last = turn.seq;
      if (turn.kind !== "hand") this.speaker = turn.speaker;
    }
    if (fresh.length) this.follow();
    return fresh;
  }

  element(turn) {
    const at = make("span", { class: "number moment", text: turn.at });
    if (turn.kind !== "say") {
      const said = wording(this.words[turn.kind] ?? turn.kind, { what: turn.what ?? "", seconds: Math.round(turn.seconds ?? 0) });
      return make("li", { class: "turn turn-deed", "data-seq": turn.seq }, make("p", { class: "deed-line" }, make("span", { text: said }), at));
    }
    const who = make("span", { class: "turn-who", text: this.words[turn.speaker] ?? turn.speaker });
    const by = turn.by === "script" ? make("span", { class: "quiet", text: this.words.script }) : null;
    return make("li", { class: `turn turn-${turn.speaker} ${this.side(turn.speaker)}`, "data-seq": turn.seq },
      make("p", { class: "turn-head" }, who, by, at), make("p", { class: "turn-text", lang: this.lang, text: turn.text }));
  }

  side(speaker) {
    return speaker === this.own ? "is-own" : "is-other";
  }

  pending(message, text) {
    if (this.list.querySelector(`[data-message="${message}"]`)) return;
    this.list.append(make("li", { class: `turn turn-${this.own} is-own is-pending`, "data-message": message, "data-text": text },
      make("p", { class: "turn-head" }, make("span", { class: "turn-who", text: this.words[this.own] }), make("span", { class: "quiet", text: this.words.sending })),
      make("p", { class: "turn-text", lang: this.lang, text })));
    this.follow();
  }

  settled(message) {
    this.list.querySelector(`[data-message="${message}"]`)?.remove();
  }

  arrived(text) {
    [...this.list.querySelectorAll("[data-message]")].find((item) => item.dataset.text.trim() === text)?.remove();
  }

  follow() {
    this.box.scrollTop = this.box.scrollHeight;
  }
}
