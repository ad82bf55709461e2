// The rehearsal: the trainer's lines are sent whole each time, and the whole conversation comes back.
import { draftOf } from "./draft.js";

const form = document.getElementById("rehearsal");
const list = document.getElementById("rehearsed");
const state = form.querySelector(".rehearsal-state");
const latest = form.querySelector("[data-latest]"); // what a screen reader is told: the customer's last line
const text = document.getElementById("rehearse-text");
const seconds = document.getElementById("rehearse-seconds");
const words = JSON.parse(document.getElementById("rehearsal-words").textContent);
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const most = Number(form.dataset.most);
let lines = [];

function say(word, values) {
  return word.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function bubble(by, speaker, said, lang) {
  return element("p", { className: `said by-${by}`, lang }, element("b", { lang: document.documentElement.lang, textContent: speaker }), said);
}

function note(label, value, title = "") {
  return element("span", { title }, `${label} `, element("span", { className: "code", textContent: value }));
}

// Names of the script by what they mean; the name itself, as it stands in the text, on pointing at it.
function meant(label, names, means) {
  return note(label, names.map((name) => means[name] ?? name).join(words.and), names.join("\n"));
}

// What the turn did: beat, emotion, intents heard, facts told, evidence.
function notes(turn, { facts, means }) {
  const parts = [note(words.beat, turn.beat), note(words.emotion, turn.emotion)];
  if (turn.agent !== null) parts.push(turn.heard.length ? meant(words.heard, turn.heard, means) : words.nothing_heard);
  for (const felt of turn.felt) parts.push(note(means[felt.id] ?? felt.id, felt.delta > 0 ? `+${felt.delta}` : `−${-felt.delta}`, felt.id));
  if (turn.revealed.length) {
    parts.push(note(words.revealed, turn.revealed.join(words.and), turn.revealed.map((fact) => facts[fact]).join("\n")));
  }
  if (turn.evidence.length) parts.push(meant(words.evidence, turn.evidence, means));
  const paragraph = element("p", { className: "notes" });
  parts.forEach((part, at) => paragraph.append(at ? " · " : "", part));
  return paragraph;
}

// The graph shows where the conversation is: the beats passed, and the one it stands in. It is drawn of one version.
function here(turns) {
  const passed = form.elements.version.value === form.dataset.drawn ? turns.map((turn) => turn.end ?? turn.beat) : [];
  for (const node of document.querySelectorAll(".script-graph .node")) {
    const name = node.hash.slice("#beat-".length);
    node.classList.toggle("is-passed", passed.includes(name));
    if (name === passed.at(-1)) node.setAttribute("aria-current", "step");
    else node.removeAttribute("aria-current");
  }
}

function shown(turn, told, lang) {
  const item = element("li", {});
  const after = turn.seconds ? ` · ${say(words.seconds, turn)}` : "";
  if (turn.agent !== null) item.append(bubble("agent", words.agent + after, turn.agent, lang));
  else if (turn.deed) item.append(bubble("agent", turn.deed === "silence" ? after.slice(3) : words.agent + after, words[turn.deed], ""));
  if (turn.line) {
    const back = element("button", { type: "button", className: "btn btn-quiet", textContent: words.undo });
    back.addEventListener("click", () => play(lines.slice(0, turn.line - 1)));
    item.lastChild.append(" ", back);
  }
  if (turn.customer !== null) item.append(bubble("customer", words.customer, turn.customer, lang));
  item.append(notes(turn, told));
  return item;
}

let running = null;
async function play(wanted) {
  running?.abort();
  running = new AbortController();
  const language = form.elements.language.value;
  const lang = language === "zh" ? "zh-Hans" : "en";
  try {
    const reply = await fetch(form.dataset.address, {
      method: "POST",
      body: JSON.stringify({
        version: Number(form.elements.version.value), language, seed: Number(form.elements.seed.value) || 0, lines: wanted,
      }),
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf },
      signal: running.signal,
    });
    const told = await reply.json();
    if (!reply.ok) {
      state.textContent = told.error ?? words.failed;
      return false;
    }
    lines = wanted;
    list.replaceChildren(...told.turns.map((turn) => shown(turn, told, lang)));
    if (told.end) {
      const what = told.end.text ? `${told.end.word} — ${told.end.text}` : told.end.word;
      list.append(element("li", { className: "over", textContent: say(words.end, { what }) }));
    }
    here(told.turns);
    state.textContent = "";
    latest.textContent = told.turns.at(-1).customer ?? "";
    latest.lang = lang;
    list.scrollTop = list.scrollHeight;
    return true;
  } catch (error) {
    if (error.name !== "AbortError") state.textContent = words.failed;
    return false;
  }
}

async function add(said) {
  if (lines.length >= most) {
    state.textContent = say(words.full, { lines: most });
    return false;
  }
  const wait = Number(seconds.value);
  return play([...lines, { text: said, seconds: Number.isFinite(wait) && wait >= 0 ? wait : 4 }]);
}

let composing = false;
text.addEventListener("compositionstart", () => { composing = true; });
text.addEventListener("compositionend", () => { composing = false; });
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.isComposing || composing || event.keyCode === 229)) event.preventDefault();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (composing || !text.value.trim()) return;
  if (await add(text.value)) text.value = "";
  text.focus();
});
for (const button of form.querySelectorAll("[data-deed]")) button.addEventListener("click", () => add(button.dataset.deed));
form.querySelector("[data-restart]").addEventListener("click", () => play([]));
for (const control of ["version", "language", "seed"]) form.elements[control].addEventListener("change", () => play([]));
play([]);

// What was saved needs no draft any more.
const draft = draftOf(form.dataset.draft);
const kept = draft.read();
if (kept && Number(form.dataset.saved) === kept.base + 1) draft.keep(null);
