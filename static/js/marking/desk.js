// The marking desk: total, draft saved as one marks, the lease kept while one is at it.
import { bindKeys } from "./keys.js";

const form = document.getElementById("desk");
const words = JSON.parse(form.dataset.words);
const line = document.getElementById("save-line");
const version = form.elements.version;
const comment = form.elements.comment;
const token = document.querySelector("meta[name=csrf-token]").content;
const IDLE = 1200;
const RENEW_EVERY = 60_000;

let timer = null;
let sending = Promise.resolve();
let stopped = false;
let dirty = false;
let active = false;
let lastRenewal = Date.now();

const post = (address, body) =>
  fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" },
    body: JSON.stringify(body),
  });

const chosen = () =>
  Object.fromEntries(
    [...form.querySelectorAll("[data-criterion] input:checked")].map((i) => [i.name.replace("marks-", ""), Number(i.value)]),
  );

function showTotal() {
  const points = Object.values(chosen()).reduce((sum, one) => sum + one, 0);
  document.getElementById("total").textContent = points;
}

function say(text, tone) {
  line.textContent = text;
  line.dataset.tone = tone;
}

function stop() {
  stopped = true;
  document.getElementById("lost").hidden = false;
  for (const control of form.querySelectorAll("input, button")) control.disabled = true;
  comment.readOnly = true;
}

function showOther(theirs) {
  const box = document.getElementById("other-window");
  const points = Object.values(theirs.marks).reduce((sum, one) => sum + one, 0);
  document.getElementById("other-text").textContent = `${points} ${words.points} · ${theirs.comment}`;
  box.hidden = false;
  document.getElementById("keep-mine").onclick = () => {
    version.value = theirs.version;
    box.hidden = true;
    change();
  };
  document.getElementById("take-theirs").onclick = () => {
    version.value = theirs.version;
    comment.value = theirs.comment;
    for (const input of form.querySelectorAll("[data-criterion] input")) {
      input.checked = String(theirs.marks[input.name.replace("marks-", "")]) === input.value;
    }
    box.hidden = true;
    showTotal();
  };
}

async function save() {
  if (stopped || !dirty) return;
  dirty = false;
  say(words.saving, "busy");
  try {
    const reply = await post(form.dataset.draft, { marks: chosen(), comment: comment.value, version: Number(version.value) });
    const body = await reply.json().catch(() => ({}));
    if (reply.ok) {
      version.value = body.version;
      lastRenewal = Date.now();
      say(words.saved.replace("{time}", body.saved_at), "good");
    } else if (reply.status === 409 && body.conflict === "version") {
      say("", "bad");
      showOther(body.theirs);
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
  showTotal();
  clearTimeout(timer);
  timer = setTimeout(queueSave, IDLE);
}

async function renew() {
  if (stopped || !active || Date.now() - lastRenewal < RENEW_EVERY) return;
  active = false;
  lastRenewal = Date.now();
  const reply = await post(form.dataset.lease, {}).catch(() => null);
  if (reply?.status === 409) stop();
}

function insert(text) {
  const gap = comment.value && !/\s$/.test(comment.value) ? "\n" : "";
  comment.setRangeText(gap + text, comment.selectionEnd, comment.selectionEnd, "end");
  comment.dispatchEvent(new Event("input", { bubbles: true }));
  comment.focus();
}

for (const button of form.querySelectorAll("[data-phrase]")) {
  button.addEventListener("click", () => {
    insert(button.dataset.phrase);
    post(button.dataset.use, {}).catch(() => {});
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
    // After this event is over: a form does not submit while it is still firing.
    sending.finally(() => setTimeout(() => {
      leaving = true;
      form.requestSubmit();
    }));
  },
  true,
);
form.addEventListener("change", change);
comment.addEventListener("input", change);
for (const kind of ["keydown", "pointermove", "scroll", "input"]) {
  document.addEventListener(kind, () => (active = true), { passive: true, capture: true });
}
setInterval(renew, 10_000);
window.addEventListener("pageshow", () => (leaving = false));

bindKeys(form, {
  toggle: document.getElementById("digit-keys"),
  help: document.getElementById("keys-help"),
  remember: (on) => post(form.dataset.keys, { on }).catch(() => {}),
});
showTotal();
form.dataset.ready = "true"; // from here on keys are heard
