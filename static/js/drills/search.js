// The search pane: looks up as one types, arrows choose, Enter opens. Nothing happens while an input method composes.

import { $, arrows, fill, make, refill } from "./build.js";

const IDLE = 220; // milliseconds without a key before a query is sent

export class Search {
  constructor(words, send, open) {
    Object.assign(this, { words, send, open });
    this.sent = null; // the query that was sent last
    this.shown = null; // the query whose hits are on the page
    this.field = $("search");
    this.list = $("hits");
    this.field.addEventListener("input", (event) => !event.isComposing && this.soon());
    this.field.addEventListener("compositionend", () => this.soon());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("keydown", (event) => {
      if (arrows(this.list, ".hit", event) === "above") this.field.focus();
    });
    $("search-form").addEventListener("submit", (event) => event.preventDefault());
  }

  get query() {
    return this.field.value.trim();
  }

  soon() {
    clearTimeout(this.timer);
    const digits = /^[\d\s-]*$/.test(this.query);
    if (this.query.length >= (digits ? 4 : 2)) this.timer = setTimeout(() => this.look(), IDLE);
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") {
      event.preventDefault();
      this.list.querySelector(".hit")?.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const only = this.list.querySelector(".hit");
      if (this.shown === this.query && only) only.click();
      else this.look();
    }
  }

  async look() {
    clearTimeout(this.timer);
    const query = this.query;
    if (query === this.sent) return;
    this.sent = query;
    const reply = await this.send("search", { q: query });
    if (reply.error) this.note(reply.error);
    else if (this.sent === query) this.show(reply.shown);
    if (reply.error) this.sent = null;
  }

  note(text) {
    $("search-note").textContent = text;
    this.list.replaceChildren();
    this.shown = null;
  }

  show({ query, hits, more }) {
    if (!hits) return;
    this.sent = this.shown = query;
    if (!this.field.value) this.field.value = query;
    const count = fill(this.words.hits, { count: hits.length });
    $("search-note").textContent = !hits.length ? this.words.no_hits : more ? `${count} · ${this.words.more}` : count;
    refill(this.list, hits.map((hit) => this.line(hit)), this.field);
  }

  line(hit) {
    const flags = [
      hit.enterprise && this.words.enterprise,
      hit.security_note && this.words.flag_security,
      hit.authorised_contact && this.words.flag_contact,
    ].filter(Boolean);
    const button = make(
      "button",
      { type: "button", class: "hit", "data-customer": hit.customer, "data-key": hit.customer, onclick: () => this.open(hit.customer) },
      make("span", { class: "hit-name", text: hit.name }),
      make("span", { class: "number", text: hit.number }),
      make("span", { class: "hit-status", text: hit.status }),
      make("span", { class: "hit-more quiet", text: [hit.address, hit.account].filter(Boolean).join(" · ") }),
      flags.length ? make("span", { class: "hit-flags", text: flags.join(" · ") }) : null,
    );
    return make("li", {}, button);
  }

  mark(customer) {
    for (const button of this.list.querySelectorAll(".hit")) {
      if (Number(button.dataset.customer) === customer) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  focus() {
    this.field.focus();
    this.field.select();
  }
}
