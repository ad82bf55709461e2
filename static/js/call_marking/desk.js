// The marking desk of calls: turns pinned to criteria, the sheet saved as one marks, the lease kept while one is at it.
import { bindKeys } from "./keys.js";
import "./replay.js";

const form = document.getElementById("desk");
const words = JSON.parse(form.dataset.words);
const line = document.getElementById("save-line");
const token = document.querySelector("meta[name=csrf-token]").content;
const IDLE = 1200;
const RENEW_EVERY = 60_000;

let timer = null;
let sending = Promise.resolve();
let stopped = false;
let dirty = false;
let active = false;
let lastRenewal = Date.now();
let lastComment = form.querySelector("[data-comment]");

const headers = { "X-CSRFToken": token, Accept: "application/json" };
const postJson = (address, body) =>
  fetch(address, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) });

function say(text, tone) {
  line.textContent = text;
  line.dataset.tone = tone;
}

function stop() {
  stopped = true;
  document.getElementById("lost").hidden = false;
  for (const control of form.querySelectorAll("input, button")) control.disabled = true;
  for (const area of form.querySelectorAll("textarea")) area.readOnly = true;
}

function showOther() {
  stopped = true;
  say("", "bad");
  document.getElementById("other-window").hidden = false;
}

// Keep what stands here: the other window's version is asked for, and this sheet is saved over it.
document.getElementById("keep-mine").addEventListener("click", async () => {
  const page = await fetch(location.href).then((reply) => reply.text()).catch(() => "");
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("#desk input[name=version]");
  if (!fresh) return;
  form.elements.version.value = fresh.value;
  document.getElementById("other-window").hidden = true;
  stopped = false;
  change();
});

async function save() {
  if (stopped || !dirty) return;
  dirty = false;
  say(words.saving, "busy");
  try {
    const reply = await fetch(form.dataset.draft, { method: "POST", headers, body: new URLSearchParams(new FormData(form)) });
    const body = await reply.json().catch(() => ({}));
    if (reply.ok) {
      form.elements.version.value = body.version;
      lastRenewal = Date.now();
      say(words.saved.replace("{time}", body.saved_at), "good");
    } else if (reply.status === 422 && body.problems) {
      say(`${words.rejected} ${Object.values(body.problems)[0] ?? ""}`, "bad");
    } else if (reply.status === 409 && body.conflict === "version") {
      showOther();
    } else if (reply.status === 409) {
      stop();
    } else {
      throw new Error(String(reply.status));
    }
  } catch {
    dirty = true;
    say(words.failed, "bad");
    timer = setTimeout(queueSave, 5000);
  }
}

function queueSave() {
  clearTimeout(timer);
  sending = sending.then(save);
  return sending;
}

function change() {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(queueSave, IDLE);
}

async function renew() {
  if (stopped || !active || Date.now() - lastRenewal < RENEW_EVERY) return;
  active = false;
  lastRenewal = Date.now();
  const reply = await postJson(form.dataset.lease, {}).catch(() => null);
  if (reply?.status === 409) stop();
}

// --- turns ---------------------------------------------------------------------------------------------------------

const picks = [...document.querySelectorAll(".turn-pick")];
let picked = -1;

function pick(place) {
  picked = place;
  for (const [at, button] of picks.entries()) {
    button.setAttribute("aria-pressed", String(at === place));
    button.closest(".turn").classList.toggle("is-selected", at === place);
  }
  const seq = picks[place].textContent.trim();
  picks[place].closest(".turn").scrollIntoView({ block: "nearest" });
  document.getElementById("selected").textContent = words.selected.replace("{seq}", seq);
}

for (const [place, button] of picks.entries()) button.addEventListener("click", () => pick(place));

const turns = { move: (by) => picks.length && pick(Math.max(0, Math.min(picks.length - 1, picked + by))) };

// The selected turn is pinned, or taken away where it was pinned already.
function pin(field) {
  if (picked < 0 || !field) return;
  const seq = picks[picked].textContent.trim();
  const now = field.value.split(/[\s,，、;；]+/).filter(Boolean);
  const next = now.includes(seq) ? now.filter((one) => one !== seq) : [...now, seq];
  field.value = next.sort((a, b) => a - b).join(", ");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const button of form.querySelectorAll("[data-pin]")) {
  button.addEventListener("click", () => pin(document.getElementById(button.dataset.pin)));
}

// --- comments ------------------------------------------------------------------------------------------------------

form.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-comment]")) lastComment = event.target;
});

for (const button of form.querySelectorAll("[data-phrase]")) {
  button.addEventListener("click", () => {
    const gap = lastComment.value && !/\s$/.test(lastComment.value) ? "\n" : "";
    lastComment.setRangeText(gap + button.dataset.phrase, lastComment.selectionEnd, lastComment.selectionEnd, "end");
    lastComment.dispatchEvent(new Event("input", { bubbles: true }));
    lastComment.focus();
    postJson(button.dataset.use, {}).catch(() => {});
  });
}

// A save on its way would make the form's version an old one: let it arrive before the form goes.
let leaving = false;
form.addEventListener(
  "submit",
  (event) => {
    clearTimeout(timer);
    if (leaving) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    dirty = false;
    sending.finally(() => setTimeout(() => {
      leaving = true;
      form.requestSubmit();
    }));
  },
  true,
);
form.addEventListener("input", change);
form.addEventListener("change", change);
for (const kind of ["keydown", "pointermove", "scroll", "input"]) {
  document.addEventListener(kind, () => (active = true), { passive: true, capture: true });
}
setInterval(renew, 10_000);
window.addEventListener("pageshow", () => (leaving = false));

bindKeys(form, {
  toggle: document.getElementById("digit-keys"),
  help: document.getElementById("keys-help"),
  remember: (on) => postJson(form.dataset.keys, { on }).catch(() => {}),
  turns,
  pin,
});
form.dataset.ready = "true"; // from here on keys are heard
