// The desk of a benchmark call: levels by digit keys, as on the marking desk.
import { bindKeys } from "../marking/keys.js";
import { post } from "../marking/sheet.js";

const form = document.getElementById("desk");

document.querySelector(".error-summary")?.focus();
bindKeys(form, {
  toggle: document.getElementById("digit-keys"),
  help: document.getElementById("keys-help"),
  remember: (on) => post(form.dataset.keys, { on }).catch(() => {}),
  value: (_criterion, digit) => digit,
});
form.dataset.ready = "true"; // from here on keys are heard
