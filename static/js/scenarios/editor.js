// The script's text: line numbers, a check that jumps to the lines, and a draft that survives a closed tab.
const DRAFT_AFTER = 400;

const form = document.getElementById("script-form");
const text = document.getElementById("script-text");
const numbers = form.querySelector(".line-numbers");
const state = form.querySelector(".editor-state");
const problems = document.getElementById("problems");
const words = JSON.parse(document.getElementById("editor-words").textContent);
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const key = `scenario-draft:${form.dataset.draft}`;

function say(word, values = {}) {
  return word.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
}

let counted = 0;
function number() {
  const lines = text.value.split("\n").length;
  if (lines === counted) return;
  counted = lines;
  numbers.textContent = Array.from({ length: lines }, (_one, at) => at + 1).join("\n");
  follow();
}

function follow() {
  numbers.scrollTop = text.scrollTop;
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
    if (found.problems.length) problems.focus();
  } catch (error) {
    if (error.name !== "AbortError") state.textContent = words.failed;
  }
}

// A browser may refuse to keep anything: then there is no draft, and editing goes on.
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function keep(value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // storage is full or closed
  }
}

let timer = 0;
let original = text.value;
let dirty = "kept" in form.dataset;
function edited() {
  number();
  dirty = text.value !== original || "kept" in form.dataset;
  state.textContent = dirty ? words.changed : "";
  clearTimeout(timer);
  timer = setTimeout(() => keep(dirty ? { base: Number(form.dataset.base), text: text.value } : null), DRAFT_AFTER);
}

function offerDraft() {
  const draft = kept();
  const found = document.getElementById("draft-found");
  if ("kept" in form.dataset) {
    keep({ base: Number(form.dataset.base), text: text.value });
    return;
  }
  if (!draft || draft.text === text.value || Number(form.dataset.saved) === draft.base + 1) {
    keep(null);
    return;
  }
  found.hidden = false;
  found.querySelector("[data-restore]").addEventListener("click", () => {
    text.value = draft.text;
    found.hidden = true;
    edited();
    text.focus();
  });
  found.querySelector("[data-discard]").addEventListener("click", () => {
    keep(null);
    found.hidden = true;
    text.focus();
  });
}

text.addEventListener("input", edited);
text.addEventListener("scroll", follow);
form.querySelector("[data-check-now]").addEventListener("click", check);
form.addEventListener("submit", () => {
  keep({ base: Number(form.dataset.base), text: text.value });
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
  keep({ base: Number(form.dataset.base), text: text.value });
  event.preventDefault();
});

number();
offerDraft();
if (problems.querySelector("li")) problems.focus();
