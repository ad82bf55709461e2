// The record pane: card, verification, panels with masked cells and rows to pin.

import { $, arrows, fill, follow, make } from "./build.js";

// Dates, moments and numbers are not broken at their hyphens; the text around them is, as any other.
function whole(text) {
  if (!/\d-\d/.test(text)) return text;
  const parts = text.split(/([A-Za-z0-9]*\d-\d[A-Za-z0-9:.-]*)/);
  return make("span", {}, ...parts.map((part, at) => (at % 2 ? make("span", { class: "whole", text: part }) : part)));
}

export class Record {
  constructor(setup, send) {
    this.words = setup.words;
    this.proofWords = setup.proofs;
    this.verifies = setup.verifies; // the agent enters the level that was reached
    this.pinning = setup.pins; // rows are chosen as evidence
    this.send = send;
    this.customer = null;
    this.panelName = null;
    this.pins = [];
    this.level = 0;
    this.proofs = [];
    $("panel").addEventListener("keydown", (event) => arrows($("panel"), "button", event));
  }

  show(card) {
    this.customer = card?.customer ?? null;
    $("record").hidden = !card;
    $("record-none").hidden = Boolean(card);
    if (!card) return;
    $("record-title").textContent = card.title;
    $("record-flags").replaceChildren(...card.flags.map((flag) => make("span", { class: "state state-soon", text: flag })));
    $("record-facts").replaceChildren(
      ...card.cells.map(([label, cell]) => make("div", {}, make("dt", { text: label }), make("dd", {}, this.cell(cell, label)))),
    );
    this.tabs = card.tabs;
    this.showTabs();
  }

  showTabs() {
    $("tabs").replaceChildren(...(this.tabs ?? []).map((tab, at) => this.tab(tab, at)));
  }

  tab(tab, at) {
    const locked = tab.needs > this.level;
    return make(
      "button",
      {
        type: "button",
        class: "tab",
        "data-panel": tab.name,
        "aria-pressed": String(tab.name === this.panelName),
        "aria-keyshortcuts": `Alt+${at + 1}`,
        onclick: () => this.open(tab.name),
      },
      make("kbd", { "aria-hidden": "true", text: String(at + 1) }),
      ` ${tab.title}`,
      tab.count ? make("span", { class: "tab-count", text: ` ${tab.count}` }) : null,
      locked ? make("span", { class: "tab-needs", text: ` ${fill(this.words.needs, { level: tab.needs })}` }) : null,
    );
  }

  async open(name) {
    const from = document.activeElement;
    const reply = await this.send("panel", { panel: name });
    if (reply.error) return;
    this.showPanel(reply.shown.panel);
    follow(from, $("panel"));
  }

  nth(number) {
    const tab = (this.tabs ?? [])[number - 1];
    if (tab && this.customer !== null) this.open(tab.name);
  }

  showPanel(panel) {
    this.panel = panel;
    this.panelName = panel?.name ?? null;
    this.showTabs();
    const tables = panel ? panel.tables.map((table) => this.table(table)) : [];
    $("panel").replaceChildren(...(panel && !tables.length ? [make("p", { class: "quiet", text: this.words.empty_panel })] : tables));
  }

  table(table) {
    const heading = make("h3", { class: "table-title", text: table.heading });
    if (!table.rows.length) return make("div", {}, heading, make("p", { class: "quiet", text: this.words.empty_panel }));
    const pins = this.pinning && table.rows.some((row) => row.ref);
    const head = make("tr", {}, ...table.columns.map((column) => make("th", { scope: "col", text: column })),
      pins ? make("th", { scope: "col" }, make("span", { class: "visually-hidden", text: this.words.evidence })) : null);
    const rows = table.rows.map((row) => this.row(row, table, pins));
    return make("div", {}, heading, make("div", { class: "table-wrap", tabindex: "-1" },
      make("table", { class: "table record-table" }, make("thead", {}, head), make("tbody", {}, rows))));
  }

  row(row, table, pins) {
    const cells = row.cells.map((cell, at) => make("td", {}, this.cell(cell, table.columns[at])));
    if (row.past) cells[0].append(make("span", { class: "past-mark", text: ` ${this.words.past}` }));
    if (pins) cells.push(make("td", { class: "pin-cell" }, row.ref ? this.pinButton(row.ref, row.cells[0].text) : null));
    return make("tr", { class: row.past ? "past" : false, "data-ref": row.ref }, cells);
  }

