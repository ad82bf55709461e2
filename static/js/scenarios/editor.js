// The script's text: a check while it is written, problems that jump to their lines, a draft that survives a closed tab.
import { draftOf } from "./draft.js";
import { gutter } from "./gutter.js";

const DRAFT_AFTER = 400;
const CHECK_AFTER = 1500;

const form = document.getElementById("script-form");
const text = document.getElementById("script-text");
const state = form.querySelector(".editor-state");
const unsavedState = form.querySelector(".unsaved-state");
const problems = document.getElementById("problems");
const words = JSON.parse(document.getElementById("editor-words").textContent);
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const numbers = gutter(form.querySelector(".line-numbers"), text);
const draft = draftOf(form.dataset.draft);

function say(word, values = {}) {
  return word.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
}

function jump(line) {
  const rows = text.value.split("\n");
  const at = Math.min(Math.max(line, 1), rows.length) - 1;
  const start = rows.slice(0, at).reduce((length, row) => length + row.length + 1, 0);
  text.focus({ preventScroll: true });
  text.setSelectionRange(start, start + rows[at].length);
  const height = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, at * height - text.clientHeight / 3);
  text.scrollLeft = 0;
  text.scrollIntoView({ block: "nearest" });
}

function show(found) {
  const list = problems.querySelector("ol");
  list.replaceChildren(
    ...found.map((one) => {
      const item = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href: "#script-text", textContent: say(words.line, one) });
      link.dataset.line = one.line;
      const code = Object.assign(document.createElement("code"), { textContent: one.key });
      const what = Object.assign(document.createElement("p"), { textContent: one.what });
      const mend = Object.assign(document.createElement("p"), { className: "help", textContent: one.mend });
      item.append(link, " ");
      if (!one.error) {
        item.append(Object.assign(document.createElement("span"), { className: "state state-soon", textContent: words.warning }), " ");
      }
      item.append(code, what, mend);
      return item;
    }),
  );
  numbers.mark(found);
  problems.classList.toggle("is-empty", !found.length);
  problems.querySelector(".problems-title").textContent = found.length ? say(words.problems, { count: found.length }) : "";
  if (found.some((one) => one.error)) text.setAttribute("aria-invalid", "true");
  else text.removeAttribute("aria-invalid");
}

let running = null;
async function check() {
  running?.abort();
  running = new AbortController();
  state.textContent = words.checking;
  try {
    const reply = await fetch(form.dataset.check, {
      method: "POST",
      body: JSON.stringify({ text: text.value }),
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf },
      signal: running.signal,
    });
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    const found = await reply.json();
    show(found.problems);
    state.textContent = found.sound ? words.sound : "";
    return found.problems.length;
  } catch (error) {
    if (error.name !== "AbortError") state.textContent = words.failed;
    return 0;
  }
}

let keeping = 0;
let checking = 0;
let original = text.value;
let dirty = "kept" in form.dataset;
function unsaved() {
  return { base: Number(form.dataset.base), text: text.value };
}

function edited() {
  numbers.count();
  dirty = text.value !== original || "kept" in form.dataset;
  unsavedState.textContent = dirty ? words.changed : "";
  state.textContent = "";
  clearTimeout(keeping);
  clearTimeout(checking);
  keeping = setTimeout(() => draft.keep(dirty ? unsaved() : null), DRAFT_AFTER);
  checking = setTimeout(check, CHECK_AFTER);
}

function offerDraft() {
  const kept = draft.read();
  const found = document.getElementById("draft-found");
  if ("kept" in form.dataset) {
    draft.keep(unsaved());
    return;
  }
  if (!kept || kept.text === text.value || Number(form.dataset.saved) === kept.base + 1) {
    draft.keep(null);
    return;
  }
  found.hidden = false;
  found.querySelector("[data-restore]").addEventListener("click", () => {
    text.value = kept.text;
    found.hidden = true;
    edited();
    text.focus();
  });
  found.querySelector("[data-discard]").addEventListener("click", () => {
    draft.keep(null);
    found.hidden = true;
    text.focus();
  });
}

text.addEventListener("input", edited);
text.addEventListener("scroll", numbers.follow);
form.querySelector("[data-check-now]").addEventListener("click", async () => {
  clearTimeout(checking);
  if (await check()) problems.focus();
});
form.addEventListener("submit", () => {
  draft.keep(unsaved());
  dirty = false;
});
problems.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (!link) return;
  event.preventDefault();
  jump(Number(link.dataset.line));
});
window.addEventListener("beforeunload", (event) => {
  if (!dirty) return;
  draft.keep(unsaved());
  event.preventDefault();
});

numbers.count();
numbers.mark([...problems.querySelectorAll("li")].map((item) => (
  { line: Number(item.querySelector("a").dataset.line), what: item.querySelector("p").textContent }
)));
offerDraft();
if (problems.querySelector("li")) problems.focus();
