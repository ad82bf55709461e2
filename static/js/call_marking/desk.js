// The marking desk of calls: levels by criterion, with turns of the call pinned to them.
import { bindKeys } from "../marking/keys.js";
import { keepSheet, offerPhrases, post } from "../marking/sheet.js";
import "./replay.js";

const form = document.getElementById("desk");
const words = JSON.parse(form.dataset.words);
const otherWindow = document.getElementById("other-window");

const draft = keepSheet(form, {
  sheet: () => new URLSearchParams(new FormData(form)),
  onConflict: () => (otherWindow.hidden = false),
});

// Keep what stands here: the other window's version is asked for, and this sheet is saved over it.
document.getElementById("keep-mine").addEventListener("click", async () => {
  const page = await fetch(location.href).then((reply) => reply.text()).catch(() => "");
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("#desk input[name=version]");
  if (!fresh) return;
  otherWindow.hidden = true;
  draft.resume(fresh.value);
  draft.change();
});

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

const move = (by) => picks.length && pick(Math.max(0, Math.min(picks.length - 1, picked + by)));

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

// --- comments and keys ---------------------------------------------------------------------------------------------

let lastComment = form.querySelector("[data-comment]");
form.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-comment]")) lastComment = event.target;
});
offerPhrases(form, () => lastComment);

bindKeys(form, {
  toggle: document.getElementById("digit-keys"),
  help: document.getElementById("keys-help"),
  remember: (on) => post(form.dataset.keys, { on }).catch(() => {}),
  value: (_criterion, digit) => digit,
  deeds: {
    "[": () => move(-1),
    "]": () => move(1),
    e: (criterion) => pin(criterion.querySelector("[data-pins]")),
  },
  arrows: true,
});
form.dataset.ready = "true"; // from here on keys are heard
