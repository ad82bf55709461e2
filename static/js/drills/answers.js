// The answer form: every change goes into the journal soon, and all of them before the submission.

import { $, fill, make } from "./build.js";

const DELAY = 400;
const ARTICLE = "article";
const CHILDREN = "ticket.children";

export class Answers {
  constructor(setup, send) {
    this.words = setup.words;
    this.workflow = setup.kind === "workflow";
    this.send = send;
    this.fields = [];
    this.timers = new Map();
    this.known = {};
    $("answers").addEventListener("submit", (event) => event.preventDefault());
  }

  build(fields, answers, read) {
    this.known = { ...answers };
    const article = { field: ARTICLE, kind: "article", label: this.words.article, choices: [] };
    this.fields = this.workflow ? [article, ...fields] : [...fields, article];
    const pins = make("div", { class: "field evidence", id: "evidence" });
    $("answers").replaceChildren(...this.fields.map((field, at) => this.control(field, at)), pins);
    for (const one of read ?? []) this.addArticle(one);
    for (const field of this.fields) this.write(field, this.known[field.field] ?? "");
  }

  control(field, at) {
    const id = `answer-${at}`;
    const shared = { id, "data-field": field.field };
    if (field.field === CHILDREN) return this.children(field, id);
    const control = this.input(field, shared);
    control.addEventListener("input", (event) => !event.isComposing && this.changed(field));
    control.addEventListener("compositionend", () => this.changed(field));
    control.addEventListener("blur", () => this.flush(field));
    return make("div", { class: field.kind === "text" ? "field field-wide" : "field" },
      make("label", { class: "form-label", for: id, text: field.label }), control);
  }

  input(field, shared) {
    if (field.kind === "article" || field.choices.length) {
      const options = field.choices.map((choice) => make("option", { value: choice.code, text: choice.label }));
      return make("select", { ...shared, class: "form-select" }, make("option", { value: "", text: this.words.choose }), options);
    }
    if (field.field === "ticket.note") return make("textarea", { ...shared, class: "form-control", rows: 2, maxlength: 500 });
    const mode = { money: "decimal", number: "decimal" }[field.kind];
    const like = { date: "2026-03-16", moment: "2026-03-16 10:00", money: "0.00" }[field.kind];
    return make("input", { ...shared, class: "form-control", type: "text", inputmode: mode, placeholder: like, maxlength: 200, spellcheck: "false" });
  }

  children(field, id) {
    const boxes = field.choices.map((choice) =>
      make("label", { class: "proof" }, make("input", { type: "checkbox", value: choice.code }), ` ${choice.label}`));
    const group = make("fieldset", { class: "field field-wide", id, "data-field": field.field }, make("legend", { class: "form-label", text: field.label }), boxes);
    group.addEventListener("change", () => this.changed(field, 0));
    return group;
  }

  of(field) {
    return $("answers").querySelector(`[data-field="${CSS.escape(field.field)}"]`);
  }

  read(field) {
    const control = this.of(field);
    if (control.tagName === "FIELDSET") return [...control.querySelectorAll(":checked")].map((box) => box.value).sort().join("+");
    return control.value;
  }

  write(field, value) {
    const control = this.of(field);
    if (control.tagName === "FIELDSET") {
      const codes = value.split("+");
      control.querySelectorAll("input").forEach((box) => (box.checked = codes.includes(box.value)));
    } else control.value = value;
  }

  changed(field, delay = DELAY) {
    clearTimeout(this.timers.get(field.field));
    this.timers.set(field.field, setTimeout(() => this.flush(field), delay));
    this.onchange?.();
  }

  // Sends the field where it differs from what the journal has.
  flush(field) {
    clearTimeout(this.timers.get(field.field));
    this.timers.delete(field.field);
    const value = this.read(field);
    if (value === (this.known[field.field] ?? "")) return;
    this.known[field.field] = value;
    this.send("answer", { field: field.field, value }).then((reply) => {
      if (reply.error) $("answer-note").textContent = reply.error;
    });
  }

  flushAll() {
    this.fields.forEach((field) => this.flush(field));
  }

  addArticle({ article, title }) {
    const select = this.of({ field: ARTICLE });
    if (![...select.options].some((option) => option.value === article)) select.append(make("option", { value: article, text: title }));
  }

  useArticle(article) {
    this.addArticle(article);
    const field = this.fields.find((one) => one.field === ARTICLE);
    this.write(field, article.article);
    this.changed(field, 0);
  }

  value(name) {
    return this.read(this.fields.find((field) => field.field === name));
  }

  // Labels of what is still to be filled in; no children and no amount may be meant.
  empty() {
    return this.fields.filter((field) => ![CHILDREN].includes(field.field) && !this.read(field).trim()).map((field) => field.label);
  }

  showPins(pins, unpin) {
    const lines = pins.map((pin) =>
      make("li", {}, `${pin.label} `, make("button", {
        type: "button", class: "btn btn-quiet btn-show", text: this.words.unpin, "aria-label": `${this.words.unpin} ${pin.label}`,
        onclick: () => unpin(pin),
      })));
    $("evidence").replaceChildren(
      make("p", { class: "form-label", text: this.words.evidence }),
      pins.length ? make("ul", { class: "pins" }, lines) : make("p", { class: "quiet", text: this.words.no_evidence }),
    );
  }

  note(text) {
    $("answer-note").textContent = text;
  }

  askAgain() {
    const empty = this.empty();
    if (!empty.length) return false;
    this.note(fill(this.words.still_empty, { count: empty.length, fields: empty.join(this.words.comma) }));
    return true;
  }

  focus() {
    const first = this.fields.find((field) => !this.read(field).trim()) ?? this.fields[0];
    (this.of(first).querySelector?.("input") ?? this.of(first)).focus();
  }
}
