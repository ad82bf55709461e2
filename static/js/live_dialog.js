// The one dialog in which an invigilator chooses a deed and says why.
// openDeed({deeds, attempt, seen, name}) shows it; `onDone(text, name)` hears what was done.

const texts = JSON.parse(document.getElementById("live-texts").textContent);
const dialog = document.getElementById("deed-dialog");
const form = dialog.querySelector("[data-deed-form]");
const minutesField = form.querySelector("[data-minutes-field]");
let whenDone = () => {};
let whom = "";
let sending = false;

function showErrors(field = "", message = "") {
  for (const place of form.querySelectorAll("[data-error]")) {
    place.replaceChildren();
    if (message && place.dataset.error === field) {
      const line = document.createElement("p");
      line.textContent = message;
      place.append(line);
    }
  }
  for (const name of ["minutes", "reason"]) form.elements[name].toggleAttribute("aria-invalid", name === field);
  if (field) form.elements[field].focus();
}

function choose() {
  const deed = form.elements.deed.value;
  form.querySelector("[data-effect]").textContent = texts.deeds[deed]?.effect ?? "";
  minutesField.hidden = deed !== "extend";
  form.querySelector("[data-submit]").textContent = texts.deeds[deed]?.name ?? "";
  form.querySelector("[data-submit]").classList.toggle("btn-danger", ["force", "void"].includes(deed));
  showErrors();
}

export function openDeed({ deeds, attempt, seen, name }) {
  form.reset();
  form.elements.attempt.value = attempt ?? "";
  form.elements.seen.value = seen;
  whom = name;
  dialog.querySelector("#deed-title").textContent = name;
  for (const row of form.querySelectorAll("[data-deed]")) row.hidden = !deeds.includes(row.dataset.deed);
  form.querySelector(".deed-choices").hidden = deeds.length === 1;
  form.elements.deed.value = deeds[0];
  choose();
  dialog.showModal();
  (deeds.length === 1 ? form.elements.reason : form.querySelector("[name=deed]:checked")).focus();
}

export function onDone(listener) {
  whenDone = listener;
}

form.addEventListener("change", (event) => event.target.name === "deed" && choose());
for (const button of form.querySelectorAll("[data-give]")) {
  button.addEventListener("click", () => {
    form.elements.minutes.value = button.dataset.give;
    form.elements.reason.focus();
  });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return;
  sending = true;
  try {
    const reply = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
    });
    const answer = await reply.json();
    if (reply.ok) {
      dialog.close();
      whenDone(answer.done, whom);
    } else {
      showErrors(answer.field ?? "", answer.error ?? texts.failed);
    }
  } catch {
    showErrors("", texts.failed);
  } finally {
    sending = false;
  }
});

export { texts };