  cell(cell, label) {
    if (!cell.unmask) return whole(cell.text);
    const name = fill(this.words.unmask_field, { field: label });
    const show = make("button", {
      type: "button", class: "btn btn-quiet btn-show", "aria-label": name, text: this.words.unmask,
      "data-unmask": cell.unmask, onclick: () => this.unmask(cell.unmask),
    });
    return make("span", { class: "masked" }, make("span", { text: cell.text }), show);
  }

  async unmask(field) {
    const from = document.activeElement;
    const inPanel = $("panel").contains(from);
    const reply = await this.send("unmask", { field });
    if (reply.error) return;
    this.show(reply.shown.card);
    this.showPanel(reply.shown.panel);
    follow(from, inPanel ? $("panel") : $("record-title"));
  }

  // --- evidence ---------------------------------------------------------------------------------------------------

  isPinned(ref) {
    const whose = ref.startsWith("notice:") ? null : this.customer;
    return this.pins.some((pin) => pin.ref === ref && (whose === null || pin.customer === whose));
  }

  pinButton(ref, what) {
    const on = this.isPinned(ref);
    return make("button", {
      type: "button", class: "btn btn-outline btn-pin", "aria-pressed": String(on), "data-pin": ref,
      "aria-label": `${this.words.pin} ${what}`, text: on ? this.words.pinned : this.words.pin,
      onclick: () => this.togglePin(ref),
    });
  }

  async togglePin(ref) {
    const reply = await this.send(this.isPinned(ref) ? "unpin" : "pin", { ref });
    if (!reply.error) this.showPins(reply.shown.pins);
  }

  showPins(pins) {
    this.pins = pins ?? [];
    for (const button of document.querySelectorAll("[data-pin]")) {
      const on = this.isPinned(button.dataset.pin);
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? this.words.pinned : this.words.pin;
    }
    this.pinsChanged?.(this.pins);
  }

  // --- verification -----------------------------------------------------------------------------------------------

  showLevel(level, proofs) {
    this.level = level ?? 0;
    this.proofs = proofs ?? [];
    if (!this.verifies) {
      $("verification").replaceChildren(make("span", { class: "state state-good", text: fill(this.words.verified, { level: this.level }) }));
    } else if (!$("verification").firstChild) {
      this.buildVerification();
    } else {
      this.verifyTitle.textContent = fill(this.words.verify, { level: this.level });
    }
    this.showTabs();
  }

  buildVerification() {
    this.verifyTitle = make("summary", { class: "btn btn-outline", "aria-keyshortcuts": "Alt+V", text: fill(this.words.verify, { level: this.level }) });
    const boxes = Object.entries(this.proofWords).map(([code, word]) =>
      make("label", { class: "proof" }, make("input", { type: "checkbox", name: "proof", value: code, checked: this.proofs.includes(code) }), ` ${word}`));
    const level = make("select", { class: "form-select", name: "level", "aria-label": this.words.verify_level },
      ...[0, 1, 2, 3].map((number) => make("option", { value: number, selected: number === this.level, text: `V${number}` })));
    const form = make("form", { class: "verify-form" },
      make("fieldset", {}, make("legend", { text: this.words.proofs }), boxes),
      make("label", {}, `${this.words.verify_level} `, level),
      make("button", { class: "btn btn-primary", text: this.words.confirm_verify }));
    form.addEventListener("submit", (event) => this.verify(event, form));
    this.verification = make("details", { class: "verify" }, this.verifyTitle, form);
    this.verification.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.verification.open) {
        this.verification.open = false;
        this.verifyTitle.focus();
      }
    });
    $("verification").replaceChildren(this.verification);
  }

  async verify(event, form) {
    event.preventDefault();
    const proofs = [...form.querySelectorAll("[name=proof]:checked")].map((box) => box.value);
    const from = document.activeElement;
    const reply = await this.send("verify", { level: Number(form.elements.level.value), proofs });
    if (reply.error) return;
    this.verification.open = false;
    this.showLevel(reply.shown.level, reply.shown.proofs);
    follow(from, this.verifyTitle);
  }

  startVerifying() {
    if (!this.verification || $("record").hidden) return;
    this.verification.open = true;
    this.verification.querySelector("input").focus();
  }
}
