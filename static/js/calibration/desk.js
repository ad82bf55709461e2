// The desk of a benchmark call: levels by digit keys, as on the marking desk.
import { bindKeys } from "../marking/keys.js";

const form = document.getElementById("desk");
const token = document.querySelector("meta[name=csrf-token]").content;

document.querySelector(".error-summary")?.focus();
bindKeys(form, {
  toggle: document.getElementById("digit-keys"),
  help: document.getElementById("keys-help"),
  remember: (on) =>
    fetch(form.dataset.keys, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" },
      body: JSON.stringify({ on }),
    }).catch(() => {}),
});
form.dataset.ready = "true"; // from here on keys are heard
