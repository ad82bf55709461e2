// The desktop beside the call: the drill's own panes, driven while the conversation goes on. What it shows comes from the
// server's replies.

import { $, follow } from "../drills/build.js";
import { bindKeys } from "../drills/keys.js";
import { Knowledge } from "../drills/knowledge.js";
import { Link } from "../drills/link.js";
import { Record } from "../drills/record.js";
import { Search } from "../drills/search.js";

export class CallDesk {
  // `setup` as the page gives it; `show` brings a pane to the front; `live` tells whether the call goes on.
  constructor({ setup, csrf, show, live }) {
    this.words = setup.words;
    this.show = show;
    this.link = new Link({ url: setup.url, csrf });
    this.link.addEventListener("failed", ({ detail }) => this.note([400, 401].includes(detail.status) ? this.words.signed_out : this.words.offline));
    this.link.addEventListener("answered", () => this.note(""));
    const send = (kind, data) => this.send(kind, data);
    this.record = new Record(setup, send);
    this.knowledge = new Knowledge(this.words, send, this.record);
    this.search = new Search(this.words, send, (customer) => this.open(customer));
    this.record.showLevel(setup.shown.level, setup.shown.proofs);
    this.knowledge.showNotices(setup.shown.notices);
    this.record.show(setup.shown.card);
    if (setup.shown.card) this.record.showPanel(setup.shown.panel);
    bindKeys(this.keys(live), setup.single_keys);
  }

  async send(kind, data) {
    const reply = await this.link.send(kind, data);
    if (reply.error) this.note(reply.error);
    return reply;
  }

  async open(customer) {
    const from = document.activeElement;
    const reply = await this.send("open", { customer });
    if (reply.error) return;
    this.record.show(reply.shown.card);
    this.record.showPanel(null);
    this.search.mark(customer);
    this.show("record");
    follow(from, $("record-title"));
  }

  keys(live) {
    const go = (pane, to) => () => {
      if (!live()) return;
      this.show(pane);
      to();
    };
    return {
      submit: () => {
        const form = document.activeElement.closest("form[data-deed]");
        if (form && live()) form.requestSubmit();
      },
      panel: (number) => go("record", () => this.record.nth(number))(),
      help: () => $("keys").showModal(),
      letters: {
        S: go("search", () => this.search.focus()),
        K: go("knowledge", () => this.knowledge.focus()),
        V: go("record", () => this.record.startVerifying()),
        T: go("ticket", () => $("ticket-type").focus()),
        C: () => live() && $("words").focus(),
      },
    };
  }

  note(text) {
    if ($("crm-note").textContent !== text) $("crm-note").textContent = text;
  }

  close() {
    $("crm").inert = true;
  }
}
