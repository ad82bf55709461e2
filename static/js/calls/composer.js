// Where words are typed: Enter makes a new line, Ctrl+Enter sends; what is not sent yet survives a reload
// and a closed browser, until the call is over.

import { $ } from "../drills/build.js";
import { wording } from "./wording.js";

const LONGEST = 2000; // characters, as the server counts them
const NEAR = 1700; // from here on the count is shown

export class Composer {
  constructor({ keep, words, send }) {
    this.keep = keep;
    this.words = words;
    this.send = send;
    this.field = $("words");
    this.field.value = keep.draft;
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => {
      if (event.isComposing || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.submit();
    });
    $("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.changed();
  }

  changed() {
    const count = Array.from(this.field.value.trim()).length;
    $("count").textContent = count >= NEAR ? wording(this.words.characters, { count }) : "";
    this.complain(count > LONGEST ? this.words.too_long : "");
    this.keep.type(this.over ? "" : this.field.value);
    return count;
  }

  submit() {
    const count = this.changed();
    this.field.focus();
    if (!count || count > LONGEST) return;
    this.send(this.field.value.trim());
    this.field.value = "";
    this.changed();
  }

  // The call is over: nothing is left to be said, or to be kept.
  close() {
    this.over = true;
    this.keep.type("");
  }

  // A refused text comes back, unless something else is being typed.
  giveBack(text, why) {
    if (text && !this.field.value) this.field.value = text;
    this.changed();
    this.complain(why);
  }

  complain(why) {
    $("composer-error").textContent = why;
  }
}
