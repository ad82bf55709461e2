// The marking desk: points by criterion with their total, and what another window saved beside one's own.
import { bindKeys } from "./keys.js";
import { keepSheet, offerPhrases, post } from "./sheet.js";

const form = document.getElementById("desk");
const words = JSON.parse(form.dataset.words);
const comment = form.elements.comment;

const chosen = () =>
  Object.fromEntries(
    [...form.querySelectorAll("[data-criterion] input:checked")].map((i) => [i.name.replace("marks-", ""), Number(i.value)]),
  );
const sum = (marks) => Object.values(marks).reduce((total, one) => total + one, 0);

function showTotal() {
  document.getElementById("total").textContent = sum(chosen());
}

function showOther({ theirs }) {
  const box = document.getElementById("other-window");
  document.getElementById("other-text").textContent = `${sum(theirs.marks)} ${words.points} · ${theirs.comment}`;
  box.hidden = false;
  document.getElementById("keep-mine").onclick = () => {
    box.hidden = true;
    draft.resume(theirs.version);
    draft.change();
  };
  document.getElementById("take-theirs").onclick = () => {
    comment.value = theirs.comment;
    for (const input of form.querySelectorAll("[data-criterion] input")) {
      input.checked = String(theirs.marks[input.name.replace("marks-", "")]) === input.value;
    }
    box.hidden = true;
    draft.resume(theirs.version);
    showTotal();
  };
}

// A case once known stays folded for the next answer to it, while this window is open.
function rememberFold(text, key) {
  text.open = sessionStorage.getItem(key) === null;
  text.addEventListener("toggle", () => {
    if (text.open) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, "folded");
  });
}

const draft = keepSheet(form, {
  sheet: () => ({ marks: chosen(), comment: comment.value, version: Number(form.elements.version.value) }),
  onConflict: showOther,
});
form.addEventListener("change", showTotal);
offerPhrases(form, () => comment);
bindKeys(form, {
  toggle: document.getElementById("digit-keys"),
  help: document.getElementById("keys-help"),
  remember: (on) => post(form.dataset.keys, { on }).catch(() => {}),
});
rememberFold(document.querySelector(".case-text"), `shanggang-case-folded-${form.dataset.version}`);
showTotal();
form.dataset.ready = "true"; // from here on keys are heard
