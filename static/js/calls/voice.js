// The customer's words read aloud by the browser's own voice, where the person switches it on.

import { $ } from "../drills/build.js";

const KEY = "shanggang-read-aloud";

export class Voice {
  constructor(lang) {
    this.lang = lang === "en" ? "en-GB" : "zh-CN";
    this.box = $("read-aloud");
    if (!("speechSynthesis" in window)) {
      this.box.closest("label").hidden = true;
      return;
    }
    this.box.checked = localStorage.getItem(KEY) === "on";
    this.box.addEventListener("change", () => {
      localStorage.setItem(KEY, this.box.checked ? "on" : "off");
      if (!this.box.checked) speechSynthesis.cancel();
    });
  }

  read(text) {
    if (!this.box.checked || !("speechSynthesis" in window)) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = this.lang;
    speechSynthesis.speak(utterance);
  }
}
